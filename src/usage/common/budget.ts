import type { BudgetStatus } from '../../core/errors';
import type { Budget, BudgetLimits, PeriodBudget } from '../../settings/common/spendingSettings';
import type { UsageRow } from './usageRow';

export type BudgetPeriod = keyof Budget;
type BudgetUnit = keyof BudgetLimits;

const PERIODS = ['daily', 'monthly'] as const satisfies readonly BudgetPeriod[];
const UNITS = ['usd', 'tokens', 'runs'] as const satisfies readonly BudgetUnit[];

/** Epoch milliseconds, `to` excluded. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Spending extends Required<BudgetLimits> {
  readonly isEstimate: boolean;
}

export function hasBudget({ daily, monthly }: Budget): boolean {
  return [daily, monthly].some((period) => hasLimit(period?.soft) || hasLimit(period?.hard));
}

function hasLimit(amounts: BudgetLimits = {}): boolean {
  return Object.values(amounts).some((limit) => limit !== undefined);
}

export function periodRange(period: BudgetPeriod, now: number): TimeRange {
  const date = new Date(now);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return period === 'daily'
    ? { from: new Date(year, month, day).getTime(), to: new Date(year, month, day + 1).getTime() }
    : { from: new Date(year, month, 1).getTime(), to: new Date(year, month + 1, 1).getTime() };
}

export function sumSpending(rows: readonly UsageRow[], { from, to }: TimeRange): Spending {
  const spending = { usd: 0, tokens: 0, runs: 0, isEstimate: false };
  for (const { time, attempts, tokens, cost, estimated = {} } of rows) {
    const ms = Date.parse(time);
    if (ms < from || ms >= to || attempts === 0) continue;
    spending.runs += 1;
    spending.usd += cost?.usd ?? estimated.usd ?? 0;
    spending.tokens += estimated.tokens ?? (tokens.input ?? 0) + (tokens.output ?? 0);
    const { tokens: estimatedTokens = 0, usd: estimatedUsd = 0 } = estimated;
    spending.isEstimate ||= cost?.isEstimate === true || estimatedTokens > 0 || estimatedUsd > 0;
  }
  return spending;
}

export function currentSpending(rows: readonly UsageRow[], now: number): Readonly<Record<BudgetPeriod, Spending>> {
  return {
    daily: sumSpending(rows, periodRange('daily', now)),
    monthly: sumSpending(rows, periodRange('monthly', now)),
  };
}

export function exceededLimits(
  budget: Budget,
  level: keyof PeriodBudget,
  spending: Readonly<Record<BudgetPeriod, Spending>>,
  now: number,
): readonly BudgetStatus[] {
  const exceeded = PERIODS.flatMap((period) => {
    const limits = budget[period]?.[level] ?? {};
    return UNITS.flatMap((unit): BudgetStatus[] => {
      const [limit, used] = [limits[unit], spending[period][unit]];
      if (limit === undefined || used < limit) return [];
      const isEstimate = unit !== 'runs' && spending[period].isEstimate;
      return [{ period, unit, used, limit, isEstimate, endsAt: periodRange(period, now).to }];
    });
  });
  return exceeded.sort((left, right) => right.endsAt - left.endsAt);
}
