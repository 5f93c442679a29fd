/** A fence that is longer than any run of backticks in the text, so that no line of it can close the block. */
export function fenceFor(text: string): string {
  let longest = 2;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

export function fencedCodeBlock(text: string, language: string): string {
  const fence = fenceFor(text);
  return `${fence}${language}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${fence}`;
}
