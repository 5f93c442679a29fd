import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  addTotals,
  createReport,
  percentile,
  toDayKey,
  type UsageReport,
  type UsageTotals,
} from '../../../../src/usage/common/usageReport';
import type { UsageRow } from '../../../../src/usage/common/usageRow';
import { checkAsyncProperty } from '../../../support/properties';
import { sampleRow } from '../../../support/usageSamples';

const count = fc.nat({ max: 1_000_000 });
const optionalCount = fc.option(count, { nil: undefined });

const anyRow: fc.Arbitrary<UsageRow> = fc
  .record({
    time: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
    model: fc.constantFrom('a', 'b', '<img src=x>'),
    prompt: fc.constantFrom('explain', 'fix'),
    outcome: fc.constantFrom('ok', 'failed', 'cancelled', 'abandoned'),
    error: fc.constantFrom(undefined, 'http.401', 'net.reset'),
    attempts: fc.nat({ max: 3 }),
    tokens: fc.record({ input: optionalCount, cached: optionalCount, output: optionalCount, reasoning: optionalCount }),
    cents: optionalCount,
    isEstimate: fc.boolean(),
    firstTextMs: optionalCount,
    totalMs: count,
  })
  .map(({ time, cents, isEstimate, ...fields }) =>
    row({
      ...fields,
      time: new Date(time).toISOString(),
      cost: cents === undefined ? undefined : { usd: cents / 100, source: 'prices', isEstimate },
    }),
  );

/** A sample row; fields given as undefined are left out. */
function row(fields: { readonly [Name in keyof UsageRow]?: unknown }): UsageRow {
  const all = Object.entries({ ...sampleRow(), ...fields }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all) as unknown as UsageRow;
}

function reportOf(rows: readonly UsageRow[]): Promise<UsageReport> {
  return createReport(rows);
}

async function totalOf(...rows: readonly UsageRow[]): Promise<UsageTotals> {
  return (await reportOf(rows)).total;
}

/** The last digits of dollars depend on the order of addition. */
function assertSame(actual: UsageTotals, expected: UsageTotals): void {
  assert.ok(
    Math.abs(actual.usd - expected.usd) <= 1e-6 * Math.max(1, expected.usd),
    `${actual.usd} and ${expected.usd}`,
  );
  assert.deepEqual({ ...actual, usd: 0 }, { ...expected, usd: 0 });
}

describe('the usage report', () => {
  it('equals the sum of the rows, also by day, model, prompt and outcome (property) [Q09]', async () => {
    const check = fc.asyncProperty(fc.array(anyRow, { maxLength: 60 }), async (rows) => {
      const report = await reportOf(rows);
      const { total } = report;
      const sum = (of: (row: UsageRow) => number | undefined) => rows.reduce((all, one) => all + (of(one) ?? 0), 0);
      assert.equal(total.runs, rows.length);
      assert.equal(total.runsOk, rows.filter(({ outcome }) => outcome === 'ok').length);
      for (const name of ['input', 'cached', 'output', 'reasoning'] as const) {
        assert.equal(
          total[name],
          sum(({ tokens }) => tokens[name]),
          name,
        );
      }
      assert.ok(Math.abs(total.usd - sum(({ cost }) => cost?.usd)) < 1e-6 * Math.max(1, total.usd));
      assert.equal(total.runsEstimated, rows.filter(({ cost }) => cost?.isEstimate === true).length);
      for (const group of [report.days, report.models, report.prompts, report.outcomes]) {
        assertSame(addTotals(group.values()), total);
      }
    });
    await checkAsyncProperty(check, { seed: 5 });
  });

  it('counts the runs whose tokens or price are unknown', async () => {
    const total = await totalOf(
      row({}),
      row({ tokens: {}, cost: undefined }),
      row({ tokens: { input: 5 }, cost: undefined }),
      row({ cost: { usd: 2, source: 'server', isEstimate: false } }),
      row({ outcome: 'cancelled', tokens: {}, cost: undefined }),
      row({ outcome: 'abandoned', tokens: {}, cost: undefined }),
    );
    assert.deepEqual(total, {
      runs: 6,
      runsOk: 4,
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

  it('does not count a run as unknown if it never reached a model', async () => {
    const refused = ['http.401', 'http.429', 'net.refused', 'key.missing', 'budget.hard', 'scan.failed'];
    const rows = refused.map((error) => row({ outcome: 'failed', error, tokens: {}, cost: undefined }));
    rows.push(row({ outcome: 'cancelled', attempts: 0, tokens: {}, cost: undefined }));
    const total = await totalOf(...rows);
    assert.deepEqual([total.runs, total.runsWithoutTokens, total.runsWithoutPrice], [7, 0, 0]);
    const midway = row({ outcome: 'truncated', error: 'net.midstream', tokens: {}, cost: undefined });
    assert.equal((await totalOf(midway)).runsWithoutTokens, 1);
  });

  it('groups by local day, model, prompt and outcome', async () => {
    const local = (month: number, day: number, hour: number) => new Date(2026, month - 1, day, hour).toISOString();
    const report = await reportOf([
      row({ time: local(10, 31, 23) }),
      row({ time: local(11, 1, 0), model: 'other', prompt: 'Ask', outcome: 'failed' }),
      row({ time: local(11, 1, 23), provider: 'work', workspace: undefined }),
      row({ time: local(10, 31, 1) }),
    ]);
    const runs = (group: 'days' | 'models' | 'prompts' | 'outcomes') =>
      Object.fromEntries([...report[group]].map(([key, totals]) => [key, totals.runs]));
    assert.deepEqual(runs('days'), { '2026-10-31': 2, '2026-11-01': 2 });
    assert.deepEqual(runs('models'), { 'openai/gpt-5-mini': 2, 'openai/other': 1, 'work/gpt-5-mini': 1 });
    assert.deepEqual(runs('prompts'), { Explain: 3, Ask: 1 });
    assert.deepEqual(runs('outcomes'), { ok: 3, failed: 1 });
  });

  it('handles clocks set to 1970 and 2099 [Q07]', async () => {
    const { days } = await reportOf(
      ['1970-01-02T12:00:00.000Z', '2099-06-01T12:00:00.000Z'].map((time) => row({ time })),
    );
    assert.deepEqual([...days.keys()], ['1970-01-02', '2099-06-01']);
  });

  it('follows a change of the time zone', async () => {
    const zone = process.env['TZ'];
    try {
      for (const name of ['UTC', 'Asia/Kolkata', 'America/St_Johns']) {
        process.env['TZ'] = name;
        const times = Array.from({ length: 48 }, (_, hour) => new Date(Date.UTC(2026, 2, 7, hour)));
        const { days } = await reportOf(times.map((time) => row({ time: time.toISOString() })));
        const expected = Map.groupBy(times, toDayKey);
        assert.deepEqual(
          [...days].map(([day, { runs }]) => [day, runs]),
          [...expected].map(([day, all]) => [day, all.length]),
          name,
        );
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('computes latency percentiles, of the total time for successful runs only', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => row({ totalMs: 100 - index, firstTextMs: undefined }));
    rows.push(row({ outcome: 'failed', totalMs: 5000, firstTextMs: undefined }));
    const { totalTime, timeToFirstToken } = await reportOf(rows);
    assert.deepEqual(
      [0, 0.5, 0.9, 0.99, 1].map((fraction) => percentile(totalTime, fraction)),
      [1, 50, 90, 99, 100],
    );
    assert.equal(percentile(timeToFirstToken, 0.5), undefined);
  });
});
