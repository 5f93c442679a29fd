/** Where a text stands in another, when it stands there once; undefined where it does not, or more often. */
export function uniqueIndexOf(text: string, searched: string): number | undefined {
  const index = text.indexOf(searched);
  return index === -1 || text.includes(searched, index + 1) ? undefined : index;
}
