import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

/** Joined from two halves so that this file does not contain what it looks for. */
const joined = (...halves: readonly (readonly [string, string])[]) => halves.map((pair) => pair.join('')).join('|');

const unwantedWords = new RegExp(
  `\\b(?:${joined(
    ['who', 'ever'],
    ['no', 'body'],
    ['some', 'body'],
    ['an', 'ew'],
    ['told', ' of'],
    ['for want', ' of'],
    ['so', ' many'],
    ['mean', 'while'],
  )})\\b`,
  'i',
);

/** Pages and ids that readers of the repository do not have. */
const outsideReferences = new RegExp(
  [
    joined(['\\bdesign', '\\.md'], ['\\bneeds', '\\.md'], ['\\blanguage', '\\.md'], ['\\bstyle', '\\.md']),
    joined(['vscode', '-facts'], ['sdk', '-facts']),
    // The fault table is a page of docs/.
    "(?<!docs/|docs', '|\\]\\()\\bfaults\\.md",
    '\\bneeds? \\d+\\b',
    '\\bfaults? [A-Z]?\\d',
    '\\((?:[NHBSTXDKCUQERV]\\d{1,2})(?:,? (?:to )?[NHBSTXDKCUQERV]\\d{1,2})*\\)',
  ].join('|'),
);

const frontPages = ['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'SECURITY.md', 'CHANGELOG.md'];

describe('the texts of the repository', () => {
  it('use plain words', () => {
    const manifests = ['package.json', 'package.nls.json'];
    const files = [...filesIn('src', 'media', 'scripts', 'test', 'docs'), ...frontPages, ...manifests];
    assert.deepEqual(
      files.flatMap((file) => matches(file, unwantedWords)),
      [],
    );
  });

  it('refer only to pages of the repository', () => {
    const pages = frontPages.filter((page) => page !== 'SECURITY.md');
    const files = [...filesIn('src', 'media', 'scripts', 'docs'), ...pages];
    assert.deepEqual(
      files.flatMap((file) => matches(file, outsideReferences)),
      [],
    );
  });
});

/** Sources and pages below some folders, without fixtures and the fault table, which repeats titles of tests. */
function filesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { encoding: 'utf8', recursive: true })
      .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
      .filter((name) => /\.(?:ts|mjs|cjs|css|json|md)$/.test(name))
      .filter((name) => !name.includes('/fixtures/') && name !== 'docs/faults.md'),
  );
}

/** Each line of a file that a pattern matches, with its place. */
function matches(file: string, pattern: RegExp): string[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [`${file}:${index + 1} ${found}`];
  });
}
