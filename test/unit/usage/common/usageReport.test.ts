import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LEDGER_OUTCOMES, type LedgerRow } from '../../../../src/ledger/common/ledgerRow';
import { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import {
  ALL_TIME,
  emptyReportTotals,
  mergeTotals,
  type ReportTotals,
  UsageAggregator,
  type UsageGroup,
  type UsageReport,
} from '../../../../src/usage/common/usageReport';
import { checkProperty } from '../../../support/properties';

const count = fc.nat({ max: 1_000_000 });
const optionalCount = fc.option(count, { nil: undefined });

/** Arbitrary rows. */
const anyRow: fc.Arbitrary<LedgerRow> = fc
  .record({
    serial: fc.nat(),
    time: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
    model: fc.constantFrom('a', 'b', '<img src=x>'),
    prompt: fc.constantFrom('explain', 'fix'),
    outcome: fc.constantFrom(...LEDGER_OUTCOMES),
    error: fc.constantFrom(undefined, 'http.401', 'net.reset'),
    attempts: fc.nat({ max: 3 }),
    tokens: fc.record({ input: optionalCount, cached: optionalCount, output: optionalCount, reasoning: optionalCount }),
    cents: optionalCount,
    isEstimate: fc.boolean(),
    firstTextMs: optionalCount,
    totalMs: count,
  })
  .map(({ serial, time, tokens, cents, isEstimate, error, firstTextMs, ...rest }) => ({
    ...rest,
    v: 1,
    id: `w-${serial.toString(36)}`,
    time: new Date(time).toISOString(),
    provider: 'p',
    destination: 'thread',
    tokens: Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined)),
    ...(error === undefined ? {} : { error }),
    ...(firstTextMs === undefined ? {} : { firstTextMs }),
    ...(cents === undefined ? {} : { cost: { usd: cents / 100, source: 'prices' as const, isEstimate } }),
  }));

function tableOf(rows: readonly LedgerRow[]): LedgerTable {
  const table = new LedgerTable();
  for (const row of rows) table.add(row);
  return table;
}

/** Aggregates the rows in two parts that are then merged. */
function reportOf(rows: readonly LedgerRow[], period: string): UsageReport {
  const [totals, others] = [new UsageAggregator(), new UsageAggregator()];
  const middle = Math.floor(rows.length / 3);
  totals.add(tableOf(rows.slice(0, middle)));
  others.add(tableOf(rows), middle);
  totals.merge(others);
  return totals.createReport(period);
}

function whole(group: UsageGroup): ReportTotals {
  return [...group.values()].reduce(mergeTotals, emptyReportTotals());
}

/** The last digits of dollars depend on the order of addition. */
function assertSame(actual: ReportTotals, expected: ReportTotals): void {
  assert.ok(
    Math.abs(actual.usd - expected.usd) <= 1e-6 * Math.max(1, expected.usd),
    `${actual.usd} and ${expected.usd}`,
  );
  assert.deepEqual({ ...actual, usd: 0 }, { ...expected, usd: 0 });
}

describe('the usage report', () => {
  it('equals the sum of the rows, also by day, model, prompt and outcome (property) [Q09]', () => {
    const check = fc.property(fc.array(anyRow, { maxLength: 60 }), (rows) => {
      const report = reportOf(rows, ALL_TIME);
      const { total } = report;
      const sum = (of: (row: LedgerRow) => number | undefined) => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
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
      for (const group of [report.days, report.models, report.prompts, report.outcomes])
        assertSame(whole(group), total);
    });
    checkProperty(check, { seed: 5 });
  });

  it('equals the sum of its months (property) [Q09]', () => {
    const check = fc.property(fc.array(anyRow, { maxLength: 60 }), (rows) => {
      const all = reportOf(rows, ALL_TIME);
      const months = [...new Set([...all.days.keys()].map((day) => day.slice(0, 7)))];
      const reports = months.map((month) => reportOf(rows, month));
      assertSame(reports.map(({ total }) => total).reduce(mergeTotals, emptyReportTotals()), all.total);
      for (const group of ['models', 'prompts', 'outcomes'] as const) {
        assertSame(reports.map((report) => whole(report[group])).reduce(mergeTotals, emptyReportTotals()), all.total);
      }
      const count = reports.reduce((sum, { totalTime }) => sum + totalTime.count, 0);
      assert.equal(count, all.totalTime.count);
    });
    checkProperty(check, { seed: 6 });
  });
});
