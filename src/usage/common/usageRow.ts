import * as v from 'valibot';
import { escapeCodeUnit } from '../../text/unicodeEscapes';
import { parseJson } from '../../util/json';

/** Format of a line. Lines of other versions are skipped. */
const FORMAT_VERSION = 1;
export const MAX_NAME_LENGTH = 300;

/** `started` until the run ends, and `abandoned` if it never did. */
export const USAGE_OUTCOMES = ['ok', 'truncated', 'failed', 'cancelled', 'refused', 'started', 'abandoned'] as const;

const nameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));
const amountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Unknown fields, written by newer versions, are ignored. */
const rowSchema = v.object({
  outcome: v.picklist(USAGE_OUTCOMES),
  /** Unique across windows. */
  id: nameSchema,
  time: v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  provider: nameSchema,
  model: nameSchema,
  reportedModel: v.exactOptional(nameSchema),
  prompt: nameSchema,
  destination: nameSchema,
  workspace: v.exactOptional(nameSchema),
  error: v.exactOptional(nameSchema),
  attempts: countSchema,
  /** As reported by the server. A missing count is unknown, not 0. */
  tokens: v.object({
    /** Includes cached tokens. */
    input: v.exactOptional(countSchema),
    cached: v.exactOptional(countSchema),
    /** Includes reasoning tokens. */
    output: v.exactOptional(countSchema),
    reasoning: v.exactOptional(countSchema),
  }),
  cost: v.exactOptional(
    v.object({
      usd: amountSchema,
      /** The server, the setting `quillet.prices`, or the built-in price list. */
      source: v.picklist(['server', 'settings', 'prices']),
      /** Computed from prices rather than reported by the server. */
      isEstimate: v.boolean(),
    }),
  ),
  /** What budgets count for unknown tokens or cost. Never shown to the user. */
  estimated: v.exactOptional(v.object({ tokens: v.exactOptional(countSchema), usd: v.exactOptional(amountSchema) })),
  firstTextMs: v.exactOptional(amountSchema),
  totalMs: v.exactOptional(amountSchema),
});

const versionSchema = v.object({ v: v.literal(FORMAT_VERSION) });

/** One run: numbers and names only, never prompts, answers, server messages or paths. */
export type UsageRow = Readonly<v.InferOutput<typeof rowSchema>>;
export type UsageTokens = UsageRow['tokens'];
export type UsageCost = NonNullable<UsageRow['cost']>;
export type UsageEstimate = NonNullable<UsageRow['estimated']>;

/** Formats a row as JSON. Line breaks, control characters and bidirectional controls are escaped. */
export function formatUsageLine({ outcome, id, ...row }: UsageRow): string {
  const json = JSON.stringify({ v: FORMAT_VERSION, outcome, id, ...row });
  return json.replace(/[\p{Cc}\p{Cf}\u{2028}\u{2029}\u{fffd}]/gu, (text) => text.replace(/[\s\S]/g, escapeCodeUnit));
}

/** Undefined for lines that are damaged or of an unknown version. Never throws. */
export function parseUsageLine(line: string): UsageRow | undefined {
  // Written lines escape this character, so it can only come from bytes that are not UTF-8.
  if (line.includes('\u{fffd}')) return undefined;
  const value = parseJson(line);
  const { success, output } = v.safeParse(rowSchema, value);
  return success && v.is(versionSchema, value) ? output : undefined;
}

/** The ID of a line about a run's start, found without parsing: most of these runs have also ended. */
export function getStartedId(line: string): string | undefined {
  return /^\{"v":1,"outcome":"started","id":"([\w-]+)"/.exec(line)?.[1];
}
