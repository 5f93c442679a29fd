import * as assert from 'node:assert/strict';
import { clampPage, createDashboardView, RUNS_PER_PAGE } from '../../../../src/dashboard/common/dashboardView';
import { interpolate } from '../../../../src/dashboard/common/numberFormatter';
import type { DashboardStrings } from '../../../../src/dashboard/common/strings';
import type { DashboardView } from '../../../../src/dashboard/common/viewModel';
import type { LedgerRow } from '../../../../src/ledger/common/ledgerRow';
import { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import { ALL_TIME, UsageAggregator } from '../../../../src/usage/common/usageReport';

/** Each string is its own key, followed by its values. */
const strings: DashboardStrings = new Proxy({} as DashboardStrings, {
  get: (_, name: string) => {
    if (name === 'labels') return { measures: { cost: 'cost', tokens: 'tokens', runs: 'runs' } };
    if (name === 'outcomes') return { ok: 'ok', failed: 'failed', cancelled: 'stopped', lost: 'lost' };
    if (name === 'numbers') {
      return {
        unknown: 'unknown',
        none: 'none',
        plusUnknown: '{0} + {1} unknown',
        seconds: '{0} s',
        milliseconds: '{0} ms',
      };
    }
    return `${name} {0} {1} {2} {3}`;
  },
});

const now = new Date(2026, 10, 28, 12);
const base: LedgerRow = {
  v: 1,
  id: 'w-1',
  time: now.toISOString(),
  provider: 'work',
  model: 'm',
  prompt: 'explain',
  destination: 'thread',
  outcome: 'ok',
  attempts: 1,
  tokens: { input: 1000, output: 200 },
  cost: { usd: 0.012, source: 'server', isEstimate: false },
  firstTextMs: 400,
  totalMs: 2500,
};
const unreported: LedgerRow = { ...base, id: 'w-2', tokens: {}, cost: undefined as never };

const gaps = { skipped: 0, unreadFiles: 0 };

function view(rows: readonly LedgerRow[], period = ALL_TIME, page = 0, language = 'en'): DashboardView {
  const table = new LedgerTable();
  for (const { cost, ...row } of rows) table.add(cost === undefined ? row : { ...row, cost });
  const totals = new UsageAggregator();
  totals.add(table);
  const report = totals.createReport(period);
  const clampedPage = clampPage(report, page);
  const shown = rows.toReversed().slice(clampedPage * RUNS_PER_PAGE, (clampedPage + 1) * RUNS_PER_PAGE);
  return createDashboardView({ report, page: clampedPage, rows: shown, ...gaps, strings, language, now, progress: 1 });
}

function cells(of: DashboardView, id: string): readonly (readonly string[])[] {
  return of.tables.find((table) => table.id === id)?.rows.map((row) => row.cells) ?? [];
}

function values(of: DashboardView): string[] {
  return of.cards.map(({ value }) => value);
}

describe('the dashboard view', () => {
  it('shows known values, with ≈ for estimates but not for costs reported by the server', () => {
    const [firstText = '', ...sums] = values(view([base])).toReversed();
    assert.deepEqual(sums.toReversed(), ['$0.012', '1,200', '1', '$0.012']);
    assert.match(firstText, /^(399|400|401) ms$/);
    const estimate = { usd: 0.012, source: 'prices', isEstimate: true } as const;
    assert.deepEqual(values(view([{ ...base, cost: estimate }]))[0], '≈$0.012');
  });

  it('shows unreported values as unknown, never as 0', () => {
    const shown = view([unreported, { ...unreported, id: 'w-3' }]);
    assert.deepEqual(values(shown).slice(0, 2), ['unknown', 'unknown']);
    assert.deepEqual(cells(shown, 'models'), [['work/m', '2', 'unknown', 'unknown']]);
    assert.deepEqual(shown.runs.table.rows[0]?.cells.slice(5, 8), ['unknown', 'unknown', 'unknown']);
  });

  it('says how many runs a total leaves out', () => {
    const shown = view([base, unreported]);
    assert.equal(shown.cards[0]?.detail, 'unpriced 1 2 {2} {3}');
    assert.equal(shown.cards[1]?.detail, 'unreported 1 2 {2} {3}');
    assert.deepEqual(cells(shown, 'models'), [['work/m', '2', '1,200 + 1 unknown', '$0.012 + 1 unknown']]);
  });

  it('shows a known 0 as 0, tiny amounts as more than 0, and none for a run that never reached a model', () => {
    const free = { ...base, cost: { usd: 0, source: 'settings', isEstimate: true } as const };
    assert.equal(values(view([free]))[0], '≈$0.00');
    const hardlyAny = { ...base, cost: { usd: 4e-8, source: 'server', isEstimate: false } as const };
    assert.equal(values(view([hardlyAny]))[0], '$0.000001');
    const refused: LedgerRow = { ...unreported, outcome: 'failed', error: 'http.401' };
    const shown = view([refused]);
    assert.deepEqual(shown.runs.table.rows[0]?.cells.slice(4, 8), ['failed · http.401', 'none', 'none', 'none']);
    const { firstTextMs: _, ...silent } = refused;
    const firstText = (row: LedgerRow) => view([row]).runs.table.rows[0]?.cells[8];
    assert.deepEqual([firstText(silent), firstText({ ...silent, outcome: 'lost' })], ['none', 'unknown']);
    assert.equal(shown.runs.table.rows[0]?.isFailure, true);
    assert.equal(shown.cards[0]?.detail.startsWith('allPriced'), true);
  });

  it('shows names as they are, except for line breaks and bidirectional controls [R32]', () => {
    const name = '<img src=http://127.0.0.1/x onerror=1></script>${7*7}{0}';
    const shown = view([{ ...base, model: `${name}\u2028\u202e`, prompt: name }]);
    assert.equal(cells(shown, 'models')[0]?.[0], `work/${name}\\u{2028}\\u{202e}`);
    assert.equal(cells(shown, 'prompts')[0]?.[0], name);
    assert.equal(interpolate('{0} and {1}', '{1}', 'x'), '{1} and x');
  });

  it('lists runs in pages, newest first, and shows the last page for one past the end', () => {
    const rows = Array.from({ length: RUNS_PER_PAGE + 3 }, (_, index): LedgerRow => {
      return {
        ...base,
        id: `w-${index}`,
        prompt: `p${index}`,
        time: new Date(now.getTime() + index * 1000).toISOString(),
      };
    });
    const [first, beyond] = [view(rows), view(rows, ALL_TIME, 7)];
    assert.equal(first.runs.table.rows[0]?.cells[2], `p${RUNS_PER_PAGE + 2}`);
    assert.deepEqual([first.runs.page, first.runs.pageCount, first.runs.range], [0, 2, 'range 1 50 53 {3}']);
    assert.deepEqual(
      [beyond.runs.page, beyond.runs.table.rows.length, beyond.runs.range],
      [1, 3, 'range 51 53 53 {3}'],
    );
  });

  it('has a bar for each day of a month, or of the last 30 days', () => {
    const [days, months] = view([base], '2026-11').charts;
    assert.equal(days?.barLabels.length, 30);
    assert.deepEqual(
      days?.drawings.tokens.series.map((series) => series.values[27]),
      [1000, 200],
    );
    assert.equal(days?.table.rows.length, 1);
    assert.deepEqual(months?.drawings.cost.series[0]?.values, [0.012]);
    assert.equal(view([base]).charts[0]?.barLabels.at(-1), 'Nov 28');
  });

  it('does not draw a century after a wrong clock [Q07]', () => {
    const times = ['1970-01-01T12:00:00.000Z', '2099-06-01T12:00:00.000Z', base.time];
    const shown = view(times.map((time, index): LedgerRow => ({ ...base, id: `w-${index}`, time })));
    assert.deepEqual(shown.charts[1]?.barLabels, ['Jan 70', 'Nov 26', 'Jun 99']);
    assert.equal(values(shown)[2], '3');
  });

  it('groups the remaining models of a long table in one row', () => {
    const rows = Array.from(
      { length: 30 },
      (_, index): LedgerRow => ({ ...base, id: `w-${index}`, model: `m${index}` }),
    );
    const models = cells(view(rows), 'models');
    assert.equal(models.length, 21);
    assert.deepEqual(models.at(-1)?.slice(0, 2), ['others 10 {1} {2} {3}', '10']);
  });

  it('formats numbers in the user’s language', () => {
    assert.deepEqual(values(view([base], ALL_TIME, 0, 'de')).slice(0, 2), ['0,012\u00a0$', '1.200']);
  });

  it('has a message for when there are no runs', () => {
    assert.match(view([]).empty ?? '', /^empty/);
    assert.equal(view([base]).empty, undefined);
  });
});
