import { EVERYTHING } from './dashboardMessages';
import { Latencies } from './latencies';
import { type LedgerRow, ledgerOutcomes } from './ledgerRow';
import type { LedgerTable } from './ledgerTable';
import { addRow, calendarKeys, modelKeys, type UsageSum, usedBy } from './usageSums';

/** What some runs used together, and how many of them ended well. */
export interface ReportSum extends UsageSum {
  runsOk: number;
}

/** Runs that have something in common, by its name. */
export type UsageGroup = ReadonlyMap<string, ReportSum>;

/**
 * Sums the ledger up for the dashboard. It is fed with the rows of a table, a slice at a time, and can be asked at any
 * moment: a million rows keep nobody waiting, and one more run costs as much as one row.
 */
export class UsageReport {
  /** How many rows of the table are in it. */
  length = 0;
  /** Of the period; and the same by model, prompt and outcome. */
  readonly total = emptyReportSum();
  readonly models = new Map<string, ReportSum>();
  readonly prompts = new Map<string, ReportSum>();
  readonly outcomes = new Map<string, ReportSum>();
  readonly firstText = new Latencies();
  /** Of runs that ended well: a failure is no measure of how long an answer takes. */
  readonly wholeAnswer = new Latencies();
  /** Of all time, by day as `2026-11-28`, whatever the period. */
  readonly days = new Map<string, ReportSum>();
  /** The rows of the period, in no order until {@link newest} brings them into one. */
  private readonly rows: number[] = [];
  private isSorted = true;

  /** @param period a month as `2026-11`, or {@link EVERYTHING}. */
  constructor(
    readonly table: LedgerTable,
    readonly period: string,
  ) {}

  /** Whether every row of the table is in it. */
  get isWhole(): boolean {
    return this.length >= this.table.length;
  }

  /** Takes in the next rows of the table, up to this many. */
  add(limit: number): void {
    const { table, period } = this;
    const end = Math.min(table.length, this.length + limit);
    const [isUsed, dayOf, modelOf] = [usedBy(table), calendarKeys(table, 'day'), modelKeys(table)];
    const one = emptyReportSum();
    for (let row = this.length; row < end; row += 1) {
      const outcome = ledgerOutcomes[table.code(row, 'outcome')] ?? 'ok';
      clear(one);
      addRow(one, table, row, isUsed(row));
      one.runsOk = outcome === 'ok' ? 1 : 0;
      const day = dayOf(row);
      addTo(sumOf(this.days, day), one);
      if (period !== EVERYTHING && !day.startsWith(period)) continue;
      addTo(this.total, one);
      addTo(sumOf(this.models, modelOf(row)), one);
      addTo(sumOf(this.prompts, table.names[table.code(row, 'prompt')] ?? ''), one);
      addTo(sumOf(this.outcomes, outcome), one);
      this.firstText.add(table.number(row, 'firstTextMs'));
      if (outcome === 'ok') this.wholeAnswer.add(table.number(row, 'totalMs'));
      this.place(row);
    }
    this.length = end;
  }

  /** Rows of the period, the newest first. */
  newest(from: number, count: number): LedgerRow[] {
    const { table } = this;
    if (!this.isSorted) this.rows.sort((one, other) => table.number(one, 'time') - table.number(other, 'time'));
    this.isSorted = true;
    const end = Math.max(0, this.rows.length - from);
    const rows = this.rows.slice(Math.max(0, end - count), end);
    return rows.toReversed().map((row) => table.row(row));
  }

  private place(row: number): void {
    const last = this.rows.at(-1);
    if (last !== undefined && this.table.number(last, 'time') > this.table.number(row, 'time')) this.isSorted = false;
    this.rows.push(row);
  }
}

export function emptyReportSum(): ReportSum {
  const tokens = { input: 0, cached: 0, output: 0, reasoning: 0, runsWithoutTokens: 0 };
  return { runs: 0, runsOk: 0, ...tokens, usd: 0, runsWithoutPrice: 0, runsEstimated: 0 };
}

/** What both used together. */
export function mergeSums(one: ReportSum, other: ReportSum): ReportSum {
  const both = { ...one };
  addTo(both, other);
  return both;
}

/** Written out, since it is done for each run several times. */
function addTo(sum: ReportSum, other: ReportSum): void {
  sum.runs += other.runs;
  sum.runsOk += other.runsOk;
  sum.input += other.input;
  sum.cached += other.cached;
  sum.output += other.output;
  sum.reasoning += other.reasoning;
  sum.runsWithoutTokens += other.runsWithoutTokens;
  sum.usd += other.usd;
  sum.runsWithoutPrice += other.runsWithoutPrice;
  sum.runsEstimated += other.runsEstimated;
}

function clear(sum: ReportSum): void {
  sum.runs = sum.runsOk = sum.runsWithoutTokens = sum.runsWithoutPrice = sum.runsEstimated = 0;
  sum.input = sum.cached = sum.output = sum.reasoning = sum.usd = 0;
}

function sumOf(group: Map<string, ReportSum>, name: string): ReportSum {
  let sum = group.get(name);
  if (sum === undefined) {
    sum = emptyReportSum();
    group.set(name, sum);
  }
  return sum;
}
