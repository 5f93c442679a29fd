import * as assert from 'node:assert/strict';
import type { UsagePeriod } from '../../../../../src/usage/common/period';
import { createReport } from '../../../../../src/usage/common/usageReport';
import type { UsageRow } from '../../../../../src/usage/common/usageRow';
import { createDashboardView } from '../../../../../src/usage/dashboard/common/dashboardView';
import { NumberFormatter } from '../../../../../src/usage/dashboard/common/numberFormatter';
import type { DashboardView } from '../../../../../src/usage/dashboard/common/viewModel';

const RUNS_PER_PAGE = 50;

const l10n = {
  t: (message: string, ...values: readonly string[]) =>
    message.replace(/\{(\d)\}/g, (placeholder, index) => values[Number(index)] ?? placeholder),
};

const now = new Date(2026, 10, 28, 12);
const base: UsageRow = {
  v: 1,
  id: 'w-1',
  time: now.toISOString(),
  provider: 'work',
  model: 'm',
  prompt: 'Explain',
  destination: 'thread',
  outcome: 'ok',
  attempts: 1,
  tokens: { input: 1000, output: 200 },
  cost: { usd: 0.012, source: 'server', isEstimate: false },
  firstTextMs: 400,
  totalMs: 2500,
};
const unreported: UsageRow = { ...base, id: 'w-2', tokens: {}, cost: undefined as never };

async function view(
  rows: readonly UsageRow[],
  { period = 'all' as UsagePeriod, page = 0, language = 'en', isEmpty = false } = {},
): Promise<DashboardView> {
  const content = { rows, running: [], skipped: 0, unreadFiles: 0, isEmpty };
  const report = await createReport(rows);
  const formatter = new NumberFormatter(language, l10n);
  return createDashboardView({ period, report, content, page, l10n, language, formatter, now });
}

function cells(of: DashboardView, caption: string): readonly (readonly string[])[] {
  return of.tables.find((table) => table.caption === caption)?.rows.map((row) => row.cells) ?? [];
}

function values(of: DashboardView): string[] {
  return of.cards.map(({ value }) => value);
}

