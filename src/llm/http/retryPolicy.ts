import type { ErrorKind, QuilletError } from '../../core/errors';

const MAX_ATTEMPTS = 3;
const MAX_RETRY_AFTER_MS = 60_000;
const INITIAL_BACKOFF_MS = 500;

const LOADING_POLL_MS = 2_000;
const MAX_LOADING_MS = 60_000;

const RETRYABLE_KINDS = new Set<ErrorKind>([
  'net.refused',
  'net.reset',
  'net.protocol',
  'http.408',
  'http.409',
  'http.429',
  'http.5xx',
]);

/** The server may lengthen a wait but not raise the number of attempts. Waits of over a minute are left to the user. */
export function retryDelay(
  { kind, details: { status, retryAfterMs } }: Pick<QuilletError, 'kind' | 'details'>,
  attempt: number,
  random: () => number,
): number | undefined {
  if (!RETRYABLE_KINDS.has(kind) || attempt >= MAX_ATTEMPTS) return undefined;
  // The request exceeds the per-minute token limit: retry only if the server sends Retry-After.
  if (status === 413 && retryAfterMs === undefined) return undefined;
  const delayMs = retryAfterMs ?? backoffMs(attempt, random);
  return delayMs > MAX_RETRY_AFTER_MS ? undefined : delayMs;
}

/** The wait for a server that is loading its model, or undefined after a minute. Such waits are no failed attempts. */
export function loadingDelay(retryAfterMs: number | undefined, elapsedMs: number): number | undefined {
  // `Retry-After: 0` would ask the server without a pause.
  const delayMs = retryAfterMs === 0 ? LOADING_POLL_MS : (retryAfterMs ?? LOADING_POLL_MS);
  return elapsedMs + delayMs > MAX_LOADING_MS ? undefined : delayMs;
}

/** `retry-after-ms` or `Retry-After` (seconds or an HTTP date). Undefined if absent, malformed or in the past. */
export function parseRetryAfter(headers: { get(name: string): string | null }, now: number): number | undefined {
  const milliseconds = parseDecimal(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get('retry-after');
  const seconds = parseDecimal(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse also accepts "-1" and "5.5", so the text must look like an HTTP date.
  if (text === null || !/^\s*[a-z]{3,9},? .*\d/i.test(text)) return undefined;
  const wait = Date.parse(text) - now;
  return wait >= 0 ? wait : undefined;
}

// Doubles with each attempt, less up to a quarter so that many clients do not return at once.
function backoffMs(attempt: number, random: () => number): number {
  const full = INITIAL_BACKOFF_MS * 2 ** (attempt - 1);
  return Math.round(full * (1 - random() * 0.25));
}

function parseDecimal(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(?:\.\d*)?(?:e\d+)?\s*$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
