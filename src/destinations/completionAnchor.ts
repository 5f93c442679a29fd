import type { Position, Range, TextDocument } from 'vscode';
import { lastLine } from '../editor/lastLine';

/** After the range, but before a line break at its end, or the completion would be glued to the next line. */
export function findCompletionAnchor(target: { readonly document: TextDocument; readonly range: Range }): Position {
  const { document, range } = target;
  const { end, isEmpty } = range;
  const isBeforeText = isEmpty && end.character === 0 && end.line > 0 && document.lineAt(end.line).text.trim() !== '';
  const line = isBeforeText ? end.line - 1 : lastLine(range);
  return line < end.line ? document.lineAt(line).range.end : end;
}
