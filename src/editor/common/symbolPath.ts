import type { LineRange } from './enclosingLines';

export interface NamedSymbol extends LineRange {
  readonly name: string;
  readonly children: readonly NamedSymbol[];
}

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
