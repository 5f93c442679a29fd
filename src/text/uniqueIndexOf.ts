/** Where a text stands in another, when it stands there once; undefined where it does not, or more often. */
export function onlyIndexOf(whole: string, text: string): number | undefined {
  const index = whole.indexOf(text);
  return index === -1 || whole.includes(text, index + 1) ? undefined : index;
}
