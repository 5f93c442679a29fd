import {
  type Range,
  type TextDocument,
  type TextEditor,
  TextEditorRevealType,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { ErrorKind } from '../core/errors';
import type { TrackedTarget } from './trackedTarget';

/** How often an edit that the editor refused is tried again: a refusal means the document changed meanwhile. */
const MOST_TRIES = 4;

export interface UndoStops {
  readonly undoStopBefore: boolean;
  readonly undoStopAfter: boolean;
}

const WHOLE_STEP: UndoStops = { undoStopBefore: true, undoStopAfter: true };

/** An editor that shows the document now. Editors of hidden tabs reject every edit (vscode-facts 3). */
export function visibleEditor(document: TextDocument): TextEditor | undefined {
  return window.visibleTextEditors.find((editor) => editor.document === document);
}

/** Scrolls to a place that is out of sight; where it is in sight nothing moves. */
export function reveal(document: TextDocument, range: Range): void {
  visibleEditor(document)?.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/**
 * Replaces the target's text in one undo step, in whatever editor shows it, or in the background where none does.
 * Resolves to what went wrong, or undefined. Caret and scroll stay where they are.
 */
export async function replaceTarget(target: TrackedTarget, text: string): Promise<ErrorKind | undefined> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    if (target.lost !== undefined) return target.lost;
    const { range, document } = target;
    if (document.getText(range) === text) return undefined;
    const { version } = document;
    const isTaken = await applyEdit(document, range, text, WHOLE_STEP);
    // A read-only editor says yes and changes nothing (vscode-facts 3).
    if (isTaken) return document.version === version ? 'doc.readonly' : undefined;
  }
  return 'doc.applyfalse';
}

/** Appends at the target's end. Same results as {@link replaceTarget}. */
export async function appendToTarget(
  target: TrackedTarget,
  text: string,
  stops: UndoStops,
): Promise<ErrorKind | undefined> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    if (target.lost !== undefined) return target.lost;
    const { document, endOffset } = target;
    const end = document.positionAt(endOffset);
    target.expectOwnEdit(endOffset);
    const isTaken = await applyEdit(document, target.range.with(end, end), text, stops);
    const arrived = target.ownEditArrived();
    if (isTaken) return arrived ? undefined : 'doc.readonly';
  }
  return target.lost ?? 'doc.applyfalse';
}

/** One edit, by the editor where the document is visible. False when it was refused; never throws. */
async function applyEdit(document: TextDocument, range: Range, text: string, stops: UndoStops): Promise<boolean> {
  const editor = visibleEditor(document);
  if (editor === undefined) return applyInBackground(document, range, text);
  const before = editor.selections;
  try {
    // Replacing an empty range, unlike inserting, leaves a caret that stands there where it is.
    const isTaken = await editor.edit((builder) => builder.replace(range, text), stops);
    keepSelections(editor, before, range, text);
    return isTaken;
  } catch {
    // The tab was hidden between the look and the edit.
    return applyInBackground(document, range, text);
  }
}

async function applyInBackground(document: TextDocument, range: Range, text: string): Promise<boolean> {
  // Applying an edit to a closed document would open it again.
  if (document.isClosed) return false;
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, range, text);
  return workspace.applyEdit(edit);
}

/** Puts carets back that the edit carried along: they belong to the user, not to the answer. */
function keepSelections(editor: TextEditor, before: TextEditor['selections'], range: Range, text: string): void {
  if (text === '' || !range.isEmpty) return;
  const touches = before.some(
    (selection) => selection.start.isEqual(range.start) || selection.end.isEqual(range.start),
  );
  const isMoved = editor.selections.some((selection, index) => before[index]?.isEqual(selection) !== true);
  if (touches && isMoved && editor.selections.length === before.length) editor.selections = before;
}
