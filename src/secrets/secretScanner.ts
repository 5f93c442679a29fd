import { QuilletError } from '../core/errors';
import { withLineAndColumn } from '../text/positions';
import { raceAbort } from '../util/abort';
import type { SecretKind } from './secretPatterns';
import type { FoundSecret } from './secretRules';

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
export type SecretRules = (text: string) => Promise<readonly FoundSecret[]>;

/** What a scan may be told. */
export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for each started megabyte, without the loading of the rules. */
  readonly limitMs?: number;
  /** Gives the rules; they are loaded on the first scan and not before. */
  readonly load?: () => Promise<SecretRules>;
}

/** A window is scanned without a pause; between two of them the editor can do other things. */
const windowLength = 131_072;
/** More than the longest secret that the rules look for, so that every one lies whole in some window. */
const overlap = 20_480;
/** Where a window begins, nothing tells what comes before: the window before it sees these characters better. */
const margin = 256;
const megabyte = 1_048_576;
const usualLimitMs = 500;

/** Characters that take no room. They are looked past, since one inside a token would hide it from every pattern. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u{ad}]/u;

/**
 * Finds what looks like a secret, in the order of the text. Nothing in the text can switch this off.
 * @throws QuilletError `scan.failed` where the text was not scanned to its end: that is not the same as clean.
 */
export async function scanForSecrets(text: string, options: ScanOptions = {}): Promise<SecretFinding[]> {
  try {
    const findRules = await (options.load ?? loadRules)();
    const found = await withinLimit(text, options, (deadline) => scan(text, findRules, deadline));
    return describe(text, merge(found));
  } catch (thrown) {
    options.signal?.throwIfAborted();
    throw thrown instanceof QuilletError ? thrown : new QuilletError('scan.failed', {}, { cause: thrown });
  }
}

async function loadRules(): Promise<SecretRules> {
  const { findSecrets } = await import('./secretRules');
  return findSecrets;
}

async function withinLimit<T>(
  text: string,
  { signal, limitMs = usualLimitMs }: ScanOptions,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = limitMs * Math.max(1, Math.ceil(text.length / megabyte));
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

async function scan(text: string, rules: SecretRules, deadline: AbortSignal): Promise<FoundSecret[]> {
  const found = await scanWindows(text, rules, deadline);
  if (!invisible.test(text)) return found;
  const { visible, offsets } = withoutInvisible(text);
  const more = await scanWindows(visible, rules, deadline);
  const last = (end: number): number => (offsets[end - 1] ?? text.length - 1) + 1;
  return [...found, ...more.map((one) => ({ ...one, start: offsets[one.start] ?? 0, end: last(one.end) }))];
}

async function scanWindows(text: string, rules: SecretRules, deadline: AbortSignal): Promise<FoundSecret[]> {
  const found: FoundSecret[] = [];
  for (let start = 0; ; start += windowLength - overlap) {
    const end = Math.min(start + windowLength, text.length);
    const isLast = end === text.length;
    for (const one of await rules(text.slice(start, end))) {
      const isSeenBefore = start > 0 && one.start < margin;
      const isSeenAfter = !isLast && one.end === end - start && one.start >= windowLength - overlap + margin;
      if (!isSeenBefore && !isSeenAfter) found.push({ ...one, start: start + one.start, end: start + one.end });
    }
    if (isLast) return found;
    await nextTask();
    deadline.throwIfAborted();
  }
}

/** Lets timers, typing and the Stop command in. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function withoutInvisible(text: string): { visible: string; offsets: number[] } {
  const offsets: number[] = [];
  const kept: string[] = [];
  let offset = 0;
  for (const character of text) {
    if (!invisible.test(character)) {
      kept.push(character);
      for (let unit = 0; unit < character.length; unit += 1) offsets.push(offset + unit);
    }
    offset += character.length;
  }
  return { visible: kept.join(''), offsets };
}

/** Places that overlap become one, under the name that says most: the names come in that order for each place. */
function merge(found: readonly FoundSecret[]): FoundSecret[] {
  const ranked = found.map((one, rank) => ({ one, rank: one.service === undefined ? rank + found.length : rank }));
  ranked.sort((a, b) => a.one.start - b.one.start || b.one.end - a.one.end);
  const merged: { one: FoundSecret; rank: number }[] = [];
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

function describe(text: string, found: readonly FoundSecret[]): SecretFinding[] {
  return withLineAndColumn(text, found).map((one) => ({
    ...one,
    preview: previewOf(one.kind, text.slice(one.start, one.end)),
  }));
}

function previewOf(kind: SecretKind, secret: string): string {
  const isNamedByItsBeginning = kind === 'serviceKey' || kind === 'jwt';
  if (kind === 'privateKey') return /^-----BEGIN [A-Z0-9 ]{1,80}-----/.exec(secret)?.[0] ?? '…';
  const shown = isNamedByItsBeginning && secret.length >= 20 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '') : '';
  return `${shown}…`;
}
