import type { Rates } from '../../core/rates';

/** Limits; each that is set counts. */
export interface BudgetLimits {
  /** US dollars. */
  readonly usd?: number;
  readonly tokens?: number;
  /** Requests, for servers that report nothing that could be believed. */
  readonly runs?: number;
}

export interface PeriodBudget {
  /** From here on users are told, once in each period. */
  readonly soft?: BudgetLimits;
  /** From here on nothing is sent until the period ends. */
  readonly hard?: BudgetLimits;
}

/** The user's `quillet.budget`. Days and months are those of the user's time zone. */
export interface Budget {
  readonly daily?: PeriodBudget;
  readonly monthly?: PeriodBudget;
}

/** A price of the user's own. */
export interface CustomPrice extends Rates {
  /** The day that it was looked up, as `2026-11-28`. */
  readonly date?: string;
}
