import { LEDGER_OUTCOMES } from '../../ledger/common/ledgerRow';
import type { LedgerTable } from '../../ledger/common/ledgerTable';
import { addRow, calendarKeys, modelKeys, type UsageSum, usedBy } from './aggregate';
import { Latencies } from './latencyHistogram';

/** What some runs used together, and how many of them ended well. */
export interface ReportSum extends UsageSum {
  runsOk: number;
}

/** Runs that have something in common, by its name. */
export type UsageGroup = ReadonlyMap<string, ReportSum>;

/** What the runs of a period used, in all the ways that the dashboard shows it. */
export interface UsageReport {
  /** A month as `2026-11`, or {@link EVERYTHING}. */
  readonly period: string;
  readonly total: ReportSum;
  readonly models: UsageGroup;
  readonly prompts: UsageGroup;
  readonly outcomes: UsageGroup;
  readonly firstText: Latencies;
  /** Of runs that ended well: a failure is no measure of how long an answer takes. */
  readonly wholeAnswer: Latencies;
  /** Of all time, by day as `2026-11-28`, whatever the period. */
  readonly days: UsageGroup;
}

/** The same of one month, where it can grow. */
export class MonthTotals {
  readonly models = new Map<string, ReportSum>();
  readonly prompts = new Map<string, ReportSum>();
  readonly outcomes = new Map<string, ReportSum>();
  readonly firstText = new Latencies();
  readonly wholeAnswer = new Latencies();

  merge(other: MonthTotals): void {
    for (const group of ['models', 'prompts', 'outcomes'] as const) mergeGroup(this[group], other[group]);
    this.firstText.addAll(other.firstText);
    this.wholeAnswer.addAll(other.wholeAnswer);
  }
}

/** Rows summed up by day, and by month of the user's time zone. Sums of some rows can be added to those of others. */
export class UsageTotals {
  readonly days = new Map<string, ReportSum>();
  readonly months = new Map<string, MonthTotals>();

  /** Takes in the rows of a table, from one of them on. */
  add(table: LedgerTable, first = 0): void {
    const [isUsed, dayOf] = [usedBy(table), calendarKeys(table, 'day')];
    const one = emptyReportSum();
    let day: string | undefined;
    let ofDay = emptyReportSum();
    let month: OpenMonth | undefined;
    for (let row = first; row < table.length; row += 1) {
      const key = dayOf(row);
      if (key !== day) {
        ofDay = sumOf(this.days, key);
        const totals = this.monthOf(key);
        if (month?.totals !== totals) month = new OpenMonth(totals, table);
      }
      day = key;
      clear(one);
      addRow(one, table, row, isUsed(row));
      one.runsOk = table.code(row, 'outcome') === OK ? 1 : 0;
      addTo(ofDay, one);
      month?.add(row, one);
    }
  }

  merge(other: UsageTotals): void {
    mergeGroup(this.days, other.days);
    for (const [month, totals] of other.months) this.monthOf(month).merge(totals);
  }

  report(period: string): UsageReport {
    const ofPeriod = new MonthTotals();
    for (const [month, totals] of this.months) {
      if (period === EVERYTHING || month === period) ofPeriod.merge(totals);
    }
    const total = [...this.days]
      .filter(([day]) => period === EVERYTHING || day.startsWith(period))
      .reduce((all, [, sum]) => mergeSums(all, sum), emptyReportSum());
    const { models, prompts, outcomes, firstText, wholeAnswer } = ofPeriod;
    return { period, total, models, prompts, outcomes, firstText, wholeAnswer, days: this.days };
  }

  /** @param day it, or its month. */
  private monthOf(day: string): MonthTotals {
    const month = day.slice(0, 7);
    let totals = this.months.get(month);
    if (totals === undefined) {
      totals = new MonthTotals();
      this.months.set(month, totals);
    }
    return totals;
  }
}

/** A month that rows of one table are added to: its sums by the codes of the table, which are found sooner than names. */
class OpenMonth {
  private readonly models = new Map<number, ReportSum>();
  private readonly prompts: (ReportSum | undefined)[] = [];
  private readonly outcomes: (ReportSum | undefined)[] = [];
  private readonly modelOf: (row: number) => string;

  constructor(
    readonly totals: MonthTotals,
    private readonly table: LedgerTable,
  ) {
    this.modelOf = modelKeys(table);
  }

  /** @param sum of the row alone. */
  add(row: number, sum: ReportSum): void {
    const { table, totals } = this;
    addTo(this.ofModel(row), sum);
    const [prompt, outcome] = [table.code(row, 'prompt'), table.code(row, 'outcome')];
    this.prompts[prompt] ??= sumOf(totals.prompts, table.names[prompt] ?? '');
    addTo(this.prompts[prompt], sum);
    this.outcomes[outcome] ??= sumOf(totals.outcomes, LEDGER_OUTCOMES[outcome] ?? 'ok');
    addTo(this.outcomes[outcome], sum);
    totals.firstText.add(table.number(row, 'firstTextMs'));
    if (outcome === OK) totals.wholeAnswer.add(table.number(row, 'totalMs'));
  }

  private ofModel(row: number): ReportSum {
    const { table } = this;
    const pair = table.code(row, 'provider') * table.names.length + table.code(row, 'model');
    let sum = this.models.get(pair);
    if (sum === undefined) {
      sum = sumOf(this.totals.models, this.modelOf(row));
      this.models.set(pair, sum);
    }
    return sum;
  }
}

const OK = LEDGER_OUTCOMES.indexOf('ok');

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

function mergeGroup(group: Map<string, ReportSum>, other: UsageGroup): void {
  for (const [name, sum] of other) addTo(sumOf(group, name), sum);
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

/** Months as `2026-11`, or all of them. */
export const EVERYTHING = 'all';
