import type { LineRange } from './enclosingLines';

/** A named part of a document, with the parts in it. */
export interface NamedSymbol extends LineRange {
  readonly name: string;
  readonly children: readonly NamedSymbol[];
}

/** The names from the outermost part that holds the lines to the innermost: `Cart.total`. Undefined where none does. */
export function symbolPath(symbols: readonly NamedSymbol[], { first, last }: LineRange): string | undefined {
  const names: string[] = [];
  let level = symbols;
  for (;;) {
    const enclosing = level.filter((symbol) => symbol.first <= first && symbol.last >= last);
    const [smallest] = enclosing.toSorted((left, right) => left.last - left.first - (right.last - right.first));
    if (smallest === undefined) return names.length === 0 ? undefined : names.join('.');
    names.push(smallest.name);
    level = smallest.children;
  }
}
