import { LEDGER_OUTCOMES } from '../../ledger/common/ledgerRow';
import type { LedgerTable } from '../../ledger/common/ledgerTable';

/** Aggregated usage. The amounts are the known ones; `runsWithout…` count the runs they leave out. */
export interface UsageTotals {
  runs: number;
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  runsWithoutTokens: number;
  /** US dollars. */
  usd: number;
  runsWithoutPrice: number;
  /** Runs whose cost was computed from prices. */
  runsEstimated: number;
}

/** Epoch milliseconds, `to` excluded. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export type UsageGrouping = 'day' | 'month' | 'provider' | 'model' | 'prompt' | 'destination' | 'workspace' | 'outcome';

export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const UNBOUNDED: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Errors that used no tokens: refused by the server with a status, not delivered, or not sent. */
const UNBILLED_ERRORS = /^(?:http|key|cfg|budget|prompt|scan)\.|^net\.(?:refused|dns|tls|proxy)$/;

export function emptyTotals(): UsageTotals {
  return {
    runs: 0,
    input: 0,
    cached: 0,
    output: 0,
    reasoning: 0,
    runsWithoutTokens: 0,
    usd: 0,
    runsWithoutPrice: 0,
    runsEstimated: 0,
  };
}

export function totalUsage(table: LedgerTable, range: TimeRange = UNBOUNDED): UsageTotals {
  return aggregateBy(table, range, () => '').get('') ?? emptyTotals();
}

export function addTotals(parts: readonly UsageTotals[]): UsageTotals {
  const total = emptyTotals();
  const fields = Object.keys(total) as (keyof UsageTotals)[];
  for (const part of parts) for (const field of fields) total[field] += part[field];
  return total;
}

/**
 * Totals per group, in order of first appearance. Days (`2026-11-28`) and months (`2026-11`) are local, models are
 * `provider/model` as requested, and '' stands for no workspace.
 */
export function aggregate(
  table: LedgerTable,
  grouping: UsageGrouping,
  range: TimeRange = UNBOUNDED,
): Map<string, UsageTotals> {
  return aggregateBy(table, range, keySelector(table, grouping));
}

export function latency(
  table: LedgerTable,
  column: 'firstTextMs' | 'totalMs',
  range: TimeRange = UNBOUNDED,
): Latency | undefined {
  const times = new Float64Array(table.length);
  let count = 0;
  for (let index = 0; index < table.length; index += 1) {
    const time = table.number(index, column);
    if (Number.isNaN(time) || !isInRange(range, table.number(index, 'time')) || table.number(index, 'attempts') === 0)
      continue;
    times[count] = time;
    count += 1;
  }
  if (count === 0) return undefined;
  const sorted = times.subarray(0, count).sort();
  const at = (share: number) => sorted[Math.min(Math.ceil(share * count), count) - 1] ?? 0;
  return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function aggregateBy(table: LedgerTable, range: TimeRange, keyOf: (index: number) => string): Map<string, UsageTotals> {
  const totalsByKey = new Map<string, UsageTotals>();
  const mayHaveUsed = tokenUsePredicate(table);
  let lastKey: string | undefined;
  let totals = emptyTotals();
  for (let index = 0; index < table.length; index += 1) {
    if (!isInRange(range, table.number(index, 'time'))) continue;
    const key = keyOf(index);
    if (key !== lastKey) {
      totals = totalsByKey.get(key) ?? emptyTotals();
      totalsByKey.set(key, totals);
      lastKey = key;
    }
    addRow(totals, table, index, mayHaveUsed(index));
  }
  return totalsByKey;
}

export function addRow(totals: UsageTotals, table: LedgerTable, index: number, mayHaveUsed: boolean): void {
  const [input, output] = [table.number(index, 'input'), table.number(index, 'output')];
  const usd = table.number(index, 'usd');
  totals.runs += 1;
  totals.input += input || 0;
  totals.cached += table.number(index, 'cached') || 0;
  totals.output += output || 0;
  totals.reasoning += table.number(index, 'reasoning') || 0;
  if (mayHaveUsed && (Number.isNaN(input) || Number.isNaN(output))) totals.runsWithoutTokens += 1;
  totals.usd += usd || 0;
  if (mayHaveUsed && Number.isNaN(usd)) totals.runsWithoutPrice += 1;
  if (table.isEstimate(index)) totals.runsEstimated += 1;
}

/** Whether a run may have used tokens: it was sent and did not fail before a model processed it. */
export function mayHaveUsedTokens(attempts: number, error: string | undefined): boolean {
  return attempts > 0 && (error === undefined || !UNBILLED_ERRORS.test(error));
}

export function tokenUsePredicate(table: LedgerTable): (index: number) => boolean {
  const cache: (boolean | undefined)[] = [];
  return (index) => {
    const error = table.code(index, 'error');
    cache[error] ??= mayHaveUsedTokens(1, table.names[error] || undefined);
    return cache[error] && table.number(index, 'attempts') > 0;
  };
}

function keySelector(table: LedgerTable, grouping: UsageGrouping): (index: number) => string {
  switch (grouping) {
    case 'day':
    case 'month':
      return calendarKeySelector(table, grouping);
    case 'model':
      return modelKeySelector(table);
    case 'outcome':
      return (index) => LEDGER_OUTCOMES[table.code(index, 'outcome')] ?? '';
    default:
      return (index) => table.names[table.code(index, grouping)] ?? '';
  }
}

/** Rows are mostly in order of time, so the last day is cached. */
export function calendarKeySelector(table: LedgerTable, grouping: 'day' | 'month'): (index: number) => string {
  let range: TimeRange = { from: 0, to: 0 };
  let key = '';
  return (index) => {
    const time = table.number(index, 'time');
    if (!isInRange(range, time)) {
      range = grouping === 'day' ? dayRange(time) : monthRange(time);
      key = toDayKey(time).slice(0, grouping === 'day' ? undefined : -3);
    }
    return key;
  };
}

export function modelKeySelector(table: LedgerTable): (index: number) => string {
  const keys = new Map<number, string>();
  return (index) => {
    const [provider, model] = [table.code(index, 'provider'), table.code(index, 'model')];
    const pair = provider * table.names.length + model;
    const known = keys.get(pair);
    if (known !== undefined) return known;
    const key = `${table.names[provider]}/${table.names[model]}`;
    keys.set(pair, key);
    return key;
  };
}

export function dayRange(time: number): TimeRange {
  const date = new Date(time);
  const at = (days: number) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
  return { from: at(0), to: at(1) };
}

export function monthRange(time: number): TimeRange {
  const date = new Date(time);
  const at = (months: number) => new Date(date.getFullYear(), date.getMonth() + months, 1).getTime();
  return { from: at(0), to: at(1) };
}

export function toDayKey(time: number): string {
  const date = new Date(time);
  const fields = [
    String(date.getFullYear()).padStart(4, '0'),
    twoDigits(date.getMonth() + 1),
    twoDigits(date.getDate()),
  ];
  return fields.join('-');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function isInRange({ from, to }: TimeRange, time: number): boolean {
  return time >= from && time < to;
}
