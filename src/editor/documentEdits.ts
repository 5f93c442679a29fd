import { type Range, type TextDocument, TextEditorRevealType, WorkspaceEdit, workspace } from 'vscode';
import { type ErrorKind, toQuilletError } from '../core/errors';
import { Queue } from '../util/queue';
import type { DocumentRange } from './documentRange';
import { requireWritable } from './editorContext';
import { findVisibleEditor, preserveScroll, preserveSelections, type RangeEdit } from './editorView';

// VS Code rejects an edit if the document changed after the edit was computed.
const MAX_ATTEMPTS = 4;

export interface UndoStops {
  readonly undoStopBefore: boolean;
  readonly undoStopAfter: boolean;
}

const SINGLE_UNDO_STEP: UndoStops = { undoStopBefore: true, undoStopAfter: true };

export interface Replacement {
  readonly target: DocumentRange;
  readonly text: string;
}

export function revealRange(document: TextDocument, range: Range): void {
  findVisibleEditor(document)?.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Replaces a range in one undo step without moving carets or scrolling. Resolves to the reason if it failed. */
export function replaceRange(target: DocumentRange, text: string): Promise<ErrorKind | undefined> {
  return replaceRanges([{ target, text }]);
}

/** Writes all replacements, given in document order, or none. */
export function replaceRanges(replacements: readonly Replacement[]): Promise<ErrorKind | undefined> {
  return enqueueEdit(replacements[0]?.target, () => tryToReplace(replacements));
}

async function tryToReplace(replacements: readonly Replacement[]): Promise<ErrorKind | undefined> {
  const targets = replacements.map(({ target }) => target);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const writeError = await findWriteError(targets);
    if (writeError !== undefined) return writeError;
    const document = targets[0]?.document;
    const edits = document === undefined ? [] : mergeEdits(document, replacements);
    if (document === undefined || edits.length === 0) return undefined;
    const { version } = document;
    const isApplied = await applyEdits(document, edits, SINGLE_UNDO_STEP);
    // A read-only editor resolves to true without changing anything (see docs/vscode-notes.md, "Edits that fail").
    if (isApplied) return document.version === version ? 'doc.readonly' : undefined;
  }
  return findDetachReason(targets) ?? 'doc.applyfalse';
}

export function appendToRange(target: DocumentRange, text: string, stops: UndoStops): Promise<ErrorKind | undefined> {
  return enqueueEdit(target, () => tryToAppend(target, text, stops));
}

const editQueues = new WeakMap<TextDocument, Queue>();

/** An editor rejects an edit that was created while another one was pending, so edits of a document wait in line. */
function enqueueEdit<T>(target: DocumentRange | undefined, applyEdit: () => Promise<T>): Promise<T> {
  if (target === undefined) return applyEdit();
  const { document } = target;
  const queue = editQueues.get(document) ?? new Queue();
  editQueues.set(document, queue);
  return queue.add(applyEdit);
}

async function tryToAppend(target: DocumentRange, text: string, stops: UndoStops): Promise<ErrorKind | undefined> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const writeError = await getWriteError(target);
    if (writeError !== undefined) return writeError;
    const { document, endOffset } = target;
    const end = document.positionAt(endOffset);
    target.expectOwnEdit(endOffset, text);
    const isApplied = await applyEdits(document, [{ range: target.range.with(end, end), text }], stops);
    const isConfirmed = target.confirmOwnEdit();
    if (isApplied) return isConfirmed ? undefined : 'doc.readonly';
  }
  return target.detachReason ?? 'doc.applyfalse';
}

function findDetachReason(targets: readonly DocumentRange[]): ErrorKind | undefined {
  return targets.find(({ detachReason }) => detachReason !== undefined)?.detachReason;
}

async function findWriteError(targets: readonly DocumentRange[]): Promise<ErrorKind | undefined> {
  for (const target of targets) {
    const writeError = await getWriteError(target);
    if (writeError !== undefined) return writeError;
  }
  // An earlier range may have been detached while waiting for a later one.
  return findDetachReason(targets);
}

/** Waits until the target is idle. Undefined if it can be written to. */
export async function getWriteError(target: DocumentRange): Promise<ErrorKind | undefined> {
  await target.whenIdle();
  if (target.detachReason !== undefined || findVisibleEditor(target.document) !== undefined) return target.detachReason;
  try {
    // A WorkspaceEdit changes read-only documents too, so check first.
    await requireWritable(target.document);
    return target.detachReason;
  } catch (refused) {
    return toQuilletError(refused).kind;
  }
}

// Editors reject overlapping edits and don't define the order of two edits at the same position, so merge those.
function mergeEdits(document: TextDocument, replacements: readonly Replacement[]): RangeEdit[] {
  const edits: RangeEdit[] = [];
  for (const { target, text } of replacements) {
    const { range } = target;
    const sameIndex = edits.findIndex((edit) => edit.range.isEmpty && edit.range.isEqual(range));
    if (sameIndex === -1) edits.push({ range, text });
    else edits[sameIndex] = { range, text: `${edits[sameIndex]?.text ?? ''}${text}` };
  }
  return edits.filter(({ range, text }) => document.getText(range) !== text);
}

/** Resolves to false if VS Code rejects the edits. */
export async function applyEdits(
  document: TextDocument,
  edits: readonly RangeEdit[],
  stops: UndoStops = SINGLE_UNDO_STEP,
): Promise<boolean> {
  const editor = findVisibleEditor(document);
  if (editor === undefined) return applyInBackground(document, edits);
  const restoreSelections = preserveSelections(document, edits);
  const restoreScroll = preserveScroll(document, edits);
  let isApplied: boolean;
  try {
    isApplied = await editor.edit((builder) => {
      for (const { range, text } of edits) builder.replace(range, text);
    }, stops);
  } catch {
    // The tab was hidden in the meantime. The next attempt checks again whether the document is writable.
    return false;
  }
  if (!isApplied) return false;
  restoreSelections();
  await restoreScroll();
  return true;
}

async function applyInBackground(document: TextDocument, edits: readonly RangeEdit[]): Promise<boolean> {
  // Applying an edit to a closed document would reopen it.
  if (document.isClosed) return false;
  const edit = new WorkspaceEdit();
  for (const { range, text } of edits) edit.replace(document.uri, range, text);
  try {
    return await workspace.applyEdit(edit);
  } catch {
    return false;
  }
}
