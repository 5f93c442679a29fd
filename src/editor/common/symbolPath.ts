import type { Lines } from './enclosingLines';

/** A named part of a document, with the parts in it. */
export interface NamedSymbol extends Lines {
  readonly name: string;
  readonly children: readonly NamedSymbol[];
}

/** The names from the outermost part that holds the lines to the innermost: `Cart.total`. Undefined where none does. */
export function symbolPath(symbols: readonly NamedSymbol[], { first, last }: Lines): string | undefined {
  const names: string[] = [];
  let level = symbols;
  for (;;) {
    const around = level.filter((symbol) => symbol.first <= first && symbol.last >= last);
    const [smallest] = around.toSorted((left, right) => left.last - left.first - (right.last - right.first));
    if (smallest === undefined) return names.length === 0 ? undefined : names.join('.');
    names.push(smallest.name);
    level = smallest.children;
  }
}
