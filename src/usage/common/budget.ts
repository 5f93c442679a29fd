import type { BudgetStatus } from '../../core/errors';
import type { LedgerTable } from '../../ledger/common/ledgerTable';
import type { Budget, BudgetLimits, PeriodBudget } from '../../settings/common/spendingSettings';
import { dayRange, monthRange, type TimeRange } from './aggregate';

export type BudgetPeriod = keyof Budget;
type BudgetUnit = keyof BudgetLimits;

const PERIODS = ['daily', 'monthly'] as const satisfies readonly BudgetPeriod[];
const UNITS = ['usd', 'tokens', 'runs'] as const satisfies readonly BudgetUnit[];

/** Usage of a period, including estimates for runs with unknown usage. */
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
  return period === 'daily' ? dayRange(now) : monthRange(now);
}

export function sumSpending(tables: readonly LedgerTable[], { from, to }: TimeRange): Spending {
  const spending = { usd: 0, tokens: 0, runs: 0, isEstimate: false };
  for (const table of tables) {
    for (let index = 0; index < table.length; index += 1) {
      const time = table.number(index, 'time');
      if (time < from || time >= to || table.number(index, 'attempts') === 0) continue;
      const [usd, estimatedUsd] = [table.number(index, 'usd'), table.number(index, 'assumedUsd')];
      const estimatedTokens = table.number(index, 'assumedTokens');
      const reported = (table.number(index, 'input') || 0) + (table.number(index, 'output') || 0);
      spending.runs += 1;
      spending.usd += Number.isNaN(usd) ? estimatedUsd || 0 : usd;
      spending.tokens += Number.isNaN(estimatedTokens) ? reported : estimatedTokens;
      spending.isEstimate ||= table.isEstimate(index) || estimatedTokens > 0 || estimatedUsd > 0;
    }
  }
  return spending;
}

/** Exceeded limits of one level, the longest period first. */
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
