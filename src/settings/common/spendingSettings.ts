import * as v from 'valibot';

const AMOUNT = v.pipe(v.number(), v.finite(), v.minValue(0));

const LIMITS = v.strictObject({
  usd: v.exactOptional(AMOUNT),
  tokens: v.exactOptional(AMOUNT),
  /** For servers that report no reliable usage. */
  runs: v.exactOptional(AMOUNT),
});

const PERIOD = v.strictObject({ soft: v.exactOptional(LIMITS), hard: v.exactOptional(LIMITS) });

// Strict: a typo in a limit must not disable it silently.
export const BUDGET_FIELDS = v.strictObject({ daily: v.exactOptional(PERIOD), monthly: v.exactOptional(PERIOD) });

export const PRICE_FIELDS = v.strictObject({
  input: AMOUNT,
  cachedInput: v.exactOptional(AMOUNT),
  cacheWrite: v.exactOptional(AMOUNT),
  cacheWriteHour: v.exactOptional(AMOUNT),
  output: AMOUNT,
  date: v.exactOptional(v.pipe(v.string(), v.isoDate())),
});

export type BudgetLimits = Readonly<v.InferOutput<typeof LIMITS>>;
export type PeriodBudget = Readonly<v.InferOutput<typeof PERIOD>>;

/** `quillet.budget`. Days and months are in the user's time zone. */
export type Budget = Readonly<v.InferOutput<typeof BUDGET_FIELDS>>;

export type CustomPrice = Readonly<v.InferOutput<typeof PRICE_FIELDS>>;
