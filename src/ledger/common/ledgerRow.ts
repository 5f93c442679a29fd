import * as v from 'valibot';
import type { RunOutcome } from '../../core/runRecord';

/** Of the rows that are written now. A row of a newer version is counted and not read. */
export const LEDGER_VERSION = 1;

/** How a run ended; `lost` is one that began and whose window was gone before it ended. */
export type LedgerOutcome = RunOutcome | 'lost';

export const LEDGER_OUTCOMES = [
  'ok',
  'truncated',
  'failed',
  'cancelled',
  'refused',
  'lost',
] as const satisfies readonly LedgerOutcome[];

/** Who said what a run cost: the server itself, the user's `quillet.prices`, or the list of public prices. */
export type CostSource = 'server' | 'settings' | 'prices';

export const COST_SOURCES = ['server', 'settings', 'prices'] as const satisfies readonly CostSource[];

/** As the server reported them. An absent count is unknown, which is not 0. */
export interface LedgerTokens {
  /** The cached ones are among them. */
  readonly input?: number;
  readonly cached?: number;
  /** Those spent on reasoning are among them. */
  readonly output?: number;
  readonly reasoning?: number;
}

export interface LedgerCost {
  /** US dollars. */
  readonly usd: number;
  readonly source: CostSource;
  /** Computed from prices, which may have changed, and not reported by the server. */
  readonly isEstimate: boolean;
}

/** What budgets count for a run of which nobody said what it used. It is never shown. */
export interface LedgerEstimate {
  readonly tokens?: number;
  /** US dollars. */
  readonly usd?: number;
}

/**
 * What is kept of one run: one line of JSON in the ledger. Numbers and names only, never a prompt, an answer, a message
 * of a server, or a path. Without `cost` the cost is unknown.
 */
export interface LedgerRow {
  readonly v: typeof LEDGER_VERSION;
  /** Unique across windows: the window's own id, a hyphen, and a number in base 36. */
  readonly id: string;
  /** When the run began: UTC, as `Date.prototype.toISOString` writes it. */
  readonly time: string;
  /** The id of the provider in the user's settings. */
  readonly provider: string;
  /** The model that was asked for. */
  readonly model: string;
  /** The model the server says it used, where it says so. */
  readonly reportedModel?: string;
  /** The prompt's id. */
  readonly prompt: string;
  readonly destination: string;
  /** The name of the workspace. */
  readonly workspace?: string;
  readonly outcome: LedgerOutcome;
  /** The kind of the failure, as it is in the log. */
  readonly error?: string;
  /** How often something was sent. */
  readonly attempts: number;
  readonly tokens: LedgerTokens;
  readonly cost?: LedgerCost;
  /** Where the tokens or the cost are not known. */
  readonly assumed?: LedgerEstimate;
  /** Milliseconds of a monotonic clock. */
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

/** Of a name or an id, in UTF-16 units. */
export const MAX_NAME_LENGTH = 300;

const nameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));
const amountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Fields that are not named here come from a newer Quillet, and are passed over. */
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

/** Whether something can be a name in a row: the model, the prompt and whatever else has one. */
export function isLedgerName(value: unknown): value is string {
  return v.is(nameSchema, value);
}

/** Reads one line; undefined for whatever is no row of a version that is known here. Never throws. */
export function parseLedgerLine(line: string): LedgerRow | undefined {
  try {
    const result = v.safeParse(rowSchema, JSON.parse(line));
    return result.success ? (result.output as LedgerRow) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A row as its line, without the line end. The fields are always in the same order, which `ledgerScan.ts` counts on to be
 * fast. Characters that break lines or change the order of reading are escaped (R25).
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

/** Beyond the first plane a character is two units, and JSON has an escape for each. */
function escapeUnit(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
