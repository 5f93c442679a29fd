import {
  Position,
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
  let isTaken: boolean;
  try {
    // Replacing an empty range, unlike inserting, leaves a caret that stands there where it is.
    isTaken = await editor.edit((builder) => builder.replace(range, text), stops);
  } catch {
    // The tab was hidden between the look and the edit.
    return applyInBackground(document, range, text);
  }
  if (isTaken && text !== '' && range.isEmpty) keepSelections(editor, before, range, text);
  return isTaken;
}

async function applyInBackground(document: TextDocument, range: Range, text: string): Promise<boolean> {
  // Applying an edit to a closed document would open it again.
  if (document.isClosed) return false;
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, range, text);
  return workspace.applyEdit(edit);
}

/**
 * Puts carets back that the edit carried along: they belong to the user, not to the answer. A caret that stands anywhere
 * else was moved by the user meanwhile, and stays there.
 */
function keepSelections(editor: TextEditor, before: TextEditor['selections'], { start }: Range, text: string): void {
  const lines = text.split('\n');
  const lastLine = lines.at(-1) ?? '';
  const end = new Position(start.line + lines.length - 1, lastLine.length + (lines.length === 1 ? start.character : 0));
  const isCarried = (old: Position, now: Position): boolean => old.isEqual(start) && now.isEqual(end);
  const isOurs = (old: Position, now: Position): boolean => now.isEqual(old) || isCarried(old, now);
  const pairs = editor.selections.map((now, index) => ({ now, old: before[index] ?? now }));
  const isMoved = pairs.some(({ now, old }) => isCarried(old.start, now.start) || isCarried(old.end, now.end));
  const isOnlyOurs = pairs.every(({ now, old }) => isOurs(old.start, now.start) && isOurs(old.end, now.end));
  if (isMoved && isOnlyOurs && pairs.length === before.length) editor.selections = before;
}
