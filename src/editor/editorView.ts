import {
  commands,
  EndOfLine,
  type Position,
  type Range,
  Selection,
  type TextDocument,
  type TextEditor,
  type TextEditorSelectionChangeEvent,
  TextEditorSelectionChangeKind,
  window,
} from 'vscode';
import { withoutUndefined } from '../util/withoutUndefined';
import {
  adjustSelection,
  type InsertedText,
  isExplainedByInsertions,
  type OffsetRange,
} from './common/selectionAdjustment';
import { isCell } from './notebookCells';

export interface RangeEdit {
  readonly range: Range;
  readonly text: string;
}

/** Editors of hidden tabs reject every edit, so look the editor up before each one. */
export function findVisibleEditor(document: TextDocument): TextEditor | undefined {
  return window.visibleTextEditors.find((editor) => editor.document === document);
}

function findEditor(document: TextDocument): TextEditor | undefined {
  const active = window.activeTextEditor;
  return active?.document === document ? active : findVisibleEditor(document);
}

/** Moves the focus from a button into the document's editor, and the cursor to the position if there is one. */
export async function focusEditor(document: TextDocument, cursor?: Position): Promise<void> {
  const editor = findEditor(document);
  // Closing the diff of a notebook cell returns the focus to the notebook.
  if (editor === undefined || isCell(document)) return;
  const { viewColumn } = editor;
  const selection = cursor && new Selection(cursor, cursor);
  await window.showTextDocument(document, withoutUndefined({ viewColumn, selection }));
}

/** Moves cursors that are in front of inserted texts to their ends. Other cursors and selections stay. */
export function moveCursorsToEnd(document: TextDocument, insertions: readonly Range[]): void {
  const editor = findEditor(document);
  if (editor === undefined) return;
  const { selections, visibleRanges } = editor;
  const findInsertion = ({ isEmpty, active }: Selection) =>
    isEmpty ? insertions.find(({ start }) => start.isEqual(active)) : undefined;
  const [insertion] = selections.flatMap((selection) => findInsertion(selection) ?? []);
  if (insertion === undefined) return;
  editor.selections = selections.map((selection) => {
    const { end } = findInsertion(selection) ?? {};
    return end === undefined ? selection : new Selection(end, end);
  });
  const isWatching = visibleRanges.some((range) => range.contains(insertion.start));
  if (isWatching) editor.revealRange(insertion.with(insertion.end));
}

export function isUserSelectionChange({ kind }: TextEditorSelectionChangeEvent): boolean {
  return kind === TextEditorSelectionChangeKind.Keyboard || kind === TextEditorSelectionChangeKind.Mouse;
}

export function isAboveViewport(document: TextDocument, { line }: Position): boolean {
  const editor = window.activeTextEditor;
  return editor?.document === document && line < (editor.visibleRanges[0]?.start.line ?? 0);
}

export function preserveScroll(document: TextDocument, edits: readonly RangeEdit[]): () => Promise<void> {
  const lines = edits
    .filter(({ range }) => isAboveViewport(document, range.end))
    .reduce((sum, { range, text }) => sum + text.split('\n').length - 1 - (range.end.line - range.start.line), 0);
  return async () => {
    if (lines === 0) return;
    const to = lines > 0 ? 'down' : 'up';
    await commands.executeCommand('editorScroll', { to, by: 'line', value: Math.abs(lines), revealCursor: false });
  };
}

/** Returns a function that restores carets and selections that insertions moved, unless the user changed them. */
export function preserveSelections(document: TextDocument, edits: readonly RangeEdit[]): () => void {
  if (edits.some(({ range }) => !range.isEmpty)) return () => undefined;
  const lineEnd = document.eol === EndOfLine.CRLF ? '\r\n' : '\n';
  const insertions = edits.map(({ range, text }) => ({
    offset: document.offsetAt(range.start),
    length: text.replaceAll(/\r\n|\r|\n/g, lineEnd).length,
  }));
  const saved = window.visibleTextEditors
    .filter((editor) => editor.document === document && hasSelectionAt(editor, edits))
    .map((editor) => ({ editor, before: toOffsetRanges(editor) }));
  return () => {
    for (const { editor, before } of saved) restoreSelections(editor, before, insertions);
  };
}

function hasSelectionAt({ selections }: TextEditor, edits: readonly RangeEdit[]): boolean {
  return selections.some(({ start, end }) =>
    edits.some(({ range }) => range.start.isEqual(start) || range.start.isEqual(end)),
  );
}

function toOffsetRanges({ document, selections }: TextEditor): OffsetRange[] {
  return selections.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
}

function restoreSelections(
  editor: TextEditor,
  before: readonly OffsetRange[],
  insertions: readonly InsertedText[],
): void {
  const { document } = editor;
  const now = toOffsetRanges(editor);
  const isExplained = now.every((range, index) => {
    const previous = before[index];
    return previous !== undefined && isExplainedByInsertions(previous, range, insertions);
  });
  if (!isExplained || now.length !== before.length) return;
  const adjusted = before.map((range) => adjustSelection(range, insertions));
  if (adjusted.every((range, index) => range.start === now[index]?.start && range.end === now[index]?.end)) return;
  editor.selections = editor.selections.map((selection, index) => {
    const { start, end } = adjusted[index] ?? { start: 0, end: 0 };
    const [first, last] = [document.positionAt(start), document.positionAt(end)];
    return selection.isReversed ? new Selection(last, first) : new Selection(first, last);
  });
  yieldToUserSelection(editor);
}

// If the user moves the caret while it is being restored, the user's position wins.
function yieldToUserSelection(editor: TextEditor): void {
  let userSelections: TextEditor['selections'] | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    subscription.dispose();
  };
  const timer = setTimeout(stop, 1000);
  const subscription = window.onDidChangeTextEditorSelection((event) => {
    if (event.textEditor !== editor) return;
    if (isUserSelectionChange(event)) {
      userSelections = event.selections;
      return;
    }
    // This is the restored selection, which arrived after the user's.
    stop();
    if (userSelections !== undefined) editor.selections = userSelections;
  });
}
