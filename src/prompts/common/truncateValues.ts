import type { ChatMessage } from '../../core/chat';

/** A value that is not sent whole. Lengths count UTF-16 units. */
export interface ValueCut {
  readonly name: string;
  readonly kept: number;
  readonly of: number;
}

/** Most characters of what can be of any size. The selection is not among them: it is sent whole, or asked about. */
const longestValues: Readonly<Record<string, number>> = {
  diagnostics: 20_000,
  terminal: 20_000,
  clipboard: 100_000,
  gitDiff: 100_000,
};

/** Whose end says more than its start. */
const keepsItsEnd = new Set(['before', 'terminal']);

/** What can be cut where a request does not fit, in this order: first what is only there for context. */
const cutOrder: readonly (readonly string[])[] = [
  ['before', 'after'],
  ['diagnostics'],
  ['terminal'],
  ['gitDiff'],
  ['clipboard'],
];

/** So much of the window is left for an answer whose length nobody limits. */
const ANSWER_SHARE = 0.25;
/** An estimate is wrong by some per cent. */
const MARGIN = 0.1;

/** A value as it is sent, and what was cut off it. */
export function cappedValue(name: string, text: string): { text: string; cut?: ValueCut } {
  const most = Object.hasOwn(longestValues, name) ? longestValues[name] : undefined;
  if (most === undefined || text.length <= most) return { text };
  const kept = keepPart(name, text, most);
  return { text: kept, cut: { name, kept: kept.length, of: text.length } };
}

export interface WindowFit {
  readonly values: ReadonlyMap<string, string>;
  /** Tokens that the model can read and write together. */
  readonly window: number;
  /** Tokens that the answer may have at most, where the request says so. */
  readonly answer: number | undefined;
  readonly render: (values: ReadonlyMap<string, string>) => readonly ChatMessage[];
  /** How many tokens a text has, about. */
  readonly estimate: (text: string) => number;
}

/**
 * Cuts what is there for context until the request fits the model's window by estimate. What a user selected, typed or
 * wrote into the prompt is never cut: where that alone is too much, the server has to say so.
 */
export function fitToWindow({ values, window, answer, render, estimate }: WindowFit): {
  values: ReadonlyMap<string, string>;
  cuts: ValueCut[];
} {
  const left = answer ?? Math.round(window * ANSWER_SHARE);
  const budget = Math.max(0, Math.floor(window * (1 - MARGIN)) - left);
  const fits = (tried: ReadonlyMap<string, string>): boolean =>
    render(tried).reduce((sum, { content }) => sum + estimate(content), 0) <= budget;
  let fitted = values;
  for (const names of cutOrder) {
    if (fits(fitted)) break;
    fitted = cutAsLittle(fitted, names, fits);
  }
  const cuts = [...values].flatMap(([name, text]) => {
    const kept = fitted.get(name)?.length ?? 0;
    return kept === text.length ? [] : [{ name, kept, of: text.length }];
  });
  return { values: fitted, cuts };
}

/** The values of these names with as many characters each as fit, which may be none. */
function cutAsLittle(
  values: ReadonlyMap<string, string>,
  names: readonly string[],
  fits: (values: ReadonlyMap<string, string>) => boolean,
): ReadonlyMap<string, string> {
  const cutTo = (most: number): ReadonlyMap<string, string> =>
    new Map([...values].map(([name, text]) => [name, names.includes(name) ? keepPart(name, text, most) : text]));
  let [fitting, tooMany] = [0, Math.max(0, ...names.map((name) => values.get(name)?.length ?? 0))];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(cutTo(middle))) fitting = middle;
    else tooMany = middle;
  }
  return cutTo(fitting);
}

/** The part of a value that is kept; half a character at its edge is left out too. */
function keepPart(name: string, text: string, most: number): string {
  if (text.length <= most) return text;
  if (!keepsItsEnd.has(name)) return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  return text.slice(text.length - most).replace(/^[\udc00-\udfff]/, '');
}
