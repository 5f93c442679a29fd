/** Whole lines, counted from 0, the last one included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** A part of a document that has a name: a function, a class, a property. */
export interface NamedPart extends Lines {
  readonly children: readonly NamedPart[];
}

/** A part of fewer lines, such as a variable, leaves no room for what a correction needs. */
const FEWEST = 3;
/** A part of more lines is more than anybody wants to review for one problem. */
const MOST = 200;
/** How much is taken on both sides where no part is of the right size. */
const AROUND = 20;

/** The innermost part of a document that holds these lines, or what stands around them where there is none. */
export function enclosingLines(lines: Lines, parts: readonly NamedPart[], lineCount: number): Lines {
  const fitting = flat(parts)
    .filter((part) => part.first <= lines.first && part.last >= lines.last && part.last < lineCount)
    .filter((part) => size(part) >= FEWEST && size(part) <= MOST)
    .sort((left, right) => size(left) - size(right));
  const [innermost] = fitting;
  if (innermost !== undefined) return { first: innermost.first, last: innermost.last };
  return { first: Math.max(0, lines.first - AROUND), last: Math.min(lineCount - 1, lines.last + AROUND) };
}

function flat(parts: readonly NamedPart[]): NamedPart[] {
  return parts.flatMap((part) => [part, ...flat(part.children)]);
}

function size({ first, last }: Lines): number {
  return last - first + 1;
}
