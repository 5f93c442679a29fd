import { Range, type TextDocument, type TextEditor, window } from 'vscode';
import type { DestinationKind } from '../../core/destinationKind';
import { type QuilletError, toQuilletError } from '../../core/errors';
import { protectSensitiveFile, resolveDestination } from '../../destinations/resolveDestination';
import { requireSelections } from '../../editor/editorContext';
import { isCell } from '../../editor/notebookCells';
import { withoutUndefined } from '../../util/withoutUndefined';
import { textBefore } from './variableResolver';

/** Where an answer is written without being asked for once more: in the range, or on lines before and after it. */
export type WriteRegion = 'at' | 'around' | 'nowhere';

/** Where a destination of that kind writes. */
export function getWriteRegion(kind: DestinationKind): WriteRegion {
  if (kind === 'replace' || kind === 'insert') return 'at';
  return kind === 'before' || kind === 'after' ? 'around' : 'nowhere';
}

/** The selections, or why there are none to be had: not every prompt needs one. */
export function getSelectionsOrError(editor: TextEditor): Range[] | QuilletError {
  try {
    return requireSelections(editor);
  } catch (thrown) {
    return toQuilletError(thrown);
  }
}

/** Where the answer goes in this document, which may not take what was asked for. */
export function resolveDestinationIn(document: TextDocument, kind: DestinationKind): Promise<DestinationKind> {
  return protectSensitiveFile(document, resolveDestination(document, kind));
}

/** Brings the document back that a preview was shown over. */
export async function restoreEditor({ document, viewColumn }: TextEditor): Promise<void> {
  // A cell is shown by its notebook, which is there again when the preview is closed.
  if (document.isClosed || isCell(document)) return;
  await window.showTextDocument(document, { preview: false, ...withoutUndefined({ viewColumn }) });
}

/** The place that stands for a request about several: its first. */
export function firstRangeIn(editor: TextEditor): (ranges: readonly Range[]) => Range {
  return (ranges) => ranges[0] ?? editor.selection;
}

/** Which of the ranges is the primary selection; the first where that holds nothing. */
export function findPrimaryIndex({ selection }: TextEditor, ranges: readonly Range[]): number {
  return Math.max(
    0,
    ranges.findIndex((range) => range.isEqual(selection)),
  );
}

/** What Insert Completion would send, in document order: the selections, or where there are none the text before each caret. */
export function collectInsertPrompts(editor: TextEditor, maxLength: number): { range: Range; content: string }[] {
  const isSelecting = editor.selections.some(({ isEmpty }) => !isEmpty);
  const ranges = isSelecting
    ? requireSelections(editor)
    : editor.selections
        .map(({ active }) => new Range(active, active))
        .sort((left, right) => left.start.compareTo(right.start));
  return ranges
    .map((range) => ({
      range,
      content: range.isEmpty ? textBefore(editor, [range], maxLength) : editor.document.getText(range),
    }))
    .filter(({ content }) => content.trim() !== '');
}
