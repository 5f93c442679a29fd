import { QuilletError } from '../core/errors';
import { withLineAndColumn } from '../text/positions';
import { raceAbort } from '../util/abort';
import type { SecretKind } from './secretPatterns';
import type { SecretMatch } from './secretRules';

/** Offsets are in UTF-16 units, lines and columns are 1-based. */
export interface SecretFinding {
  readonly kind: SecretKind;
  readonly service?: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  /** At most the first characters: the only part of the secret that may be shown. */
  readonly preview: string;
}

export type SecretFinder = (text: string) => Promise<readonly SecretMatch[]>;

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Without the time to load the rules. Long texts have a second more for each megabyte. */
  readonly limitMs?: number;
  readonly loadFinder?: () => Promise<SecretFinder>;
}

// Windows are scanned with a pause between them, to keep the extension host responsive.
const WINDOW_LENGTH = 131_072;
// Exceeds the longest secret the rules match, so that every secret is complete in some window.
const OVERLAP = 20_480;
// A match this close to the start of a window lacks context. The previous window sees it in full.
const MARGIN = 256;
const MEGABYTE = 1_048_576;
// Long enough for a machine that is busy with something else.
const DEFAULT_LIMIT_MS = 10_000;
const MS_PER_MEGABYTE = 1_000;

// Has the prefix of a key, so that a rule runs.
const WARM_UP_TEXT = 'password = "sk-"';

// Ignored during the scan: one of these inside a token would hide it from every pattern.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u{ad}]/u;

/**
 * Finds secrets, sorted by position. Comments in the text cannot disable rules.
 * @throws QuilletError `scan.failed` if the scan is incomplete, which must not be mistaken for "no secrets".
 */
export async function scanForSecrets(text: string, options: ScanOptions = {}): Promise<SecretFinding[]> {
  try {
    const finder = await (options.loadFinder ?? loadSecretRules)();
    const found = await withTimeLimit(text, options, (deadline) => scan(text, finder, deadline));
    return toFindings(text, merge(found));
  } catch (thrown) {
    options.signal?.throwIfAborted();
    throw thrown instanceof QuilletError ? thrown : new QuilletError('scan.failed', {}, { cause: thrown });
  }
}

/** Loads the rules, and runs them once, since the first run takes longest. */
export async function preloadSecretRules(): Promise<void> {
  const findSecrets = await loadSecretRules();
  await findSecrets(WARM_UP_TEXT);
}

async function loadSecretRules(): Promise<SecretFinder> {
  const { findSecrets } = await import('./secretRules');
  return findSecrets;
}

async function withTimeLimit<T>(
  text: string,
  { signal, limitMs = DEFAULT_LIMIT_MS }: ScanOptions,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = limitMs + MS_PER_MEGABYTE * Math.floor(text.length / MEGABYTE);
  const timer = AbortSignal.timeout(limit);
  const deadline = signal === undefined ? timer : AbortSignal.any([timer, signal]);
  try {
    return await raceAbort(deadline, work(deadline));
  } catch (thrown) {
    signal?.throwIfAborted();
    throw timer.aborted ? new QuilletError('scan.failed', { limitMs: limit }) : thrown;
  }
}

async function scan(text: string, finder: SecretFinder, deadline: AbortSignal): Promise<SecretMatch[]> {
  const found = await scanWindows(text, finder, deadline);
  if (!INVISIBLE.test(text)) return found;
  const { visible, offsets } = withoutInvisible(text);
  const hidden = await scanWindows(visible, finder, deadline);
  const last = (end: number): number => (offsets[end - 1] ?? text.length - 1) + 1;
  return [...found, ...hidden.map((match) => ({ ...match, start: offsets[match.start] ?? 0, end: last(match.end) }))];
}

async function scanWindows(text: string, finder: SecretFinder, deadline: AbortSignal): Promise<SecretMatch[]> {
  const found: SecretMatch[] = [];
  for (let start = 0; ; start += WINDOW_LENGTH - OVERLAP) {
    const end = Math.min(start + WINDOW_LENGTH, text.length);
    const isLast = end === text.length;
    for (const match of await finder(text.slice(start, end))) {
      const isSeenBefore = start > 0 && match.start < MARGIN;
      const isSeenAfter = !isLast && match.end === end - start && match.start >= WINDOW_LENGTH - OVERLAP + MARGIN;
      if (!isSeenBefore && !isSeenAfter) found.push({ ...match, start: start + match.start, end: start + match.end });
    }
    if (isLast) return found;
    await yieldToEventLoop();
    deadline.throwIfAborted();
  }
}

function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function withoutInvisible(text: string): { visible: string; offsets: number[] } {
  const offsets: number[] = [];
  const kept: string[] = [];
  let offset = 0;
  for (const character of text) {
    if (!INVISIBLE.test(character)) {
      kept.push(character);
      for (let unit = 0; unit < character.length; unit += 1) offsets.push(offset + unit);
    }
    offset += character.length;
  }
  return { visible: kept.join(''), offsets };
}

// Merges overlapping matches. The most specific one, which comes first, decides kind and service.
function merge(found: readonly SecretMatch[]): SecretMatch[] {
  const ranked = found.map((match, rank) => ({
    match,
    rank: match.service === undefined ? rank + found.length : rank,
  }));
  ranked.sort((a, b) => a.match.start - b.match.start || b.match.end - a.match.end);
  const merged: { match: SecretMatch; rank: number }[] = [];
  for (const next of ranked) {
    const last = merged.at(-1);
    if (last === undefined || next.match.start >= last.match.end) {
      merged.push(next);
    } else {
      const better = next.rank < last.rank ? next : last;
      const end = Math.max(last.match.end, next.match.end);
      merged[merged.length - 1] = { match: { ...better.match, start: last.match.start, end }, rank: better.rank };
    }
  }
  return merged.map(({ match }) => match);
}

function toFindings(text: string, matches: readonly SecretMatch[]): SecretFinding[] {
  return withLineAndColumn(text, matches).map((match) => ({
    ...match,
    preview: secretPreview(match.kind, text.slice(match.start, match.end)),
  }));
}

function secretPreview(kind: SecretKind, secret: string): string {
  const hasPublicPrefix = kind === 'serviceKey' || kind === 'jwt';
  if (kind === 'privateKey') return /^-----BEGIN [A-Z0-9 ]{1,80}-----/.exec(secret)?.[0] ?? '…';
  const shown = hasPublicPrefix && secret.length >= 20 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '') : '';
  return `${shown}…`;
}
