import { toSingleLine } from '../../../sanitize/redactor';
import type { Localizer } from '../../common/formatTotals';
import { addTotals, mayHaveUsedTokens, percentile, type UsageGroup, type UsageTotals } from '../../common/usageReport';
import type { UsageRow } from '../../common/usageRow';
import { describeReason, outcomeNames } from './outcomes';
import type { DashboardContext } from './viewContext';
import type { RowView, TableView } from './viewModel';

const MAX_GROUPS = 20;

/** The largest groups, by cost and then by size. */
export function createGroupTable(
  context: DashboardContext,
  caption: string,
  heading: string,
  group: UsageGroup,
): TableView {
  const sizeOf = ({ input, output, runs }: UsageTotals) => input + output + runs;
  const sorted = [...group].sort(([, left], [, right]) => right.usd - left.usd || sizeOf(right) - sizeOf(left));
  const count = sorted.length === MAX_GROUPS + 1 ? sorted.length : MAX_GROUPS;
  const rest = sorted.splice(count).map(([, totals]) => totals);
  const { l10n, formatter } = context;
  if (rest.length > 0) sorted.push([l10n.t('{0} others', formatter.formatCount(rest.length)), addTotals(rest)]);
  const table = createTotalsTable(context, caption, heading, sorted);
  const fractionOf = (index: number) => (sorted[index]?.[1].runs ?? 0) / context.report.total.runs;
  return { ...table, rows: table.rows.map((row, index) => ({ ...row, fraction: fractionOf(index) })) };
}

export function createTotalsTable(
  { l10n, formatter }: DashboardContext,
  caption: string,
  heading: string,
  entries: readonly (readonly [name: string, totals: UsageTotals])[],
): TableView {
  return {
    caption,
    columns: [heading, l10n.t('Requests'), l10n.t('Tokens'), l10n.t('Cost')],
    rows: entries.map(([name, totals]) => ({ cells: [toSingleLine(name), ...formatter.formatAll(totals)] })),
  };
}

export function createLatencyTable({ report, l10n, formatter }: DashboardContext): TableView {
  const { timeToFirstToken, totalTime } = report;
  const all = [timeToFirstToken, totalTime];
  const row = (label: string, fraction: number) => ({
    cells: [label, ...all.map((durations) => formatter.formatDuration(percentile(durations, fraction)))],
  });
  return {
    caption: l10n.t('Latency'),
    columns: [l10n.t('Duration'), l10n.t('Time to first token'), l10n.t('Total time')],
    rows: [
      row(l10n.t('Median'), 0.5),
      row(l10n.t('90th percentile'), 0.9),
      row(l10n.t('95th percentile'), 0.95),
      row(l10n.t('99th percentile'), 0.99),
      { cells: [l10n.t('Number of requests'), ...all.map(({ length }) => formatter.formatCount(length))] },
    ],
  };
}

export function createRunsTable(context: DashboardContext, rows: readonly UsageRow[]): TableView {
  const { l10n, language } = context;
  const times = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return {
    caption: l10n.t('Requests'),
    textColumns: 5,
    columns: [
      ...[l10n.t('Time'), l10n.t('Model'), l10n.t('Prompt'), l10n.t('Destination'), l10n.t('Outcome')],
      ...[l10n.t('Input'), l10n.t('Output'), l10n.t('Cost'), l10n.t('Time to first token'), l10n.t('Total time')],
    ],
    rows: rows.map((row) => createRunRow(row, times.format(new Date(row.time)), context)),
  };
}

function createRunRow(row: UsageRow, time: string, { l10n, formatter }: DashboardContext): RowView {
  const { tokens, cost } = row;
  const model = `${row.provider}/${row.model}`;
  const isDifferentModel = row.reportedModel !== undefined && row.reportedModel !== row.model;
  const missing = mayHaveUsedTokens(row.attempts, row.error) ? formatter.unknown : formatter.none;
  const count = (total: number | undefined, part: number | undefined, withPart: (...texts: string[]) => string) => {
    if (total === undefined) return missing;
    const shown = formatter.formatCount(total);
    return part === undefined || part === 0 ? shown : withPart(shown, formatter.formatCount(part));
  };
  const cells = [
    time,
    isDifferentModel ? `${model} (${row.reportedModel})` : model,
    row.prompt,
    row.destination,
    formatOutcome(row, l10n),
    count(tokens.input, tokens.cached, (...texts) => l10n.t('{0} ({1} cached)', ...texts)),
    count(tokens.output, tokens.reasoning, (...texts) => l10n.t('{0} ({1} reasoning)', ...texts)),
    cost === undefined ? missing : formatter.formatMoney(cost.usd, cost.isEstimate),
    // A completed run without a first token received none; for an abandoned one it is unknown.
    row.firstTextMs === undefined && row.outcome !== 'abandoned'
      ? formatter.none
      : formatter.formatDuration(row.firstTextMs),
    formatter.formatDuration(row.totalMs),
  ];
  return { cells: cells.map(toSingleLine), isFailure: row.outcome !== 'ok' && row.outcome !== 'cancelled' };
}

function formatOutcome({ outcome, error, attempts }: UsageRow, l10n: Localizer): string {
  const name = outcomeNames(l10n)[outcome] ?? outcome;
  const reason = error === undefined ? undefined : describeReason(error, l10n);
  const ended = reason === undefined ? name : `${name} · ${reason}`;
  return attempts > 1 ? l10n.t('{0}, {1} attempts', ended, String(attempts)) : ended;
}
