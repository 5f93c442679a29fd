import { escapeCodeUnit } from '../../text/unicodeEscapes';
import { parseJson } from '../../util/json';

/** Format of a line. Lines of other versions are skipped. */
export const FORMAT_VERSION = 1;
const MAX_NAME_LENGTH = 300;

/** `started` until the run ends, and `abandoned` if it never did. */
export const USAGE_OUTCOMES = ['ok', 'truncated', 'failed', 'cancelled', 'refused', 'started', 'abandoned'] as const;
const COST_SOURCES = ['server', 'settings', 'prices'] as const;

/** One run: numbers and names only, never prompts, answers, server messages or paths. */
export interface UsageRow {
  readonly v: typeof FORMAT_VERSION;
  readonly outcome: (typeof USAGE_OUTCOMES)[number];
  readonly id: string;
  readonly time: string;
  readonly provider: string;
  readonly model: string;
  readonly reportedModel?: string;
  readonly prompt: string;
  readonly destination: string;
  readonly workspace?: string;
  readonly serviceTier?: string;
  readonly error?: string;
  readonly attempts: number;
  readonly tokens: UsageTokens;
  readonly cost?: UsageCost;
  /** What budgets count for unknown tokens or cost. Never shown to the user. */
  readonly estimated?: UsageEstimate;
  readonly firstTextMs?: number;
  readonly totalMs?: number;
}

/** As reported by the server. A missing count is unknown, not 0. */
export interface UsageTokens {
  /** Includes cached tokens and those written to the cache. */
  readonly input?: number;
  readonly cached?: number;
  readonly cacheWrite?: number;
  readonly cacheWriteHour?: number;
  /** Includes reasoning tokens. */
  readonly output?: number;
  readonly reasoning?: number;
}

export interface UsageCost {
  readonly usd: number;
  readonly source: (typeof COST_SOURCES)[number];
  readonly isEstimate: boolean;
}

export interface UsageEstimate {
  readonly tokens?: number;
  readonly usd?: number;
}

type Unchecked<T> = { readonly [Name in keyof T]?: unknown };

/** A schema library would take longer than `JSON.parse`, and the dashboard reads up to 100,000 rows. */
function isUsageRow(value: unknown): value is UsageRow {
  const row: Unchecked<UsageRow> = value ?? {};
  const { reportedModel = '?', workspace = '?', serviceTier = '?', error = '?' } = row;
  const { firstTextMs = 0, totalMs = 0, cost, estimated = {} } = row;
  if (!isObject(row.tokens) || !isObject(estimated)) return false;
  const { input = 0, cached = 0, output = 0, reasoning = 0, ...writes }: Unchecked<UsageTokens> = row.tokens;
  const { cacheWrite = 0, cacheWriteHour = 0 } = writes;
  const { tokens = 0, usd = 0 }: Unchecked<UsageEstimate> = estimated;
  return (
    row.v === FORMAT_VERSION &&
    USAGE_OUTCOMES.some((outcome) => outcome === row.outcome) &&
    isTime(row.time) &&
    [row.id, row.provider, row.model, row.prompt, row.destination].every(isName) &&
    [reportedModel, workspace, serviceTier, error].every(isName) &&
    [row.attempts, input, cached, cacheWrite, cacheWriteHour, output, reasoning, tokens].every(isCount) &&
    [usd, firstTextMs, totalMs].every(isAmount) &&
    (cost === undefined || isCost(cost))
  );
}

function isCost(value: unknown): value is UsageCost {
  const { usd, source, isEstimate }: Unchecked<UsageCost> = value ?? {};
  return isAmount(usd) && COST_SOURCES.some((known) => known === source) && typeof isEstimate === 'boolean';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && isAmount(value);
}

function isAmount(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) >= 0;
}

function isTime(value: unknown): boolean {
  const isIso = typeof value === 'string' && /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{3}Z$/.test(value);
  return isIso && !Number.isNaN(Date.parse(value));
}

export function formatUsageLine(row: UsageRow): string {
  const json = JSON.stringify(row);
  return json.replace(/[\p{Cc}\p{Cf}\u{2028}\u{2029}\u{fffd}]/gu, (text) => text.replace(/[\s\S]/g, escapeCodeUnit));
}

export function parseUsageLine(line: string): UsageRow | undefined {
  // Written lines escape this character, so it can only come from bytes that are not UTF-8.
  if (line.includes('\u{fffd}')) return undefined;
  const value = parseJson(line);
  return isUsageRow(value) ? value : undefined;
}
