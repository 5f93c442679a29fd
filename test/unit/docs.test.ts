import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { referencePages } from '../../scripts/lib/referencePages.mjs';
import { floors } from '../support/sourceRules';

/** Every page whose links are checked. */
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'SECURITY.md', 'CHANGELOG.md'].filter((page) => fs.existsSync(page)),
  ...fs
    .readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the documentation', () => {
  for (const [page, text] of Object.entries(referencePages())) {
    it(`has a current ${page}`, () => {
      const written = fs.existsSync(page) ? fs.readFileSync(page, 'utf8') : '';
      assert.ok(written === text, `${page} is out of date: run npm run docs`);
    });
  }

  it('keeps the first pages short', () => {
    const words = (page: string) =>
      fs
        .readFileSync(page, 'utf8')
        .split(/\s+/)
        .filter((word) => word !== '').length;
    assert.deepEqual(
      ['README.md', 'CONTRIBUTING.md'].filter((page) => words(page) > 1000),
      [],
    );
  });

  it('has no broken link', () => {
    assert.deepEqual(pages.flatMap(brokenLinks), []);
  });

  it('names only files that exist', () => {
    assert.deepEqual(pages.flatMap(missingPaths), []);
  });

  it('names in each recipe what its files contain', () => {
    assert.deepEqual(unknownNames('docs/recipes.md'), []);
  });

  it('lists the floors of the architecture test', () => {
    const table = prose('docs/architecture.md').matchAll(/^\| (\d+) \| (.*) \|$/gm);
    const listed = [...table].map(([, floor, names = '']) => `${floor}: ${names.replaceAll('`', '')}`);
    const expected = floors.map((folders, index) => `${index + 1}: ${folders.join(', ')}`).toReversed();
    assert.deepEqual(
      listed.map((line) => line.replace('extension.ts, quillet.ts', 'entry')),
      expected,
    );
  });
});

/** The paths of a page that name no file, such as `src/quillet.ts` in inline code. */
function missingPaths(page: string): string[] {
  const codes = [...prose(page).matchAll(/`((?:src|test|media|scripts|docs)\/[\w./-]+)`/g)].map(
    ([, code = '']) => code,
  );
  return codes.filter((code) => !fs.existsSync(code)).map((code) => `${page}: ${code}`);
}

/** Names in the steps of the recipes that the linked files of the step do not contain. */
function unknownNames(page: string): string[] {
  const steps = prose(page).split(/^(?=\d+\. |#)/m);
  return steps.flatMap((step) => {
    const links = [...step.matchAll(/\]\((\.\.\/[^()#\s]+)/g)].map(([, target = '']) =>
      path.posix.join('docs', target),
    );
    const files = links.filter((file) => fs.statSync(file).isFile());
    const texts = files.map((file) => fs.readFileSync(file, 'utf8'));
    const names = [...step.matchAll(/`(?:\w+\.)?([A-Za-z_]\w*)`/g)].map(([, name = '']) => name);
    if (texts.length === 0) return [];
    return names.filter((name) => !texts.some((text) => text.includes(name))).map((name) => `${page}: ${name}`);
  });
}

/** Relative links of a page whose file or heading does not exist. */
function brokenLinks(page: string): string[] {
  const text = prose(page).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? page : path.posix.join(path.posix.dirname(page), decodeURI(file));
    if (!fs.existsSync(linked)) return [`${page}: ${target}`];
    const isFound = anchor === undefined || !linked.endsWith('.md') || anchorsOf(linked).includes(anchor);
    return isFound ? [] : [`${page}: ${target}`];
  });
}

/** Anchors as GitHub makes them from headings. */
function anchorsOf(page: string): string[] {
  const counts = new Map<string, number>();
  return [...prose(page).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** The text of a page without its fenced code blocks. */
function prose(page: string): string {
  return fs.readFileSync(page, 'utf8').replace(/^(`{3,}|~{3,}).*\n[\s\S]*?^\1$/gm, '');
}
