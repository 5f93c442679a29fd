import * as v from 'valibot';
import type { RunOutcome } from '../../core/runRecord';
import { escapeCodeUnit } from '../../text/unicodeEscapes';

export const LEDGER_VERSION = 1;

/** `lost`: the run's window disappeared before it ended. */
export type LedgerOutcome = RunOutcome | 'lost';

export const LEDGER_OUTCOMES = [
  'ok',
  'truncated',
  'failed',
  'cancelled',
  'refused',
  'lost',
] as const satisfies readonly LedgerOutcome[];

/** Where the cost comes from: the server, the setting `quillet.prices`, or the built-in price list. */
export type CostSource = 'server' | 'settings' | 'prices';

export const COST_SOURCES = ['server', 'settings', 'prices'] as const satisfies readonly CostSource[];

/** As reported by the server. A missing count is unknown, not 0. */
export interface LedgerTokens {
  /** Includes cached tokens. */
  readonly input?: number;
  readonly cached?: number;
  /** Includes reasoning tokens. */
  readonly output?: number;
  readonly reasoning?: number;
}

export interface LedgerCost {
  readonly usd: number;
  readonly source: CostSource;
  /** Computed from prices rather than reported by the server. */
  readonly isEstimate: boolean;
}

/** What budgets count for a run with unknown tokens or cost. Never shown to the user. */
export interface LedgerEstimate {
  readonly tokens?: number;
  readonly usd?: number;
}

/**
 * One run, stored as a line of JSON. It holds numbers and names only: never prompts, answers, server messages or paths.
 */
export interface LedgerRow {
  readonly v: typeof LEDGER_VERSION;
  /** Unique across windows: the window ID, a hyphen, and a base-36 number. */
  readonly id: string;
  readonly time: string;
  readonly provider: string;
  readonly model: string;
  readonly reportedModel?: string;
  readonly prompt: string;
  readonly destination: string;
  readonly workspace?: string;
  readonly outcome: LedgerOutcome;
  readonly error?: string;
  readonly attempts: number;
  readonly tokens: LedgerTokens;
  readonly cost?: LedgerCost;
  readonly assumed?: LedgerEstimate;
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

export const MAX_NAME_LENGTH = 300;

const nameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));
const amountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Unknown fields, written by newer versions, are ignored. */
const rowSchema = v.object({
  v: v.literal(LEDGER_VERSION),
  id: nameSchema,
  time: v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  provider: nameSchema,
  model: nameSchema,
  reportedModel: v.optional(nameSchema),
  prompt: nameSchema,
  destination: nameSchema,
  workspace: v.optional(nameSchema),
  outcome: v.picklist(LEDGER_OUTCOMES),
  error: v.optional(nameSchema),
  attempts: countSchema,
  tokens: v.object({
    input: v.optional(countSchema),
    cached: v.optional(countSchema),
    output: v.optional(countSchema),
    reasoning: v.optional(countSchema),
  }),
  cost: v.optional(v.object({ usd: amountSchema, source: v.picklist(COST_SOURCES), isEstimate: v.boolean() })),
  assumed: v.optional(v.object({ tokens: v.optional(countSchema), usd: v.optional(amountSchema) })),
  firstTextMs: v.optional(amountSchema),
  totalMs: amountSchema,
});

export function isLedgerName(value: unknown): value is string {
  return v.is(nameSchema, value);
}

/** Undefined for lines that are invalid or of an unknown version. Never throws. */
export function parseLedgerLine(line: string): LedgerRow | undefined {
  try {
    const result = v.safeParse(rowSchema, JSON.parse(line));
    return result.success ? (result.output as LedgerRow) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Formats a row as JSON without a newline. The scanner relies on the order of the fields. Line breaks, control
 * characters and bidirectional controls are escaped.
 */
export function formatLedgerLine(row: LedgerRow): string {
  const { input, cached, output, reasoning } = row.tokens;
  const { cost } = row;
  const ordered = {
    v: row.v,
    id: row.id,
    time: row.time,
    provider: row.provider,
    model: row.model,
    reportedModel: row.reportedModel,
    prompt: row.prompt,
    destination: row.destination,
    workspace: row.workspace,
    outcome: row.outcome,
    error: row.error,
    attempts: row.attempts,
    tokens: { input, cached, output, reasoning },
    cost: cost && { usd: cost.usd, source: cost.source, isEstimate: cost.isEstimate },
    assumed: row.assumed && { tokens: row.assumed.tokens, usd: row.assumed.usd },
    firstTextMs: row.firstTextMs,
    totalMs: row.totalMs,
  };
  return JSON.stringify(ordered).replace(/[\p{Cc}\p{Cf}\u{2028}\u{2029}]/gu, escapeUnit);
}

/** A character outside the BMP needs two `\u` escapes. */
function escapeUnit(character: string): string {
  return character.replace(/[\s\S]/g, escapeCodeUnit);
}
