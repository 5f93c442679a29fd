/** Replaces parts of a text. The ranges must be sorted and must not overlap. */
export function replaceRanges<Range extends { readonly start: number; readonly end: number }>(
  text: string,
  ranges: readonly Range[],
  replace: (part: string, range: Range) => string,
): string {
  let end = 0;
  const parts = ranges.map((range) => {
    const before = text.slice(end, range.start);
    end = range.end;
    return before + replace(text.slice(range.start, range.end), range);
  });
  return parts.join('') + text.slice(end);
}
