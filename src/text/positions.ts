/** Adds 1-based lines and columns to ranges, which must be sorted by `start`. */
export function withLineAndColumn<Range extends { readonly start: number }>(
  text: string,
  ranges: readonly Range[],
): (Range & { line: number; column: number })[] {
  const lineEnds = text.matchAll(/\r\n|\r|\n/g);
  let next = lineEnds.next();
  let line = 1;
  let lineStart = 0;
  return ranges.map((range) => {
    while (next.done !== true && next.value.index < range.start) {
      line += 1;
      lineStart = next.value.index + next.value[0].length;
      next = lineEnds.next();
    }
    return { ...range, line, column: range.start - lineStart + 1 };
  });
}
