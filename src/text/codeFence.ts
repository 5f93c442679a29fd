/** A fence of backticks that no line of this text can close: longer than any run of backticks in it. */
export function fenceFor(text: string): string {
  let longest = 2;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

/** The text as a Markdown code block, whatever it contains. */
export function fencedCodeBlock(text: string, language: string): string {
  const fence = fenceFor(text);
  return `${fence}${language}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${fence}`;
}
