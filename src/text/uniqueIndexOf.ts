/** The index of the only occurrence of a text; undefined if there is none, or more than one. */
export function uniqueIndexOf(text: string, searched: string): number | undefined {
  const index = text.indexOf(searched);
  return index === -1 || text.includes(searched, index + 1) ? undefined : index;
}
