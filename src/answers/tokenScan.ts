export interface FoundToken {
  /** In lower case. */
  readonly token: string;
  readonly index: number;
}

export function tokenPattern(tokens: readonly string[]): RegExp {
  const longestFirst = [...tokens].sort((left, right) => right.length - left.length);
  return new RegExp(longestFirst.map((token) => token.replace(/[[\]|/\\.$^*+?(){}]/g, '\\$&')).join('|'), 'gi');
}

export function findToken(text: string, pattern: RegExp, from = 0): FoundToken | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : { token: match[0].toLowerCase(), index: match.index };
}

/** How many characters at the end may be the beginning of a token. */
export function partialTokenLength(text: string, tokens: readonly string[]): number {
  const longest = Math.max(...tokens.map(({ length }) => length));
  const tail = text.slice(1 - longest).toLowerCase();
  for (let start = 0; start < tail.length; start += 1) {
    if (!/[<[◁]/.test(tail.charAt(start))) continue;
    const end = tail.slice(start);
    if (tokens.some((token) => token.length > end.length && token.startsWith(end))) return end.length;
  }
  return 0;
}

export function isQuoted(previous: string, next: string): boolean {
  // Three backticks are a fence.
  const isBeforeQuote = /^["'\\]/.test(next) || (next.startsWith('`') && next !== '``');
  return isBeforeQuote || /["'`\\]/.test(previous);
}

export function isInQuotes(text: string, { token, index }: FoundToken): boolean {
  const previous = text.charAt(index - 1);
  return /["'`]/.test(previous) && text.charAt(index + token.length) === previous;
}
