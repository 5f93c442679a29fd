/** What is known about a failed attempt when deciding about the next one. */
export interface RetryHint {
  status?: number;
  /** What the server asked for, see {@link parseRetryAfter}. */
  retryAfterMs?: number;
  /** An `ErrorKind`. */
  kind: string;
}

export type RetryDecision =
  | { retry: true; delayMs: number }
  | { retry: false; reason: 'permanent' | 'attempts' | 'tooLong' };

const mostAttempts = 3;
const longestWaitMs = 60_000;
const firstBackOffMs = 500;
const longestBackOffMs = 8_000;

const retryableKinds = new Set([
  'net.refused',
  'net.reset',
  'net.protocol',
  'http.408',
  'http.409',
  'http.429',
  'http.5xx',
]);

/**
 * Decides whether another attempt follows, and when. The server may lengthen a wait but never raise the number of
 * attempts; a wait of more than a minute is the user's to decide about.
 */
export function decideRetry(hint: RetryHint, attempt: number, random: () => number): RetryDecision {
  if (!retryableKinds.has(hint.kind)) return { retry: false, reason: 'permanent' };
  if (hint.retryAfterMs !== undefined && hint.retryAfterMs > longestWaitMs) return { retry: false, reason: 'tooLong' };
  if (attempt >= mostAttempts) return { retry: false, reason: 'attempts' };
  return { retry: true, delayMs: hint.retryAfterMs ?? backOff(attempt, random) };
}

/** Reads `retry-after-ms` or `Retry-After` (seconds or an HTTP date); undefined when absent, malformed or in the past. */
export function parseRetryAfter(headers: { get(name: string): string | null }, now: number): number | undefined {
  const milliseconds = wholeOrDecimal(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get('retry-after');
  const seconds = wholeOrDecimal(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse also understands texts such as "-1" and "5.5", so only what looks like an HTTP date gets there.
  if (text === null || !/^\s*[a-z]{3,9},? .*\d/i.test(text)) return undefined;
  const wait = Date.parse(text) - now;
  return wait >= 0 ? wait : undefined;
}

/** Doubles with each attempt, and shortens by up to a quarter so that many clients do not come back at once. */
function backOff(attempt: number, random: () => number): number {
  const full = Math.min(firstBackOffMs * 2 ** (attempt - 1), longestBackOffMs);
  return Math.round(full * (1 - random() * 0.25));
}

function wholeOrDecimal(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(?:\.\d*)?(?:e\d+)?\s*$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
