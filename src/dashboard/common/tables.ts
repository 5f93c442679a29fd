import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { toSingleLine } from '../../sanitize/redactor';
import { mayHaveUsedTokens } from '../../usage/common/aggregate';
import type { LatencyHistogram } from '../../usage/common/latencyHistogram';
import { emptyReportTotals, mergeTotals, type ReportTotals, type UsageGroup } from '../../usage/common/usageReport';
import { fill } from './formatNumbers';
import type { DashboardContext } from './viewContext';
import type { RowView, TableView } from './viewModel';

/** Groups that a table shows one by one; the others are in one row. */
const MOST_GROUPS = 20;

export interface GroupInput {
  readonly id: string;
  readonly group: UsageGroup;
  readonly caption: string;
  readonly heading: string;
}

/** Runs, tokens and cost of each group, the most expensive and then the largest first. */
export function groupTable(context: DashboardContext, { id, group, caption, heading }: GroupInput): TableView {
  const { texts, numbers, report } = context;
  const sorted = [...group].sort(([, one], [, other]) => other.usd - one.usd || weight(other) - weight(one));
  const shown: (readonly [string, ReportTotals])[] = sorted.slice(0, MOST_GROUPS);
  const rest = sorted.slice(MOST_GROUPS);
  if (rest.length > 0) {
    const sums = rest.reduce((all, [, one]) => mergeTotals(all, one), emptyReportTotals());
    shown.push([fill(texts.others, numbers.count(rest.length)), sums]);
  }
  const whole = Math.max(1, report.total.runs);
  return {
    id,
    caption,
    columns: columns([heading], [texts.runs, texts.tokens, texts.cost]),
    rows: shown.map(([name, sums]) => ({
      cells: [toSingleLine(name), numbers.count(sums.runs), numbers.tokens(sums), numbers.cost(sums)],
      share: sums.runs / whole,
    })),
  };
}

function weight({ input, output, runs }: ReportTotals): number {
  return input + output + runs;
}

/** How long half, and nearly all, of the runs took. */
export function latencyTable({ report, texts, numbers, language }: DashboardContext): TableView {
  const parts = [0.5, 0.9, 0.95, 0.99];
  const within = (part: number) => (part === 0.5 ? texts.half : part.toLocaleString(language, { style: 'percent' }));
  const row = (label: string, latencies: LatencyHistogram): RowView => ({
    cells: [
      label,
      ...parts.map((part) => numbers.duration(latencies.percentile(part))),
      numbers.count(latencies.count),
    ],
  });
  return {
    id: 'latency',
    caption: texts.latency,
    columns: columns([texts.duration], [...parts.map(within), texts.measured]),
    rows: [row(texts.firstText, report.timeToFirstToken), row(texts.wholeAnswer, report.totalTime)],
  };
}

/** Each run by itself. */
export function runsTable(context: DashboardContext, rows: readonly LedgerRow[]): TableView {
  const { texts } = context;
  return {
    id: 'runs',
    caption: texts.runsCaption,
    columns: columns(
      [texts.time, texts.model, texts.prompt, texts.destination, texts.outcome],
      [texts.input, texts.output, texts.cost, texts.firstText, texts.wholeAnswer],
    ),
    rows: rows.map((row) => runRow(row, context)),
  };
}

function runRow(row: LedgerRow, { texts, numbers, language }: DashboardContext): RowView {
  const { tokens, cost } = row;
  const time = new Date(row.time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const model = `${row.provider}/${row.model}`;
  const isOther = row.reportedModel !== undefined && row.reportedModel !== row.model;
  const absent = mayHaveUsedTokens(row.attempts, row.error) ? texts.numbers.unknown : texts.numbers.none;
  const count = (whole: number | undefined, part: number | undefined, text: string) => {
    if (whole === undefined) return absent;
    const shown = numbers.count(whole);
    return part === undefined || part === 0 ? shown : fill(text, shown, numbers.count(part));
  };
  const cells = [
    time,
    isOther ? `${model} (${row.reportedModel})` : model,
    row.prompt,
    row.destination,
    outcomeText(row, texts),
    count(tokens.input, tokens.cached, texts.cached),
    count(tokens.output, tokens.reasoning, texts.reasoning),
    cost === undefined ? absent : numbers.money(cost.usd, cost.isEstimate),
    // Whoever was there to the end knows that none came.
    row.firstTextMs === undefined && row.outcome !== 'lost' ? texts.numbers.none : numbers.duration(row.firstTextMs),
    numbers.duration(row.totalMs),
  ];
  const isBad = row.outcome !== 'ok' && row.outcome !== 'cancelled';
  return { cells: cells.map(toSingleLine), ...(isBad ? { isBad } : {}) };
}

function outcomeText({ outcome, error, attempts }: LedgerRow, texts: DashboardContext['texts']): string {
  const facts = [texts.outcomes[outcome], ...(error === undefined || error === outcome ? [] : [error])];
  const ended = facts.join(' · ');
  return attempts > 1 ? fill(texts.attempts, ended, String(attempts)) : ended;
}

/** Columns of words, then columns of numbers. */
export function columns(words: readonly string[], numbers: readonly string[]): TableView['columns'] {
  return [
    ...words.map((label) => ({ label, isNumber: false })),
    ...numbers.map((label) => ({ label, isNumber: true })),
  ];
}