describe('the dashboard view', () => {
  it('shows known values, with ≈ for estimates but not for costs reported by the server', async () => {
    const [firstText = '', ...sums] = values(await view([base])).toReversed();
    assert.deepEqual(sums.toReversed(), ['$0.012', '1,200', '1', '$0.012']);
    assert.match(firstText, /^400 ms$/);
    const estimate = { usd: 0.012, source: 'prices', isEstimate: true } as const;
    assert.deepEqual(values(await view([{ ...base, cost: estimate }]))[0], '≈$0.012');
  });

  it('shows unreported values as unknown, never as 0', async () => {
    const shown = await view([unreported, { ...unreported, id: 'w-3' }]);
    assert.deepEqual(values(shown).slice(0, 2), ['unknown', 'unknown']);
    assert.deepEqual(cells(shown, 'By model'), [['work/m', '2', 'unknown', 'unknown']]);
    assert.deepEqual(shown.runs.table.rows[0]?.cells.slice(5, 8), ['unknown', 'unknown', 'unknown']);
  });

  it('says how many runs a total leaves out', async () => {
    const shown = await view([base, unreported]);
    assert.equal(shown.cards[0]?.detail, 'No price for 1 of 2 requests');
    assert.equal(shown.cards[1]?.detail, 'No token counts for 1 of 2 requests');
    assert.deepEqual(cells(shown, 'By model'), [['work/m', '2', '1,200 + 1 unknown', '$0.012 + 1 unknown']]);
  });

  it('shows a known 0 as 0, tiny amounts as more than 0, and – for a run that never reached a model', async () => {
    const free = { ...base, cost: { usd: 0, source: 'settings', isEstimate: true } as const };
    assert.equal(values(await view([free]))[0], '≈$0.00');
    const hardlyAny = { ...base, cost: { usd: 4e-8, source: 'server', isEstimate: false } as const };
    assert.equal(values(await view([hardlyAny]))[0], '$0.000001');
    const refused: UsageRow = { ...unreported, outcome: 'failed', error: 'http.401' };
    const shown = await view([refused]);
    assert.deepEqual(shown.runs.table.rows[0]?.cells.slice(4, 8), ['Failed · API key rejected', '–', '–', '–']);
    const { firstTextMs: _, ...silent } = refused;
    const firstText = async (row: UsageRow) => (await view([row])).runs.table.rows[0]?.cells[8];
    assert.deepEqual([await firstText(silent), await firstText({ ...silent, outcome: 'abandoned' })], ['–', 'unknown']);
    assert.equal(shown.runs.table.rows[0]?.isFailure, true);
    assert.equal(shown.cards[0]?.detail, 'for all requests');
  });

  it('says in words why a request failed, and how to price the models without a price', async () => {
    const outcomeOf = async (row: Partial<UsageRow>) =>
      (await view([{ ...base, ...row }])).runs.table.rows[0]?.cells[4];
    assert.equal(await outcomeOf({ outcome: 'failed', error: 'net.dns' }), 'Failed · connection failed');
    assert.equal(
      await outcomeOf({ outcome: 'failed', error: 'http.5xx', attempts: 3 }),
      'Failed · server error, 3 attempts',
    );
    assert.equal(await outcomeOf({ outcome: 'cancelled', error: 'cancelled' }), 'Stopped');
    const stopped: UsageRow = { ...base, id: 'w-3', outcome: 'cancelled' };
    assert.equal((await view([base, stopped])).cards[2]?.detail, '1 succeeded, 0 failed, 1 stopped');
    assert.match((await view([base, unreported])).notes.join(), /Add prices in the quillet\.prices setting/);
    assert.deepEqual((await view([base])).notes, []);
  });

  it('shows names as they are, except for line breaks and bidirectional controls [R32]', async () => {
    const name = '<img src=http://127.0.0.1/x onerror=1></script>${7*7}{0}';
    const shown = await view([{ ...base, model: `${name}\u2028\u202e`, prompt: name }]);
    assert.equal(cells(shown, 'By model')[0]?.[0], `work/${name}\\u{2028}\\u{202e}`);
    assert.equal(cells(shown, 'By prompt')[0]?.[0], name);
  });

  it('lists runs in pages, newest first, and shows the last page for one past the end', async () => {
    const rows = Array.from({ length: RUNS_PER_PAGE + 3 }, (_, index): UsageRow => {
      return {
        ...base,
        id: `w-${index}`,
        prompt: `p${index}`,
        time: new Date(now.getTime() + index * 1000).toISOString(),
      };
    });
    const [first, beyond] = [await view(rows), await view(rows, { page: 7 })];
    assert.equal(first.runs.table.rows[0]?.cells[2], `p${RUNS_PER_PAGE + 2}`);
    assert.deepEqual([first.runs.page, first.runs.pageCount, first.runs.range], [0, 2, '1–50 of 53']);
    assert.deepEqual([beyond.runs.page, beyond.runs.table.rows.length, beyond.runs.range], [1, 3, '51–53 of 53']);
  });

  it('has a bar for each day of a period, and for each month of a long one', async () => {
    const before = { ...base, id: 'w-2', time: new Date(2026, 8, 5, 12).toISOString() };
    for (const [period, count] of [
      ['7d', 7],
      ['30d', 30],
      ['90d', 90],
    ] as const) {
      const { charts } = await view([base], { period });
      assert.deepEqual([charts.length, charts[0]?.bars.length], [1, count]);
    }
    const [days, months] = (await view([before, base])).charts;
    assert.equal(days?.bars.length, 30);
    const description = 'November 28, 2026 · 1 request · 1,200 tokens · $0.012';
    assert.equal(days?.bars.at(-1)?.description, description);
    assert.ok((days?.bars.filter(({ label }) => label !== '').length ?? 0) <= 6, 'labels have room');
    assert.deepEqual(
      days?.drawings.tokens.series.map((series) => series.values.at(-1)),
      [1000, 200],
    );
    assert.equal(days?.table.rows.length, 1);
    assert.deepEqual(months?.drawings.cost.series[0]?.values, [0.012, 0, 0.012]);
    assert.equal(months?.drawings.runs.summary, 'By month: requests. Total: 2. Maximum: 1 (September 2026).');
  });

  it('does not draw a century after a wrong clock [Q07]', async () => {
    const times = ['1970-01-01T12:00:00.000Z', '2099-06-01T12:00:00.000Z', base.time];
    const shown = await view(times.map((time, index): UsageRow => ({ ...base, id: `w-${index}`, time })));
    assert.deepEqual(
      shown.charts[1]?.bars.map(({ label }) => label),
      ['Nov 26'],
    );
    assert.equal(values(shown)[2], '3');
  });

  it('groups the remaining models of a long table in one row', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, index): UsageRow => ({ ...base, id: `w-${index}`, model: `m${index}` }),
    );
    const models = cells(await view(rows), 'By model');
    assert.equal(models.length, 21);
    assert.deepEqual(models.at(-1)?.slice(0, 2), ['10 others', '10']);
  });

  it('formats numbers in the user’s language', async () => {
    assert.deepEqual(values(await view([base], { language: 'de' })).slice(0, 2), ['0,012\u00a0$', '1.200']);
  });

  it('has a message only while there are no runs at all', async () => {
    assert.match((await view([], { isEmpty: true })).empty ?? '', /^No requests yet/);
    assert.equal((await view([], { period: '7d' })).empty, undefined);
    assert.equal((await view([base])).empty, undefined);
  });
});
