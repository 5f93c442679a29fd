import type { LineRange } from './enclosingLines';

export interface NamedSymbol extends LineRange {
  readonly name: string;
  readonly children: readonly NamedSymbol[];
}

export function symbolPath(symbols: readonly NamedSymbol[], lines: LineRange): string | undefined {
  const enclosing = enclosingSymbols(symbols, lines);
  return enclosing.length === 0 ? undefined : enclosing.map(({ name }) => name).join('.');
}

/** From the outermost to the innermost. */
export function enclosingSymbols(symbols: readonly NamedSymbol[], { first, last }: LineRange): readonly NamedSymbol[] {
  const enclosing = symbols.filter((symbol) => symbol.first <= first && symbol.last >= last);
  const [smallest] = enclosing.toSorted((left, right) => left.last - left.first - (right.last - right.first));
  return smallest === undefined ? [] : [smallest, ...enclosingSymbols(smallest.children, { first, last })];
}
