import { toSingleLine } from '../../../sanitize/redactor';
import { addTotals, mayHaveUsedTokens, percentile, type UsageGroup, type UsageTotals } from '../../common/usageReport';
import type { UsageRow } from '../../common/usageRow';
import type { Localizer } from './numberFormatter';
import type { DashboardContext } from './viewContext';
import type { RowView, TableView } from './viewModel';

const MAX_GROUPS = 20;

/** Groups by cost, then by size, largest first. */
export function createGroupTable(
  { l10n, formatter, report }: DashboardContext,
  { group, caption, heading }: { readonly group: UsageGroup; readonly caption: string; readonly heading: string },
): TableView {
  const sizeOf = ({ input, output, runs }: UsageTotals) => input + output + runs;
  const sorted = [...group].sort(([, left], [, right]) => right.usd - left.usd || sizeOf(right) - sizeOf(left));
  // A single group is never summarized.
  const count = sorted.length === MAX_GROUPS + 1 ? sorted.length : MAX_GROUPS;
  const listed: (readonly [string, UsageTotals])[] = sorted.slice(0, count);
  const rest = sorted.slice(count).map(([, totals]) => totals);
  if (rest.length > 0) listed.push([l10n.t('{0} others', formatter.formatCount(rest.length)), addTotals(rest)]);
  return {
    caption,
    columns: createColumns([heading], [l10n.t('Requests'), l10n.t('Tokens'), l10n.t('Cost')]),
    rows: listed.map(([name, totals]) => ({
      cells: [
        toSingleLine(name),
        formatter.formatCount(totals.runs),
        formatter.formatTokens(totals),
        formatter.formatCost(totals),
      ],
      fraction: totals.runs / report.total.runs,
    })),
  };
}

export function createLatencyTable({ report, l10n, formatter }: DashboardContext): TableView {
  const fractions = [0.5, 0.9, 0.95, 0.99];
  const row = (label: string, durations: Float64Array): RowView => ({
    cells: [
      label,
      ...fractions.map((fraction) => formatter.formatDuration(percentile(durations, fraction))),
      formatter.formatCount(durations.length),
    ],
  });
  return {
    caption: l10n.t('Latency'),
    columns: createColumns(
      [l10n.t('Duration')],
      [...fractions.map((fraction) => `p${Math.round(100 * fraction)}`), l10n.t('Requests')],
    ),
    rows: [row(l10n.t('Time to first token'), report.timeToFirstToken), row(l10n.t('Total time'), report.totalTime)],
  };
}

export function createRunsTable(context: DashboardContext, rows: readonly UsageRow[]): TableView {
  const { l10n, language } = context;
  const times = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return {
    caption: l10n.t('Requests'),
    columns: createColumns(
      [l10n.t('Time'), l10n.t('Model'), l10n.t('Prompt'), l10n.t('Destination'), l10n.t('Outcome')],
      [l10n.t('Input'), l10n.t('Output'), l10n.t('Cost'), l10n.t('Time to first token'), l10n.t('Total time')],
    ),
    rows: rows.map((row) => createRunRow(row, times.format(new Date(row.time)), context)),
  };
}

function createRunRow(row: UsageRow, time: string, { l10n, formatter }: DashboardContext): RowView {
  const { tokens, cost } = row;
  const none = l10n.t('none');
  const model = `${row.provider}/${row.model}`;
  const isDifferentModel = row.reportedModel !== undefined && row.reportedModel !== row.model;
  const missing = mayHaveUsedTokens(row.attempts, row.error) ? formatter.unknown : none;
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
    row.firstTextMs === undefined && row.outcome !== 'abandoned' ? none : formatter.formatDuration(row.firstTextMs),
    formatter.formatDuration(row.totalMs),
  ];
  return { cells: cells.map(toSingleLine), isFailure: row.outcome !== 'ok' && row.outcome !== 'cancelled' };
}

function formatOutcome({ outcome, error, attempts }: UsageRow, l10n: Localizer): string {
  const name = outcomeName(outcome, l10n);
  const ended = error === undefined || error === outcome ? name : `${name} · ${error}`;
  return attempts > 1 ? l10n.t('{0}, {1} attempts', ended, String(attempts)) : ended;
}

export function outcomeName(outcome: string, l10n: Localizer): string {
  const names: Readonly<Record<string, string>> = {
    ok: l10n.t('ok'),
    truncated: l10n.t('truncated'),
    failed: l10n.t('failed'),
    cancelled: l10n.t('stopped'),
    refused: l10n.t('refused'),
    abandoned: l10n.t('abandoned'),
  };
  return names[outcome] ?? outcome;
}

export function createColumns(words: readonly string[], numbers: readonly string[]): TableView['columns'] {
  return [
    ...words.map((label) => ({ label, isNumber: false })),
    ...numbers.map((label) => ({ label, isNumber: true })),
  ];
}
