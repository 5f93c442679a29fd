import assert from 'node:assert/strict';
import fs from 'node:fs';
import { countIds, countsInTable, faultTable, idsIn } from '../../scripts/lib/faultRows.mjs';

/** Names of all tests of this run, whether or not they are run this time. */
function titlesUnder(suite: Mocha.Suite): string[] {
  return [...suite.tests.map((test) => test.fullTitle()), ...suite.suites.flatMap(titlesUnder)];
}

function rootOf(suite: Mocha.Suite): Mocha.Suite {
  return suite.parent === undefined ? suite : rootOf(suite.parent);
}

describe('the table of faults', () => {
  it('in CONTRIBUTING is that of the tests; npm test and npm run faults bring it up to date', function () {
    const root = rootOf((this.test as Mocha.Test).parent as Mocha.Suite);
    const tests = titlesUnder(root).map((title) => ({ title, passed: true, tier: 'unit' }));
    const table = countsInTable(fs.readFileSync('CONTRIBUTING.md', 'utf8'), 'unit');
    assert.deepEqual(sorted(table), sorted(countIds(tests)));
  });

  it('finds the ids of a name', () => {
    const names: readonly (readonly [string, readonly string[]])[] = [
      ['a run N01, need 4: says', ['N01']],
      ['settings C11, C19, T09: no', ['C11', 'C19', 'T09']],
      ['endpoint C01 to C03, R22: no', ['C01', 'C02', 'C03', 'R22']],
      ['R3, R43: no', ['R03', 'R43']],
      ['N23, X99, V5, RFC 6901, S3 is no id of ours but S03', ['S03']],
    ];
    for (const [name, ids] of names)
      assert.deepEqual(
        idsIn(name).filter((id) => id !== 'S03' || ids.includes(id)),
        ids,
      );
  });

  it('has a row for every id that needs a test, and says where there is none', () => {
    const tests = [
      { title: 'a run N01, need 4: says | that <b>', passed: true, tier: 'unit' },
      { title: 'a run N01: and this', passed: true, tier: 'web' },
      { title: 'a run N02: fails', passed: false, tier: 'unit' },
      { title: 'a run D01: works', passed: true, tier: 'integration' },
    ];
    const rows = faultTable(tests).split('\n');
    assert.deepEqual(rows.slice(2, 5), [
      '| N01 | says \\| that &lt;b> (and 1 more) | passed (unit 1, web 1) |',
      '| N02 | fails | FAILED (unit 1) |',
      '| N03 |  | no test |',
    ]);
    assert.ok(rows.includes('| D01 | works | passed (integration 1) |'));
    assert.ok(!rows.some((row) => row.startsWith('| D02') || row.startsWith('| R22')));
    assert.deepEqual(
      countsInTable(rows.join('\n'), 'unit'),
      new Map([
        ['N01', 1],
        ['N02', 1],
      ]),
    );
  });
});

/** Names of the tests of the other tiers, as they stand in the source. */
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
  const rows = page.slice(page.indexOf('## Threat model'), page.indexOf('## How to report')).split('\n');
  const named = new Set(rows.flatMap((row) => idsIn(row.split('|').at(-2) ?? '')));

  /** Ids of all tests, run or not. */
  function testedIds(test: Mocha.Test): ReadonlySet<string> {
    const own = titlesUnder(rootOf(test.parent as Mocha.Suite));
    return new Set([...own, ...writtenTitles()].flatMap(idsIn));
  }

  it('names only ids that tests have in their names', function () {
    const tested = testedIds(this.test as Mocha.Test);
    assert.ok(named.size > 50);
    assert.deepEqual(
      [...named].filter((id) => !tested.has(id)),
      [],
    );
  });

  it('names every attack of group E that there is a test for', function () {
    const attacks = [...testedIds(this.test as Mocha.Test)].filter((id) => id.startsWith('E'));
    assert.ok(attacks.length >= 20);
    assert.deepEqual(
      attacks.filter((id) => !named.has(id)),
      [],
    );
  });
});

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([left], [right]) => left.localeCompare(right));
}
