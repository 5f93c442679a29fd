import type { Position, Range, TextDocument } from 'vscode';
import { lastLine } from '../editor/lastLine';

/**
 * Where a completion of the range goes: after it, but before a line break at its end. Otherwise the completion would be
 * glued to the next line.
 */
export function findCompletionAnchor(target: { readonly document: TextDocument; readonly range: Range }): Position {
  const { document, range } = target;
  const { end, isEmpty } = range;
  const isBeforeText = isEmpty && end.character === 0 && end.line > 0 && document.lineAt(end.line).text.trim() !== '';
  const line = isBeforeText ? end.line - 1 : lastLine(range);
  return line < end.line ? document.lineAt(line).range.end : end;
}
