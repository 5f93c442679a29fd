export interface FoundToken {
  /** In lower case. */
  readonly token: string;
  readonly index: number;
}

/** Matches any of the tokens, ignoring case. */
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

/** @param previous The character before the token, if a quote there tells anything. */
export function isQuoted(text: string, { token, index }: FoundToken, previous: string): boolean {
  const next = text.slice(index + token.length, index + token.length + 2);
  // Three backticks are a fence.
  const isBeforeQuote = /^["'\\]/.test(next) || (next.startsWith('`') && next !== '``');
  return isBeforeQuote || /["'`\\]/.test(previous);
}

export function isInQuotes(text: string, { token, index }: FoundToken): boolean {
  const previous = text.charAt(index - 1);
  return /["'`]/.test(previous) && text.charAt(index + token.length) === previous;
}

/** Whether the text ends inside a fenced code block. */
export function isInFence(text: string): boolean {
  let fence = '';
  for (const line of text.split('\n')) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker === undefined) continue;
    if (fence === '') fence = marker;
    else if (marker.startsWith(fence) && line.trim() === marker) fence = '';
  }
  return fence !== '';
}
