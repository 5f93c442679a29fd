import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { toSingleLine } from '../../sanitize/redactor';
import { mayHaveUsedTokens } from '../../usage/common/aggregate';
import type { LatencyHistogram } from '../../usage/common/latencyHistogram';
import { emptyReportTotals, mergeTotals, type ReportTotals, type UsageGroup } from '../../usage/common/usageReport';
import { withoutUndefined } from '../../util/withoutUndefined';
import { interpolate } from './numberFormatter';
import type { DashboardContext } from './viewContext';
import type { RowView, TableView } from './viewModel';

const MAX_GROUPS = 20;

export interface GroupInput {
  readonly id: string;
  readonly group: UsageGroup;
  readonly caption: string;
  readonly heading: string;
}

/** Groups by cost, then by size, largest first. */
export function createGroupTable(context: DashboardContext, { id, group, caption, heading }: GroupInput): TableView {
  const { strings, formatter, report } = context;
  const sorted = [...group].sort(([, left], [, right]) => right.usd - left.usd || sizeOf(right) - sizeOf(left));
  const listed: (readonly [string, ReportTotals])[] = sorted.slice(0, MAX_GROUPS);
  const rest = sorted.slice(MAX_GROUPS);
  if (rest.length > 0) {
    const restTotals = rest.reduce((merged, [, totals]) => mergeTotals(merged, totals), emptyReportTotals());
    listed.push([interpolate(strings.others, formatter.formatCount(rest.length)), restTotals]);
  }
  const totalRuns = Math.max(1, report.total.runs);
  return {
    id,
    caption,
    columns: createColumns([heading], [strings.runs, strings.tokens, strings.cost]),
    rows: listed.map(([name, totals]) => ({
      cells: [
        toSingleLine(name),
        formatter.formatCount(totals.runs),
        formatter.formatTokens(totals),
        formatter.formatCost(totals),
      ],
      fraction: totals.runs / totalRuns,
    })),
  };
}

function sizeOf({ input, output, runs }: ReportTotals): number {
  return input + output + runs;
}

export function createLatencyTable({ report, strings, formatter }: DashboardContext): TableView {
  const percentiles = [0.5, 0.9, 0.95, 0.99];
  const percentileLabel = (fraction: number) => `p${Math.round(100 * fraction)}`;
  const row = (label: string, histogram: LatencyHistogram): RowView => ({
    cells: [
      label,
      ...percentiles.map((fraction) => formatter.formatDuration(histogram.percentile(fraction))),
      formatter.formatCount(histogram.count),
    ],
  });
  return {
    id: 'latency',
    caption: strings.latency,
    columns: createColumns([strings.duration], [...percentiles.map(percentileLabel), strings.measuredRuns]),
    rows: [row(strings.timeToFirstToken, report.timeToFirstToken), row(strings.totalTime, report.totalTime)],
  };
}

export function createRunsTable(context: DashboardContext, rows: readonly LedgerRow[]): TableView {
  const { strings } = context;
  return {
    id: 'runs',
    caption: strings.runsCaption,
    columns: createColumns(
      [strings.time, strings.model, strings.prompt, strings.destination, strings.outcome],
      [strings.input, strings.output, strings.cost, strings.timeToFirstToken, strings.totalTime],
    ),
    rows: rows.map((row) => createRunRow(row, context)),
  };
}

function createRunRow(row: LedgerRow, { strings, formatter, language }: DashboardContext): RowView {
  const { tokens, cost } = row;
  const time = new Date(row.time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const model = `${row.provider}/${row.model}`;
  const isDifferentModel = row.reportedModel !== undefined && row.reportedModel !== row.model;
  const missing = mayHaveUsedTokens(row.attempts, row.error) ? strings.numbers.unknown : strings.numbers.none;
  const count = (total: number | undefined, part: number | undefined, template: string) => {
    if (total === undefined) return missing;
    const shown = formatter.formatCount(total);
    return part === undefined || part === 0 ? shown : interpolate(template, shown, formatter.formatCount(part));
  };
  const cells = [
    time,
    isDifferentModel ? `${model} (${row.reportedModel})` : model,
    row.prompt,
    row.destination,
    formatOutcome(row, strings),
    count(tokens.input, tokens.cached, strings.cached),
    count(tokens.output, tokens.reasoning, strings.reasoning),
    cost === undefined ? missing : formatter.formatMoney(cost.usd, cost.isEstimate),
    // A completed run without a first token received none; for a lost one it is unknown.
    row.firstTextMs === undefined && row.outcome !== 'lost'
      ? strings.numbers.none
      : formatter.formatDuration(row.firstTextMs),
    formatter.formatDuration(row.totalMs),
  ];
  const isFailure = row.outcome !== 'ok' && row.outcome !== 'cancelled';
  return { cells: cells.map(toSingleLine), ...withoutUndefined({ isFailure: isFailure || undefined }) };
}

function formatOutcome({ outcome, error, attempts }: LedgerRow, strings: DashboardContext['strings']): string {
  const facts = [strings.outcomes[outcome], ...(error === undefined || error === outcome ? [] : [error])];
  const ended = facts.join(' · ');
  return attempts > 1 ? interpolate(strings.attempts, ended, String(attempts)) : ended;
}

export function createColumns(words: readonly string[], numbers: readonly string[]): TableView['columns'] {
  return [
    ...words.map((label) => ({ label, isNumber: false })),
    ...numbers.map((label) => ({ label, isNumber: true })),
  ];
}
