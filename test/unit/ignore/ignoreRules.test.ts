import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { IgnoreRules, readLines } from '../../../src/ignore/common/ignoreRules';

function find(text: string, path: string): string | undefined {
  const match = IgnoreRules.compile(readLines(new TextEncoder().encode(text)))?.find(path);
  return match === undefined ? undefined : `${match.line}: ${match.rule}`;
}

describe('IgnoreRules', () => {
  for (const [text, path, expected] of [
    ['# a\n\nsecrets/**\n', 'secrets/a.ts', '3: secrets/**'],
    ['secrets/', 'src/secrets/a.ts', '1: secrets/'],
    ['/secrets', 'src/secrets', undefined],
    ['*.env\n!example.env', 'a/b/prod.env', '1: *.env'],
    ['*.env\n!example.env', 'example.env', undefined],
    ['secrets/\n!secrets/a.ts', 'secrets/a.ts', '1: secrets/'],
    ['*.env\n*.env', 'a.env', '2: *.env'],
    ['secrets', 'Secrets/A.ts', '1: secrets'],
    ['secrets/**\r\n*.key\r\n', 'a.key', '2: *.key'],
    ['secrets/**\r\n', 'secrets/a', '1: secrets/**'],
    ['\u{feff}secrets/**', 'secrets/a', '1: secrets/**'],
    ['a.env   ', 'a.env', '1: a.env'],
    ['[a\n{a,b}\n\\\n**a**b[', 'a', undefined],
    ['/', 'a', undefined],
    ['!a', 'a', undefined],
    ['', 'a', undefined],
    ['ä ö#?/*', 'ä ö#?/ü', '1: ä ö#?/*'],
    ['...', '...', '1: ...'],
    ['a', '', undefined],
    [`${'x'.repeat(200)}*`, 'x'.repeat(201), `1: ${'x'.repeat(100)}…`],
  ] as const) {
    it(`finds ${expected ?? 'nothing'} for ${path.slice(0, 20)} in ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(find(text, path), expected);
    });
  }

  it('finds the line among 10,000', () => {
    const rules = Array.from({ length: 10_000 }, (_, index) => `generated/file${index}.ts`);
    assert.equal(find(rules.join('\n'), 'generated/file9876.ts'), '9877: generated/file9876.ts');
  });

  it('rejects rules that would take too long', () => {
    for (const lines of [['**/*a*/'.repeat(5)], ['*a'.repeat(600)], Array.from({ length: 20_001 }, () => 'a')]) {
      assert.equal(IgnoreRules.compile(lines), undefined);
    }
    assert.notEqual(IgnoreRules.compile(['**/a/**/b/**/c/**']), undefined);
  });

  it('matches what Git matches, with the same line, in 2,000 generated files', () => {
    const cases = fc.sample(CASE, { seed: 20_261, numRuns: 2000 });
    const expected = checkIgnore(cases);
    const actual = cases.flatMap(({ text, paths }) => paths.map((path) => find(text, path)?.split(':')[0] ?? ''));
    const different = cases
      .flatMap(({ text, paths }) => paths.map((path) => ({ text, path })))
      .map((example, index) => ({ ...example, git: expected[index], quillet: actual[index] }))
      .filter(({ git, quillet }) => git !== quillet);
    assert.deepEqual(different.slice(0, 5), [], `${different.length} of ${actual.length} differ`);
    const matches = expected.filter((line) => line !== '').length;
    assert.ok(matches > 1000 && matches < expected.length - 1000, `${matches} matches of ${expected.length}`);
  });
});

// ASCII only: for Git, `?` is a byte.
const NAME = fc.constantFrom('a', 'b', 'ab', 'A', 'a.ts', 'B.ts', '.env', 'a b', '#a', '!a', 'a]', 'a*', '-');
const TOKEN = fc.constantFrom(
  ...['a', 'b', 'a', 'b', '/', '/', '*', '*', '**', '**/', '/**', '?', '.', '.ts', 'A', ' ', '#', '!', '\\'],
  ...['[ab]', '[!a]', '[^a]', '[a-c]', '[', ']', '[]a]', '[a', '[[:alpha:]]', '[A-Z]', '\\*', '\\!', '\\#', '{a,b}'],
);
const LINE = fc
  .tuple(fc.constantFrom('', '', '', '!', '/', '\\', '#'), fc.array(TOKEN, { minLength: 1, maxLength: 4 }))
  .map(([prefix, tokens]) => prefix + tokens.join(''))
  // Git never matches an escaped capital letter if it ignores case.
  .filter((line) => !/\\[A-Z]/.test(line));
const CASE = fc.record({
  text: fc
    .tuple(
      fc.constantFrom('', '', '\u{feff}'),
      fc.array(LINE, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('\n', '\n', '\r\n'),
    )
    .map(([start, lines, end]) => start + lines.join(end) + end),
  paths: fc.uniqueArray(
    fc.array(NAME, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
    { minLength: 4, maxLength: 4 },
  ),
});

/** The line that excludes each path according to Git, or an empty string. */
function checkIgnore(cases: readonly { readonly text: string; readonly paths: readonly string[] }[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'quillet-ignore-'));
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(folder, 'none') };
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', args, { cwd: folder, env, input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  try {
    git(['init', '--quiet']);
    cases.forEach(({ text }, index) => {
      mkdirSync(join(folder, `case${index}`));
      writeFileSync(join(folder, `case${index}`, '.gitignore'), text);
    });
    const paths = cases.flatMap((one, index) => one.paths.map((path) => `case${index}/${path}`));
    const args = ['-c', 'core.ignorecase=true', 'check-ignore', '-v', '-z', '--non-matching', '--no-index', '--stdin'];
    const fields = git(args, paths.map((path) => `${path}\0`).join('')).split('\0');
    return paths.map((_, index) => {
      const [, line = '', pattern = ''] = fields.slice(index * 4, index * 4 + 4);
      return pattern.startsWith('!') ? '' : line;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
