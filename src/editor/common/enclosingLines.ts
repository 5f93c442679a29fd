/** Zero-based, inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export interface SymbolLines extends LineRange {
  readonly children: readonly SymbolLines[];
}

// Smaller symbols, such as variables, lack the context that a fix needs.
const MIN_SYMBOL_LINES = 3;
// Larger symbols make the change hard to review.
const MAX_SYMBOL_LINES = 200;
const CONTEXT_LINES = 20;

/** Returns the innermost symbol of suitable size that contains the lines, or else the lines with some context. */
export function enclosingLines(lines: LineRange, symbols: readonly SymbolLines[], lineCount: number): LineRange {
  const candidates = flatten(symbols)
    .filter((symbol) => symbol.first <= lines.first && symbol.last >= lines.last && symbol.last < lineCount)
    .filter((symbol) => countLines(symbol) >= MIN_SYMBOL_LINES && countLines(symbol) <= MAX_SYMBOL_LINES)
    .sort((left, right) => countLines(left) - countLines(right));
  const [innermost] = candidates;
  if (innermost !== undefined) return { first: innermost.first, last: innermost.last };
  return { first: Math.max(0, lines.first - CONTEXT_LINES), last: Math.min(lineCount - 1, lines.last + CONTEXT_LINES) };
}

function flatten(symbols: readonly SymbolLines[]): SymbolLines[] {
  return symbols.flatMap((symbol) => [symbol, ...flatten(symbol.children)]);
}

function countLines({ first, last }: LineRange): number {
  return last - first + 1;
}
