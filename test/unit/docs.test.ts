import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { referencePages } from '../../scripts/lib/referencePages.mjs';

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
});

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
