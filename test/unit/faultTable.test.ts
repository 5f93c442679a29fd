import assert from 'node:assert/strict';
import fs from 'node:fs';
import { faultTable, idsIn } from '../../scripts/lib/faultRows.mjs';

/** Titles of all unit tests, including those that `--grep` excludes. */
function titlesUnder(suite: Mocha.Suite): string[] {
  return [...suite.tests.map((test) => test.fullTitle()), ...suite.suites.flatMap(titlesUnder)];
}

function rootOf(suite: Mocha.Suite): Mocha.Suite {
  return suite.parent === undefined ? suite : rootOf(suite.parent);
}

describe('the fault table', () => {
  it('parses the ids of a title', () => {
    const titles: readonly (readonly [string, readonly string[]])[] = [
      ['a run names the host and port that refused [N01]', ['N01']],
      ['settings reject numbers out of range [C11, C19, T09]', ['C11', 'C19', 'T09']],
      ['an endpoint has no fallback [C01 to C03, R22]', ['C01', 'C02', 'C03', 'R22']],
      ['a run is repeated twice at most [R03, R43]', ['R03', 'R43']],
      ['N23, X99, V5 and RFC 6901 are no ids', []],
    ];
    for (const [title, ids] of titles) assert.deepEqual(idsIn(title), ids);
  });

  it('has a row for every required id, and marks ids without a test', () => {
    const tests = [
      { title: 'a run says | that <b> [N01]', passed: true, tier: 'unit' },
      { title: 'a run reads [0, 1] in a body [N01, H02]', passed: true, tier: 'web' },
      { title: 'a run fails [N02]', passed: false, tier: 'unit' },
      { title: 'a run works [D01]', passed: true, tier: 'integration' },
    ];
    const rows = faultTable(tests).split('\n');
    assert.deepEqual(rows.slice(2, 5), [
      '| N01 | a run says \\| that &lt;b> (and 1 more) | passed (unit 1, web 1) |',
      '| N02 | a run fails | FAILED (unit 1) |',
      '| N03 |  | no test |',
    ]);
    assert.ok(rows.includes('| H02 | a run reads [0, 1] in a body | passed (web 1) |'));
    assert.ok(rows.includes('| D01 | a run works | passed (integration 1) |'));
    assert.ok(!rows.some((row) => row.startsWith('| D02') || row.startsWith('| R22')));
  });
});

/** Titles of the tests of other tiers, from their source code. */
function writtenTitles(): string[] {
  const names = ['integration', 'e2e'].flatMap((tier) =>
    fs.readdirSync(`test/${tier}`, { encoding: 'utf8', recursive: true }).map((name) => `test/${tier}/${name}`),
  );
  const files = [...names.filter((name) => name.endsWith('.ts')), 'scripts/lib/integration.mjs'];
  const title = /(?:\b(?:it|describe|expectNone)\(\s*)(?:'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"|`([^`\n]*)`)/g;
  return files.flatMap((file) =>
    [...fs.readFileSync(file, 'utf8').matchAll(title)].map((match) => match.slice(1).join('')),
  );
}

describe('the threat model in SECURITY', () => {
  const page = fs.readFileSync('SECURITY.md', 'utf8');
  const [, section = ''] = page.split(/^## Threat model$/m);
  const rows = (section.split(/^## /m)[0] ?? '').split('\n');
  const named = new Set(rows.flatMap((row) => idsIn(row.split('|').at(-2) ?? '')));

  function testedIds(test: Mocha.Test): ReadonlySet<string> {
    const unitTestTitles = titlesUnder(rootOf(test.parent as Mocha.Suite));
    return new Set([...unitTestTitles, ...writtenTitles()].flatMap(idsIn));
  }

  it('mentions only ids that occur in test titles', function () {
    const tested = testedIds(this.test as Mocha.Test);
    assert.ok(named.size > 50);
    assert.deepEqual(
      [...named].filter((id) => !tested.has(id)),
      [],
    );
  });

  it('mentions every id of group E that has a test', function () {
    const attacks = [...testedIds(this.test as Mocha.Test)].filter((id) => id.startsWith('E'));
    assert.ok(attacks.length >= 20);
    assert.deepEqual(
      attacks.filter((id) => !named.has(id)),
      [],
    );
  });
});
