import type { ChatMessage } from '../../core/chat';
import { readFences } from '../../text/codeFence';
import { summarizeDiff } from '../../text/diffSummary';

/** A truncated value. Lengths are in UTF-16 units. */
export interface Truncation {
  readonly name: string;
  readonly keptLength: number;
  readonly originalLength: number;
}

// Values of unbounded size, in UTF-16 units. The selection is never truncated; its size is confirmed instead.
const MAX_VALUE_LENGTHS: Readonly<Record<string, number>> = {
  diagnostics: 20_000,
  terminal: 20_000,
  clipboard: 100_000,
  gitDiff: 100_000,
  definitions: 40_000,
  openFiles: 100_000,
};

// Truncated from the start, because the end matters more.
const TRUNCATED_FROM_START = new Set(['before', 'terminal']);

// Values of several code blocks. A truncated block must be closed, or the rest of the prompt would belong to it.
const FENCED = new Set(['openFiles', 'definitions']);
const MAX_CLOSING_FENCE = 20;

// Truncated in this order if the request does not fit: surrounding code first.
const TRUNCATION_ORDER: readonly (readonly string[])[] = [
  ['before', 'after'],
  ['openFiles'],
  ['definitions'],
  ['diagnostics'],
  ['terminal'],
  ['gitDiff'],
  ['clipboard'],
];

// Share of the context window reserved for the answer if `maxOutputTokens` is not set.
const DEFAULT_ANSWER_SHARE = 0.25;
// Token estimates are off by a few percent.
const ESTIMATE_MARGIN = 0.1;

export function truncate(name: string, text: string): { text: string; truncation?: Truncation } {
  const maxLength = Object.hasOwn(MAX_VALUE_LENGTHS, name) ? MAX_VALUE_LENGTHS[name] : undefined;
  if (maxLength === undefined || text.length <= maxLength) return { text };
  const keptLength = truncateTo(name, text, maxLength);
  return { text: keptLength, truncation: { name, keptLength: keptLength.length, originalLength: text.length } };
}

export interface ContextFit {
  readonly values: ReadonlyMap<string, string>;
  /** In tokens, input and output together. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number | undefined;
  readonly render: (values: ReadonlyMap<string, string>) => readonly ChatMessage[];
  readonly countTokens: (text: string) => number;
}

/** Truncates supporting values, but never the selection, inputs and the prompt, until the request fits by estimate. */
export function fitToContext({ values, contextWindow, maxOutputTokens, render, countTokens }: ContextFit): {
  values: ReadonlyMap<string, string>;
  truncations: Truncation[];
} {
  const reservedTokens = maxOutputTokens ?? Math.round(contextWindow * DEFAULT_ANSWER_SHARE);
  const budget = Math.max(0, Math.floor(contextWindow * (1 - ESTIMATE_MARGIN)) - reservedTokens);
  const fits = (candidate: ReadonlyMap<string, string>): boolean =>
    render(candidate).reduce((sum, { content }) => sum + countTokens(content), 0) <= budget;
  let fitted = values;
  for (const names of TRUNCATION_ORDER) {
    if (fits(fitted)) break;
    fitted = truncateMinimally(fitted, names, fits);
  }
  const truncations = [...values].flatMap(([name, text]) => {
    const keptLength = fitted.get(name)?.length ?? 0;
    return keptLength === text.length ? [] : [{ name, keptLength, originalLength: text.length }];
  });
  return { values: fitted, truncations };
}

/** Binary search for the longest length at which the request fits, possibly 0. */
function truncateMinimally(
  values: ReadonlyMap<string, string>,
  names: readonly string[],
  fits: (values: ReadonlyMap<string, string>) => boolean,
): ReadonlyMap<string, string> {
  const truncateAllTo = (maxLength: number): ReadonlyMap<string, string> =>
    new Map([...values].map(([name, text]) => [name, names.includes(name) ? truncateTo(name, text, maxLength) : text]));
  let [fitting, tooLong] = [0, Math.max(0, ...names.map((name) => values.get(name)?.length ?? 0))];
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(truncateAllTo(middle))) fitting = middle;
    else tooLong = middle;
  }
  return truncateAllTo(fitting);
}

function truncateTo(name: string, text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  if (name === 'gitDiff') return summarizeDiff(text, maxLength);
  if (!FENCED.has(name)) return truncateText(name, text, maxLength);
  const kept = truncateText(name, text, Math.max(0, maxLength - MAX_CLOSING_FENCE));
  const last = readFences(kept).at(-1);
  return last === undefined || 'text' in last || last.isClosed ? kept : `${kept}\n${last.fence.marker}`;
}

/** Truncates without splitting a surrogate pair. */
function truncateText(name: string, text: string, maxLength: number): string {
  if (!TRUNCATED_FROM_START.has(name)) return text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  return text.slice(text.length - maxLength).replace(/^[\udc00-\udfff]/, '');
}
