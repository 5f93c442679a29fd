import type { BudgetStatus } from '../../core/errors';
import type { LedgerTable } from '../../ledger/common/ledgerTable';
import type { Amounts, Budget, PeriodBudget } from '../../settings/common/spendingSettings';
import { dayOf, monthOf, type TimeRange } from './aggregate';

export type BudgetPeriod = keyof Budget;
type Unit = keyof Amounts;

const periods = ['daily', 'monthly'] as const satisfies readonly BudgetPeriod[];
const units = ['usd', 'tokens', 'runs'] as const satisfies readonly Unit[];

/** What was used in a period, with what is assumed of runs that nobody reported the use of. */
export interface Spent extends Required<Amounts> {
  /** Whether some of it is assumed, or computed from prices. */
  readonly isEstimate: boolean;
}

export function hasBudget({ daily, monthly }: Budget): boolean {
  return [daily, monthly].some((period) => hasLimit(period?.soft) || hasLimit(period?.hard));
}

function hasLimit(amounts: Amounts = {}): boolean {
  return Object.values(amounts).some((limit) => limit !== undefined);
}

export function periodRange(period: BudgetPeriod, now: number): TimeRange {
  return period === 'daily' ? dayOf(now) : monthOf(now);
}

/** Sums a period over all tables. */
export function spentIn(tables: readonly LedgerTable[], { from, to }: TimeRange): Spent {
  const sum = { usd: 0, tokens: 0, runs: 0, isEstimate: false };
  for (const table of tables) {
    for (let index = 0; index < table.length; index += 1) {
      const time = table.number(index, 'time');
      if (time < from || time >= to || table.number(index, 'attempts') === 0) continue;
      const [usd, assumedUsd] = [table.number(index, 'usd'), table.number(index, 'assumedUsd')];
      const assumedTokens = table.number(index, 'assumedTokens');
      const reported = (table.number(index, 'input') || 0) + (table.number(index, 'output') || 0);
      sum.runs += 1;
      sum.usd += Number.isNaN(usd) ? assumedUsd || 0 : usd;
      sum.tokens += Number.isNaN(assumedTokens) ? reported : assumedTokens;
      sum.isEstimate ||= table.isEstimate(index) || assumedTokens > 0 || assumedUsd > 0;
    }
  }
  return sum;
}

/** The limits of one level that are reached; the one that lasts longest comes first. */
export function overruns(
  budget: Budget,
  level: keyof PeriodBudget,
  spent: Readonly<Record<BudgetPeriod, Spent>>,
  now: number,
): readonly BudgetStatus[] {
  const found = periods.flatMap((period) => {
    const limits = budget[period]?.[level] ?? {};
    return units.flatMap((unit): BudgetStatus[] => {
      const [limit, used] = [limits[unit], spent[period][unit]];
      if (limit === undefined || used < limit) return [];
      const isEstimate = unit !== 'runs' && spent[period].isEstimate;
      return [{ period, unit, used, limit, isEstimate, endsAt: periodRange(period, now).to }];
    });
  });
  return found.sort((one, other) => other.endsAt - one.endsAt);
}
