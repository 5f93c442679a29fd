import { TimeSlicer } from '../../util/timeSlicer';
import type { UsageRow } from './usageRow';

/** Aggregated usage. The amounts are the known ones; `runsWithout…` count the runs they leave out. */
export interface UsageTotals {
  runs: number;
  runsOk: number;
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  runsWithoutTokens: number;
  usd: number;
  runsWithoutPrice: number;
  runsEstimated: number;
}

export type UsageGroup = ReadonlyMap<string, UsageTotals>;

export interface UsageReport {
  readonly total: UsageTotals;
  readonly days: UsageGroup;
  readonly models: UsageGroup;
  readonly prompts: UsageGroup;
  readonly outcomes: UsageGroup;
  readonly timeToFirstToken: Float64Array;
  /** Successful runs only: failures say nothing about how long answers take. */
  readonly totalTime: Float64Array;
}

const ROWS_PER_SLICE = 1000;

/** Errors that used no tokens: refused by the server with a status, not delivered, or not sent. */
const UNBILLED_ERRORS = /^(?:http|key|cfg|budget|prompt|scan)\.|^lm\.(?!revoked)|^net\.(?:refused|dns|tls|proxy)$/;

export async function createReport(rows: readonly UsageRow[]): Promise<UsageReport> {
  const slicer = new TimeSlicer();
  const [days, models, prompts, outcomes] = [new Group(), new Group(), new Group(), new Group()];
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_PER_SLICE === 0) await slicer.yieldIfDue();
    days.add(toDayKey(new Date(row.time)), row);
    models.add(modelOf(row), row);
    prompts.add(row.prompt, row);
    outcomes.add(row.outcome, row);
  }
  await slicer.yieldIfDue();
  const timeToFirstToken = sortDurations(rows.map(({ firstTextMs }) => firstTextMs));
  await slicer.yieldIfDue();
  const totalTime = sortDurations(rows.map(({ outcome, totalMs }) => (outcome === 'ok' ? totalMs : undefined)));
  return { total: addTotals(outcomes.values()), days, models, prompts, outcomes, timeToFirstToken, totalTime };
}

export function groupByModel(rows: readonly UsageRow[]): UsageGroup {
  const models = new Group();
  for (const row of rows) models.add(modelOf(row), row);
  return models;
}

class Group extends Map<string, UsageTotals> {
  add(key: string, row: UsageRow): void {
    let totals = this.get(key);
    if (totals === undefined) {
      totals = emptyTotals();
      this.set(key, totals);
    }
    addRow(totals, row);
  }
}

function modelOf({ provider, model }: UsageRow): string {
  return `${provider}/${model}`;
}

export function emptyTotals(): UsageTotals {
  const tokens = { input: 0, cached: 0, output: 0, reasoning: 0, runsWithoutTokens: 0 };
  return { runs: 0, runsOk: 0, ...tokens, usd: 0, runsWithoutPrice: 0, runsEstimated: 0 };
}

export function addTotals(parts: Iterable<UsageTotals>): UsageTotals {
  const total = emptyTotals();
  const fields = Object.keys(total) as (keyof UsageTotals)[];
  for (const part of parts) for (const field of fields) total[field] += part[field];
  return total;
}

export function mayHaveUsedTokens(attempts: number, error: string | undefined): boolean {
  return attempts > 0 && (error === undefined || !UNBILLED_ERRORS.test(error));
}

/** The duration that a fraction of all runs did not exceed; undefined if there are none. */
export function percentile(sorted: Float64Array, fraction: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)];
}

export function toDayKey(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((value) => String(value).padStart(2, '0'));
  return `${String(date.getFullYear()).padStart(4, '0')}-${month}-${day}`;
}

function addRow(totals: UsageTotals, { outcome, attempts, error, tokens, cost }: UsageRow): void {
  const isUsed = mayHaveUsedTokens(attempts, error);
  totals.runs += 1;
  if (outcome === 'ok') totals.runsOk += 1;
  totals.input += tokens.input ?? 0;
  totals.cached += tokens.cached ?? 0;
  totals.output += tokens.output ?? 0;
  totals.reasoning += tokens.reasoning ?? 0;
  if (isUsed && (tokens.input === undefined || tokens.output === undefined)) totals.runsWithoutTokens += 1;
  totals.usd += cost?.usd ?? 0;
  if (isUsed && cost === undefined) totals.runsWithoutPrice += 1;
  if (cost?.isEstimate === true) totals.runsEstimated += 1;
}

function sortDurations(durations: readonly (number | undefined)[]): Float64Array {
  return new Float64Array(durations.filter((duration) => duration !== undefined)).sort();
}
