import { Range, type TextDocument, type TextEditor, window } from 'vscode';
import type { DestinationKind } from '../../core/destinationKind';
import { QuilletError, toQuilletError } from '../../core/errors';
import { findCompletionAnchor } from '../../destinations/completionAnchor';
import { requireSelections } from '../../editor/editorContext';
import { isCell } from '../../editor/notebookCells';
import { expandToFullLines } from '../../editor/rangeLocks';
import { withoutUndefined } from '../../util/withoutUndefined';
import { textBefore } from './variableResolver';

export function getWrittenRanges(
  document: TextDocument,
  ranges: readonly Range[],
  kind: DestinationKind,
): readonly Range[] {
  if (kind === 'replace' || kind === 'insert') return ranges;
  return kind === 'before' || kind === 'after' ? ranges.map((range) => expandToFullLines(document, range)) : [];
}

/** Returns the error instead of throwing it, because not every prompt needs a selection. */
export function getSelectionsOrError(editor: TextEditor): Range[] | QuilletError {
  try {
    return requireSelections(editor);
  } catch (thrown) {
    return toQuilletError(thrown);
  }
}

export async function restoreEditor({ document, viewColumn }: TextEditor): Promise<void> {
  // The notebook shows its cells again when the preview closes.
  if (document.isClosed || isCell(document)) return;
  await window.showTextDocument(document, { preview: false, ...withoutUndefined({ viewColumn }) });
}

export function findPrimaryIndex({ selection }: TextEditor, ranges: readonly Range[]): number {
  return Math.max(
    0,
    ranges.findIndex((range) => range.isEqual(selection)),
  );
}

/** Where Insert Completion runs: the selections, or else the cursors that have text before them, in document order. */
export function getInsertRanges(editor: TextEditor, maxLength: number): Range[] | QuilletError {
  if (editor.selections.some(({ isEmpty }) => !isEmpty)) return getSelectionsOrError(editor);
  const ranges = editor.selections
    .map(({ active }) => new Range(active, active))
    .filter((range) => textBefore(editor, [range], maxLength).trim() !== '')
    .sort((left, right) => left.start.compareTo(right.start));
  return ranges.length === 0 ? new QuilletError('editor.selection') : ranges;
}

export function toCompletionRange(document: TextDocument, range: Range): Range {
  const anchor = findCompletionAnchor({ document, range });
  return new Range(anchor, anchor);
}
