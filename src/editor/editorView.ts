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
import { type InsertedText, isCarried, type OffsetPair, selectionBehind } from './common/selectionAdjustment';

/** A text that takes the place of what stands in a range. */
export interface PlacedText {
  readonly range: Range;
  readonly text: string;
}

/** An editor that shows the document now. Editors of hidden tabs reject every edit (vscode-facts 3). */
export function visibleEditor(document: TextDocument): TextEditor | undefined {
  return window.visibleTextEditors.find((editor) => editor.document === document);
}

/** Whether the caret was moved by key or mouse, and not by an edit or an extension. */
export function isByUser({ kind }: TextEditorSelectionChangeEvent): boolean {
  return kind === TextEditorSelectionChangeKind.Keyboard || kind === TextEditorSelectionChangeKind.Mouse;
}

/** Whether the focused editor shows only what is behind a place, so that lines that come in there move what is seen. */
export function isAboveView(document: TextDocument, { line }: Position): boolean {
  const editor = window.activeTextEditor;
  return editor?.document === document && line < (editor.visibleRanges[0]?.start.line ?? 0);
}

/** Notes which lines will come or go above the view; what it gives back moves the view back by them. */
export function keepView(document: TextDocument, edits: readonly PlacedText[]): () => Promise<void> {
  const lines = edits
    .filter(({ range }) => isAboveView(document, range.end))
    .reduce((sum, { range, text }) => sum + text.split('\n').length - 1 - (range.end.line - range.start.line), 0);
  return async () => {
    if (lines === 0) return;
    const to = lines > 0 ? 'down' : 'up';
    await commands.executeCommand('editorScroll', { to, by: 'line', value: Math.abs(lines), revealCursor: false });
  };
}

/**
 * Notes what insertions may carry along, in every editor that shows the document; what it gives back puts those carets
 * back: they belong to the user, not to the answer. A caret that the user moved meanwhile stays where it was moved to.
 */
export function keepCarets(document: TextDocument, edits: readonly PlacedText[]): () => void {
  if (edits.some(({ range }) => !range.isEmpty)) return () => undefined;
  const lineEnd = document.eol === EndOfLine.CRLF ? '\r\n' : '\n';
  const inserted = edits.map(({ range, text }) => ({
    offset: document.offsetAt(range.start),
    length: text.replaceAll(/\r\n|\r|\n/g, lineEnd).length,
  }));
  const kept = window.visibleTextEditors
    .filter((editor) => editor.document === document && isTouched(editor, edits))
    .map((editor) => ({ editor, before: offsetsOf(editor) }));
  return () => {
    for (const { editor, before } of kept) restore(editor, before, inserted);
  };
}

function isTouched({ selections }: TextEditor, edits: readonly PlacedText[]): boolean {
  return selections.some(({ start, end }) =>
    edits.some(({ range }) => range.start.isEqual(start) || range.start.isEqual(end)),
  );
}

function offsetsOf({ document, selections }: TextEditor): OffsetPair[] {
  return selections.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
}

function restore(editor: TextEditor, before: readonly OffsetPair[], inserted: readonly InsertedText[]): void {
  const { document } = editor;
  const now = offsetsOf(editor);
  const isOurs = now.every((pair, index) => {
    const old = before[index];
    return old !== undefined && isCarried(old, pair, inserted);
  });
  if (!isOurs || now.length !== before.length) return;
  const wanted = before.map((pair) => selectionBehind(pair, inserted));
  if (wanted.every((pair, index) => pair.start === now[index]?.start && pair.end === now[index]?.end)) return;
  editor.selections = editor.selections.map((selection, index) => {
    const { start, end } = wanted[index] ?? { start: 0, end: 0 };
    const [first, last] = [document.positionAt(start), document.positionAt(end)];
    return selection.isReversed ? new Selection(last, first) : new Selection(first, last);
  });
  respectUser(editor);
}

/** A caret that the user moves in the very moment in which it is put back goes where the user wants it. */
function respectUser(editor: TextEditor): void {
  let byUser: TextEditor['selections'] | undefined;
  const end = (): void => {
    clearTimeout(timer);
    subscription.dispose();
  };
  const timer = setTimeout(end, 1000);
  const subscription = window.onDidChangeTextEditorSelection((event) => {
    if (event.textEditor !== editor) return;
    if (isByUser(event)) {
      byUser = event.selections;
      return;
    }
    // This is our own selection, which arrived behind the user's.
    end();
    if (byUser !== undefined) editor.selections = byUser;
  });
}
