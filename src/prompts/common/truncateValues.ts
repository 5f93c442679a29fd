import type { ChatMessage } from '../../core/chat';

/** A value that is not sent whole. Lengths count UTF-16 units. */
export interface Truncation {
  readonly name: string;
  readonly keptLength: number;
  readonly originalLength: number;
}

/** Most characters of what can be of any size. The selection is not among them: it is sent whole, or asked about. */
const MAX_VALUE_LENGTHS: Readonly<Record<string, number>> = {
  diagnostics: 20_000,
  terminal: 20_000,
  clipboard: 100_000,
  gitDiff: 100_000,
};

/** Whose end says more than its start. */
const TRUNCATED_FROM_START = new Set(['before', 'terminal']);

/** What can be cut where a request does not fit, in this order: first what is only there for context. */
const TRUNCATION_ORDER: readonly (readonly string[])[] = [
  ['before', 'after'],
  ['diagnostics'],
  ['terminal'],
  ['gitDiff'],
  ['clipboard'],
];

/** So much of the window is left for an answer whose length nobody limits. */
const DEFAULT_ANSWER_SHARE = 0.25;
/** An estimate is wrong by some per cent. */
const ESTIMATE_MARGIN = 0.1;

/** A value as it is sent, and what was cut off it. */
export function truncate(name: string, text: string): { text: string; truncation?: Truncation } {
  const maxLength = Object.hasOwn(MAX_VALUE_LENGTHS, name) ? MAX_VALUE_LENGTHS[name] : undefined;
  if (maxLength === undefined || text.length <= maxLength) return { text };
  const keptLength = truncateTo(name, text, maxLength);
  return { text: keptLength, truncation: { name, keptLength: keptLength.length, originalLength: text.length } };
}

export interface ContextFit {
  readonly values: ReadonlyMap<string, string>;
  /** Tokens that the model can read and write together. */
  readonly contextWindow: number;
  /** Tokens that the answer may have at most, where the request says so. */
  readonly maxOutputTokens: number | undefined;
  readonly render: (values: ReadonlyMap<string, string>) => readonly ChatMessage[];
  /** How many tokens a text has, about. */
  readonly countTokens: (text: string) => number;
}

/**
 * Cuts what is there for context until the request fits the model's window by estimate. What a user selected, typed or
 * wrote into the prompt is never cut: where that alone is too much, the server has to say so.
 */
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

/** The values of these names with as many characters each as fit, which may be none. */
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

/** The part of a value that is kept; half a character at its edge is left out too. */
function truncateTo(name: string, text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  if (!TRUNCATED_FROM_START.has(name)) return text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  return text.slice(text.length - maxLength).replace(/^[\udc00-\udfff]/, '');
}
