import assert from 'node:assert/strict';
import type { LedgerRow } from '../../../../src/ledger/common/ledgerRow';
import { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import {
  addTotals,
  aggregate,
  dayRange,
  latency,
  monthRange,
  totalUsage,
} from '../../../../src/usage/common/aggregate';
import { sampleRow } from '../../../support/ledgerSamples';

function tableOf(rows: readonly LedgerRow[]): LedgerTable {
  const table = new LedgerTable(1);
  for (const row of rows) table.add(row);
  return table;
}

/** A sample row; fields given as undefined are left out. */
function row(fields: { readonly [Name in keyof LedgerRow]?: LedgerRow[Name] | undefined }): LedgerRow {
  const all = Object.entries({ ...sampleRow(), ...fields }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all) as unknown as LedgerRow;
}

describe('aggregated usage', () => {
  it('counts the runs whose tokens or price are unknown', () => {
    const sum = totalUsage(
      tableOf([
        row({}),
        row({ tokens: {}, cost: undefined }),
        row({ tokens: { input: 5 }, cost: undefined }),
        row({ cost: { usd: 2, source: 'server', isEstimate: false } }),
        row({ outcome: 'cancelled', tokens: {}, cost: undefined }),
        row({ outcome: 'lost', tokens: {}, cost: undefined }),
      ]),
    );
    assert.deepEqual(sum, {
      runs: 6,
      input: 2005,
      cached: 1600,
      output: 100,
      reasoning: 0,
      runsWithoutTokens: 4,
      usd: 2.00017,
      runsWithoutPrice: 4,
      runsEstimated: 1,
    });
  });

  it('does not count a run as unknown if it never reached a model', () => {
    const refused = ['http.401', 'http.429', 'net.refused', 'key.missing', 'budget.hard', 'scan.failed'];
    const rows = refused.map((error) => row({ outcome: 'failed', error, tokens: {}, cost: undefined }));
    rows.push(row({ outcome: 'cancelled', attempts: 0, tokens: {}, cost: undefined }));
    const sum = totalUsage(tableOf(rows));
    assert.deepEqual([sum.runs, sum.runsWithoutTokens, sum.runsWithoutPrice], [7, 0, 0]);
    const midway = row({ outcome: 'truncated', error: 'net.midstream', tokens: {}, cost: undefined });
    assert.equal(totalUsage(tableOf([midway])).runsWithoutTokens, 1);
  });

  it('groups by local day and month, model, prompt, outcome and workspace', () => {
    const local = (month: number, day: number, hour: number) => new Date(2026, month - 1, day, hour).toISOString();
    const table = tableOf([
      row({ time: local(10, 31, 23) }),
      row({ time: local(11, 1, 0), model: 'other', prompt: 'ask', outcome: 'failed' }),
      row({ time: local(11, 1, 23), provider: 'work', workspace: undefined }),
      row({ time: local(10, 31, 1) }),
    ]);
    const runs = (grouping: Parameters<typeof aggregate>[1]) =>
      Object.fromEntries([...aggregate(table, grouping)].map(([key, sum]) => [key, sum.runs]));
    assert.deepEqual(runs('day'), { '2026-10-31': 2, '2026-11-01': 2 });
    assert.deepEqual(runs('month'), { '2026-10': 2, '2026-11': 2 });
    assert.deepEqual(runs('model'), { 'openai/gpt-5-mini': 2, 'openai/other': 1, 'work/gpt-5-mini': 1 });
    assert.deepEqual(runs('prompt'), { explain: 3, ask: 1 });
    assert.deepEqual(runs('outcome'), { ok: 3, failed: 1 });
    assert.deepEqual(runs('workspace'), { project: 3, '': 1 });
    assert.equal(totalUsage(table, monthRange(Date.parse(local(11, 20, 5)))).runs, 2);
    assert.equal(totalUsage(table, dayRange(Date.parse(local(10, 31, 5)))).runs, 2);
  });

  it('handles clocks set to 1970 and 2099 [Q07]', () => {
    const table = tableOf(['1970-01-02T12:00:00.000Z', '2099-06-01T12:00:00.000Z'].map((time) => row({ time })));
    assert.deepEqual([...aggregate(table, 'month').keys()], ['1970-01', '2099-06']);
  });

  it('computes latency percentiles', () => {
    const rows = Array.from({ length: 100 }, (_, index) => row({ totalMs: 100 - index, firstTextMs: undefined }));
    rows.push(row({ attempts: 0, totalMs: 5000, firstTextMs: undefined }));
    const table = tableOf(rows);
    assert.deepEqual(latency(table, 'totalMs'), { count: 100, p50: 50, p90: 90, p99: 99 });
    assert.equal(latency(table, 'firstTextMs'), undefined);
  });

  it('adds the totals of several tables', () => {
    const sum = totalUsage(tableOf([row({})]));
    assert.deepEqual(addTotals([sum, sum]), totalUsage(tableOf([row({}), row({})])));
  });
});
