import type { Rates } from '../../core/rates';

export interface BudgetLimits {
  readonly usd?: number;
  readonly tokens?: number;
  /** For servers that report no reliable usage. */
  readonly runs?: number;
}

export interface PeriodBudget {
  readonly soft?: BudgetLimits;
  readonly hard?: BudgetLimits;
}

/** `quillet.budget`. Days and months are in the user's time zone. */
export interface Budget {
  readonly daily?: PeriodBudget;
  readonly monthly?: PeriodBudget;
}

export interface CustomPrice extends Rates {
  readonly date?: string;
}
