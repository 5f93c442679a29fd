/** Whole lines, counted from 0, the last one included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A part of a document that has a name: a function, a class, a property. */
export interface SymbolLines extends LineRange {
  readonly children: readonly SymbolLines[];
}

/** A part of fewer lines, such as a variable, leaves no room for what a correction needs. */
const MIN_SYMBOL_LINES = 3;
/** A part of more lines is more than anybody wants to review for one problem. */
const MAX_SYMBOL_LINES = 200;
/** How much is taken on both sides where no part is of the right size. */
const CONTEXT_LINES = 20;

/** The innermost part of a document that holds these lines, or what stands around them where there is none. */
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
