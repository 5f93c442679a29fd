import { withoutUndefined } from '../../../util/withoutUndefined';
import { percentile, toDayKey, type UsageTotals } from '../../common/usageReport';
import { createCharts } from './charts';
import { createLabels } from './labels';
import type { NumberFormatter } from './numberFormatter';
import { outcomeNames } from './outcomes';
import { createGroupTable, createLatencyTable, createRunsTable } from './tables';
import type { DashboardContext } from './viewContext';
import type { CardView, DashboardView, TableView } from './viewModel';

const RUNS_PER_PAGE = 50;

export function createDashboardView(context: DashboardContext): DashboardView {
  const { report, content, l10n, period, formatter } = context;
  const pageCount = Math.max(1, Math.ceil(report.total.runs / RUNS_PER_PAGE));
  const page = Math.min(context.page, pageCount - 1);
  const first = page * RUNS_PER_PAGE;
  const last = content.rows.length - first;
  const rows = content.rows.slice(Math.max(0, last - RUNS_PER_PAGE), last).toReversed();
  const range = [first + 1, first + rows.length, report.total.runs].map((count) => formatter.formatCount(count));
  return {
    labels: createLabels(l10n),
    period,
    ...withoutUndefined({
      empty: content.isEmpty
        ? l10n.t('No requests yet. Each request will be listed here with its tokens, cost and duration.')
        : undefined,
    }),
    cards: createCards(context),
    notes: createNotes(context),
    charts: createCharts(context),
    tables: createTables(context),
    runs: { table: createRunsTable(context, rows), page, pageCount, range: l10n.t('{0}–{1} of {2}', ...range) },
  };
}

function createCards(context: DashboardContext): CardView[] {
  const { report, l10n, formatter } = context;
  const { total, timeToFirstToken } = report;
  const [median, p95] = [percentile(timeToFirstToken, 0.5), percentile(timeToFirstToken, 0.95)];
  const stopped = report.outcomes.get('cancelled')?.runs ?? 0;
  const failed = total.runs - total.runsOk - stopped;
  const counts = (...values: readonly number[]) => values.map((value) => formatter.formatCount(value));
  return [
    {
      label: l10n.t('Cost'),
      value: formatKnownCost(total, formatter),
      detail: total.runsWithoutPrice === 0 ? l10n.t('for all requests') : formatUnpriced(total, context),
    },
    {
      label: l10n.t('Tokens'),
      value:
        total.runsWithoutTokens > 0 && total.input + total.output === 0
          ? formatter.unknown
          : formatter.formatCount(total.input + total.output),
      detail:
        total.runsWithoutTokens === 0
          ? l10n.t('{0} input, {1} output', ...counts(total.input, total.output))
          : l10n.t('No token counts for {0} of {1} requests', ...counts(total.runsWithoutTokens, total.runs)),
    },
    {
      label: l10n.t('Requests'),
      value: formatter.formatCount(total.runs),
      detail:
        stopped === 0
          ? l10n.t('{0} succeeded, {1} failed', ...counts(total.runsOk, failed))
          : l10n.t('{0} succeeded, {1} failed, {2} stopped', ...counts(total.runsOk, failed, stopped)),
    },
    createTodayCard(context),
    {
      label: l10n.t('Time to first token'),
      value: formatter.formatDuration(median),
      detail: median === undefined ? '' : l10n.t('median; 95th percentile {0}', formatter.formatDuration(p95)),
    },
  ];
}

function createTodayCard(context: DashboardContext): CardView {
  const { report, l10n, formatter, now } = context;
  const label = l10n.t('Today');
  const today = report.days.get(toDayKey(now));
  if (today === undefined) return { label, value: l10n.t('no requests'), detail: '' };
  // The value is the cost.
  const detail = formatter.formatTotals({ ...today, usd: 0 });
  return { label, value: formatKnownCost(today, formatter), detail };
}

function formatKnownCost({ usd, runsWithoutPrice, runsEstimated }: UsageTotals, formatter: NumberFormatter): string {
  return usd === 0 && runsWithoutPrice > 0 ? formatter.unknown : formatter.formatMoney(usd, runsEstimated > 0);
}

function formatUnpriced({ runsWithoutPrice, runs }: UsageTotals, { l10n, formatter }: DashboardContext): string {
  return l10n.t(
    'No price for {0} of {1} requests',
    formatter.formatCount(runsWithoutPrice),
    formatter.formatCount(runs),
  );
}

function createNotes({ report, content: { skipped, unreadFiles }, l10n, formatter }: DashboardContext): string[] {
  const notes: string[] = [];
  if (skipped > 0) {
    const lines = formatter.formatCount(skipped);
    notes.push(l10n.t('Ignored usage log lines (damaged, or written by a newer version of Quillet): {0}', lines));
  }
  if (unreadFiles > 0) {
    notes.push(l10n.t('Usage log files that could not be read: {0}', formatter.formatCount(unreadFiles)));
  }
  if (report.total.runsWithoutPrice > 0) {
    notes.push(l10n.t('Costs are unknown for models without a price. Add prices in the quillet.prices setting.'));
  }
  if (report.total.runsEstimated > 0) {
    notes.push(l10n.t('Costs marked ≈ are estimated from prices; all others were reported by the server.'));
  }
  return notes;
}

function createTables(context: DashboardContext): TableView[] {
  const { report, l10n } = context;
  const names = outcomeNames(l10n);
  const outcomes = new Map([...report.outcomes].map(([outcome, totals]) => [names[outcome] ?? outcome, totals]));
  return [
    createGroupTable(context, l10n.t('By model'), l10n.t('Model'), report.models),
    createGroupTable(context, l10n.t('By prompt'), l10n.t('Prompt'), report.prompts),
    createGroupTable(context, l10n.t('By outcome'), l10n.t('Outcome'), outcomes),
    createLatencyTable(context),
  ];
}
