import { QuilletError } from '../core/errors';
import { withLineAndColumn } from '../text/positions';
import { raceAbort } from '../util/abort';
import type { SecretKind } from './secretPatterns';
import type { SecretMatch } from './secretRules';

/** A secret in a text that is about to be sent. Offsets count UTF-16 units, lines and columns begin at 1. */
export interface SecretFinding {
  readonly kind: SecretKind;
  /** Who issues such keys, as a proper noun, where it is known. */
  readonly service?: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  /** Enough to recognise the secret and too little to use it; the only part of it that may be shown. */
  readonly preview: string;
}

/** What finds secrets in one window of text. */
export type SecretFinder = (text: string) => Promise<readonly SecretMatch[]>;

/** What a scan may be told. */
export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for each started megabyte, without the loading of the rules. */
  readonly limitMs?: number;
  /** Gives the rules; they are loaded on the first scan and not before. */
  readonly loadFinder?: () => Promise<SecretFinder>;
}

/** A window is scanned without a pause; between two of them the editor can do other things. */
const WINDOW_LENGTH = 131_072;
/** More than the longest secret that the rules look for, so that every one lies whole in some window. */
const OVERLAP = 20_480;
/** Where a window begins, nothing tells what comes before: the window before it sees these characters better. */
const MARGIN = 256;
const MEGABYTE = 1_048_576;
const DEFAULT_LIMIT_MS = 500;

/** Characters that take no room. They are looked past, since one inside a token would hide it from every pattern. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u{ad}]/u;

/**
 * Finds what looks like a secret, in the order of the text. Nothing in the text can switch this off.
 * @throws QuilletError `scan.failed` where the text was not scanned to its end: that is not the same as clean.
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

async function loadSecretRules(): Promise<SecretFinder> {
  const { findSecrets } = await import('./secretRules');
  return findSecrets;
}

async function withTimeLimit<T>(
  text: string,
  { signal, limitMs = DEFAULT_LIMIT_MS }: ScanOptions,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = limitMs * Math.max(1, Math.ceil(text.length / MEGABYTE));
  const end = performance.now() + limit;
  const timer = AbortSignal.timeout(limit);
  const deadline = signal === undefined ? timer : AbortSignal.any([timer, signal]);
  try {
    const result = await raceAbort(deadline, work(deadline));
    // A timer cannot fire while a pattern runs.
    if (performance.now() <= end) return result;
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!timer.aborted) throw thrown;
  }
  throw new QuilletError('scan.failed', { limitMs: limit });
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

/** Lets timers, typing and the Stop command in. */
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

/** Places that overlap become one, under the name that says most: the names come in that order for each place. */
function merge(found: readonly SecretMatch[]): SecretMatch[] {
  const ranked = found.map((one, rank) => ({ one, rank: one.service === undefined ? rank + found.length : rank }));
  ranked.sort((a, b) => a.one.start - b.one.start || b.one.end - a.one.end);
  const merged: { one: SecretMatch; rank: number }[] = [];
  for (const next of ranked) {
    const last = merged.at(-1);
    if (last === undefined || next.one.start >= last.one.end) {
      merged.push(next);
    } else {
      const better = next.rank < last.rank ? next : last;
      const end = Math.max(last.one.end, next.one.end);
      merged[merged.length - 1] = { one: { ...better.one, start: last.one.start, end }, rank: better.rank };
    }
  }
  return merged.map(({ one }) => one);
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
