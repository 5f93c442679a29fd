import * as assert from 'node:assert/strict';
import { formatExport } from '../../../../src/usage/common/usageExport';
import type { UsageRow } from '../../../../src/usage/common/usageRow';

const row: UsageRow = {
  v: 1,
  id: 'w-1',
  time: '2026-11-28T10:00:00.000Z',
  provider: 'work',
  model: 'gpt-5-mini',
  prompt: 'explain',
  destination: 'thread',
  outcome: 'ok',
  attempts: 1,
  tokens: {},
  totalMs: 900,
};

/** Parses a line of CSV as in RFC 4180. */
function cells(line: string): string[] {
  const found = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))(?=,|$)/g)];
  return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

/** The lines of a CSV file, without their ends. */
function csvLines(...rows: readonly UsageRow[]): string[] {
  return [...formatExport(rows, 'csv')].map((line) => line.replace(/\r\n$/, ''));
}

describe('a usage export', () => {
  const header = cells(csvLines()[0] ?? '');
  const cell = (name: string, of: UsageRow): string | undefined => cells(csvLines(of)[1] ?? '')[header.indexOf(name)];

  it('has a CSV cell for each column, empty if the value is unknown', () => {
    const [, line = ''] = csvLines(row);
    assert.equal(cells(line).length, header.length);
    assert.equal(line, '2026-11-28T10:00:00.000Z,w-1,work,gpt-5-mini,,explain,thread,,ok,,1,,,,,,,,,900,,,');
  });

  it('writes a known zero as 0 in CSV', () => {
    const known: UsageRow = {
      ...row,
      tokens: { input: 0, output: 7 },
      cost: { usd: 0, source: 'server', isEstimate: false },
    };
    assert.deepEqual(
      ['input_tokens', 'output_tokens', 'cached_tokens', 'cost_usd', 'cost_source', 'cost_is_estimate'].map((name) =>
        cell(name, known),
      ),
      ['0', '7', '', '0', 'server', 'false'],
    );
  });

  for (const start of ['=', '+', '-', '@', '\t', '\r', '\uFF1D']) {
    it(`neutralizes a CSV cell that begins with ${JSON.stringify(start)} [E11]`, () => {
      const name = `${start}cmd|'/c calc'!A1`;
      assert.equal(cell('model', { ...row, model: name }), `'${name}`);
    });
  }

  it('quotes commas, quotes and line breaks in CSV', () => {
    for (const name of ['a,b', 'say "no"', 'two\nlines', 'ends, "so"\r\n', ' x ']) {
      assert.equal(cell('prompt', { ...row, prompt: name }), name);
    }
  });

  it('is an array of rows in JSON', () => {
    const all = [row, { ...row, id: 'w-2', model: '</script>\u2028"' }];
    assert.deepEqual(JSON.parse([...formatExport(all, 'json')].join('')), all);
  });
});
