import { LEDGER_OUTCOMES } from '../../ledger/common/ledgerRow';
import type { LedgerTable } from '../../ledger/common/ledgerTable';
import { addRow, calendarKeySelector, modelKeySelector, tokenUsePredicate, type UsageTotals } from './aggregate';
import { LatencyHistogram } from './latencyHistogram';

export interface ReportTotals extends UsageTotals {
  runsOk: number;
}

export type UsageGroup = ReadonlyMap<string, ReportTotals>;

export interface UsageReport {
  readonly period: string;
  readonly total: ReportTotals;
  readonly models: UsageGroup;
  readonly prompts: UsageGroup;
  readonly outcomes: UsageGroup;
  readonly timeToFirstToken: LatencyHistogram;
  /** Successful runs only: failures say nothing about how long answers take. */
  readonly totalTime: LatencyHistogram;
  /** Local days such as `2026-11-28`, always of all time. */
  readonly days: UsageGroup;
}

export class MonthAggregate {
  readonly models = new Map<string, ReportTotals>();
  readonly prompts = new Map<string, ReportTotals>();
  readonly outcomes = new Map<string, ReportTotals>();
  readonly timeToFirstToken = new LatencyHistogram();
  readonly totalTime = new LatencyHistogram();

  merge(other: MonthAggregate): void {
    for (const group of ['models', 'prompts', 'outcomes'] as const) mergeGroup(this[group], other[group]);
    this.timeToFirstToken.merge(other.timeToFirstToken);
    this.totalTime.merge(other.totalTime);
  }
}

/** Aggregates rows by local day and month. Aggregators can be merged. */
export class UsageAggregator {
  readonly days = new Map<string, ReportTotals>();
  readonly months = new Map<string, MonthAggregate>();

  add(table: LedgerTable, firstRow = 0): void {
    const [isUsed, getDayKey] = [tokenUsePredicate(table), calendarKeySelector(table, 'day')];
    const rowTotals = emptyReportTotals();
    let day: string | undefined;
    let dayTotals = emptyReportTotals();
    let month: MonthAccumulator | undefined;
    for (let row = firstRow; row < table.length; row += 1) {
      const key = getDayKey(row);
      if (key !== day) {
        dayTotals = getOrCreateTotals(this.days, key);
        const totals = this.getMonth(key);
        if (month?.totals !== totals) month = new MonthAccumulator(totals, table);
      }
      day = key;
      resetTotals(rowTotals);
      addRow(rowTotals, table, row, isUsed(row));
      rowTotals.runsOk = table.code(row, 'outcome') === OK ? 1 : 0;
      addInto(dayTotals, rowTotals);
      month?.add(row, rowTotals);
    }
  }

  merge(other: UsageAggregator): void {
    mergeGroup(this.days, other.days);
    for (const [month, totals] of other.months) this.getMonth(month).merge(totals);
  }

  createReport(period: string): UsageReport {
    const periodTotals = new MonthAggregate();
    for (const [month, totals] of this.months) {
      if (period === ALL_TIME || month === period) periodTotals.merge(totals);
    }
    const total = [...this.days]
      .filter(([day]) => period === ALL_TIME || day.startsWith(period))
      .reduce((merged, [, dayTotals]) => mergeTotals(merged, dayTotals), emptyReportTotals());
    const { models, prompts, outcomes, timeToFirstToken, totalTime } = periodTotals;
    return { period, total, models, prompts, outcomes, timeToFirstToken, totalTime, days: this.days };
  }

  private getMonth(day: string): MonthAggregate {
    const month = day.slice(0, 7);
    let totals = this.months.get(month);
    if (totals === undefined) {
      totals = new MonthAggregate();
      this.months.set(month, totals);
    }
    return totals;
  }
}

/** Adds the rows of one table to a month. Caches totals by the table's integer codes, which is faster than by name. */
class MonthAccumulator {
  private readonly models = new Map<number, ReportTotals>();
  private readonly prompts: (ReportTotals | undefined)[] = [];
  private readonly outcomes: (ReportTotals | undefined)[] = [];
  private readonly getModelKey: (row: number) => string;

  constructor(
    readonly totals: MonthAggregate,
    private readonly table: LedgerTable,
  ) {
    this.getModelKey = modelKeySelector(table);
  }

  add(row: number, rowTotals: ReportTotals): void {
    const { table, totals } = this;
    addInto(this.getModelTotals(row), rowTotals);
    const [prompt, outcome] = [table.code(row, 'prompt'), table.code(row, 'outcome')];
    this.prompts[prompt] ??= getOrCreateTotals(totals.prompts, table.names[prompt] ?? '');
    addInto(this.prompts[prompt], rowTotals);
    this.outcomes[outcome] ??= getOrCreateTotals(totals.outcomes, LEDGER_OUTCOMES[outcome] ?? 'ok');
    addInto(this.outcomes[outcome], rowTotals);
    totals.timeToFirstToken.add(table.number(row, 'firstTextMs'));
    if (outcome === OK) totals.totalTime.add(table.number(row, 'totalMs'));
  }

  private getModelTotals(row: number): ReportTotals {
    const { table } = this;
    const pair = table.code(row, 'provider') * table.names.length + table.code(row, 'model');
    let totals = this.models.get(pair);
    if (totals === undefined) {
      totals = getOrCreateTotals(this.totals.models, this.getModelKey(row));
      this.models.set(pair, totals);
    }
    return totals;
  }
}

const OK = LEDGER_OUTCOMES.indexOf('ok');

export function emptyReportTotals(): ReportTotals {
  const tokens = { input: 0, cached: 0, output: 0, reasoning: 0, runsWithoutTokens: 0 };
  return { runs: 0, runsOk: 0, ...tokens, usd: 0, runsWithoutPrice: 0, runsEstimated: 0 };
}

export function mergeTotals(left: ReportTotals, right: ReportTotals): ReportTotals {
  const merged = { ...left };
  addInto(merged, right);
  return merged;
}

function mergeGroup(target: Map<string, ReportTotals>, source: UsageGroup): void {
  for (const [name, totals] of source) addInto(getOrCreateTotals(target, name), totals);
}

/** Unrolled for speed: runs several times per row. */
function addInto(target: ReportTotals, source: ReportTotals): void {
  target.runs += source.runs;
  target.runsOk += source.runsOk;
  target.input += source.input;
  target.cached += source.cached;
  target.output += source.output;
  target.reasoning += source.reasoning;
  target.runsWithoutTokens += source.runsWithoutTokens;
  target.usd += source.usd;
  target.runsWithoutPrice += source.runsWithoutPrice;
  target.runsEstimated += source.runsEstimated;
}

function resetTotals(totals: ReportTotals): void {
  totals.runs = totals.runsOk = totals.runsWithoutTokens = totals.runsWithoutPrice = totals.runsEstimated = 0;
  totals.input = totals.cached = totals.output = totals.reasoning = totals.usd = 0;
}

function getOrCreateTotals(group: Map<string, ReportTotals>, name: string): ReportTotals {
  let totals = group.get(name);
  if (totals === undefined) {
    totals = emptyReportTotals();
    group.set(name, totals);
  }
  return totals;
}

export const ALL_TIME = 'all';
