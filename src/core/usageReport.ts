import { EVERYTHING } from './dashboardMessages';
import { Latencies } from './latencies';
import { ledgerOutcomes } from './ledgerRow';
import type { LedgerTable } from './ledgerTable';
import { addRow, calendarKeys, modelKeys, type UsageSum, usedBy } from './usageSums';

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
    const [isUsed, dayOf, modelOf] = [usedBy(table), calendarKeys(table, 'day'), modelKeys(table)];
    const one = emptyReportSum();
    let day: string | undefined;
    let ofDay = emptyReportSum();
    let ofMonth = new MonthTotals();
    for (let row = first; row < table.length; row += 1) {
      const key = dayOf(row);
      if (key !== day) [ofDay, ofMonth] = [sumOf(this.days, key), this.monthOf(key)];
      day = key;
      const outcome = ledgerOutcomes[table.code(row, 'outcome')] ?? 'ok';
      clear(one);
      addRow(one, table, row, isUsed(row));
      one.runsOk = outcome === 'ok' ? 1 : 0;
      addTo(ofDay, one);
      addTo(sumOf(ofMonth.models, modelOf(row)), one);
      addTo(sumOf(ofMonth.prompts, table.names[table.code(row, 'prompt')] ?? ''), one);
      addTo(sumOf(ofMonth.outcomes, outcome), one);
      ofMonth.firstText.add(table.number(row, 'firstTextMs'));
      if (outcome === 'ok') ofMonth.wholeAnswer.add(table.number(row, 'totalMs'));
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
