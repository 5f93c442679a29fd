import type { Range, TextDocument } from 'vscode';

/** A range that ends at the start of a line visually ends on the line before. */
export function lastLine({ start, end }: Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

export function withoutLastLineEnd(document: TextDocument, range: Range): Range {
  const line = Math.min(lastLine(range), document.lineCount - 1);
  return line < range.end.line ? range.with({ end: document.lineAt(line).range.end }) : range;
}
