import { type Range, type TextDocument, TextEditorRevealType, WorkspaceEdit, workspace } from 'vscode';
import { type ErrorKind, toQuilletError } from '../core/errors';
import type { DocumentRange } from './documentRange';
import { requireWritable } from './editorContext';
import { findVisibleEditor, preserveScroll, preserveSelections, type RangeEdit } from './editorView';

/** How often an edit that the editor refused is tried again: a refusal means the document changed meanwhile. */
const MAX_ATTEMPTS = 4;

export interface UndoStops {
  readonly undoStopBefore: boolean;
  readonly undoStopAfter: boolean;
}

const SINGLE_UNDO_STEP: UndoStops = { undoStopBefore: true, undoStopAfter: true };

/** A text that takes the place of what a target holds. */
export interface Replacement {
  readonly target: DocumentRange;
  readonly text: string;
}

/** Scrolls to a place that is out of sight; where it is in sight nothing moves. */
export function revealRange(document: TextDocument, range: Range): void {
  findVisibleEditor(document)?.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/**
 * Replaces the target's text in one undo step, in whatever editor shows it, or in the background where none does.
 * Resolves to what went wrong, or undefined. Caret and scroll stay where they are.
 */
export function replaceRange(target: DocumentRange, text: string): Promise<ErrorKind | undefined> {
  return replaceRanges([{ target, text }]);
}

/**
 * {@link replaceRange} for several places of one document, in document order: one edit writes all of them, or none.
 * What goes to the same empty place is written there in that order.
 */
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
    // A read-only editor says yes and changes nothing (vscode-facts 3).
    if (isApplied) return document.version === version ? 'doc.readonly' : undefined;
  }
  return findDetachReason(targets) ?? 'doc.applyfalse';
}

/** Appends at the target's end. Same results as {@link replaceRange}. */
export function appendToRange(target: DocumentRange, text: string, stops: UndoStops): Promise<ErrorKind | undefined> {
  return enqueueEdit(target, () => tryToAppend(target, text, stops));
}

/** The last edit of ours to each document that is not done yet. */
const pendingEdits = new WeakMap<TextDocument, Promise<unknown>>();

/**
 * Edits of ours to one document wait for each other: an editor refuses one that was made while another was on its way, and
 * of many answers that arrive at once the last would be refused for ever (Q02).
 */
function enqueueEdit<T>(target: DocumentRange | undefined, applyEdit: () => Promise<T>): Promise<T> {
  if (target === undefined) return applyEdit();
  const { document } = target;
  const result = pendingEdits.get(document)?.then(applyEdit) ?? applyEdit();
  // How it went is for whoever asked for it.
  const settled: Promise<unknown> = result
    .catch(() => undefined)
    .then(() => {
      if (pendingEdits.get(document) === settled) pendingEdits.delete(document);
    });
  pendingEdits.set(document, settled);
  return result;
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
  // While the later ones were waited for, an earlier one may have been lost.
  return findDetachReason(targets);
}

/** Why nothing can be written to the target now. */
async function getWriteError(target: DocumentRange): Promise<ErrorKind | undefined> {
  await target.whenIdle();
  if (target.detachReason !== undefined || findVisibleEditor(target.document) !== undefined) return target.detachReason;
  try {
    // An edit in the background changes a read-only document too (vscode-facts 3).
    await requireWritable(target.document);
    return target.detachReason;
  } catch (refused) {
    return toQuilletError(refused).kind;
  }
}

/** Editors refuse overlapping edits, and leave open in which order two at one place are made: those become one. */
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

/** Several edits as one, by the editor where the document is visible. False when it was refused; never throws. */
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
    // The tab was hidden between the look and the edit: another look has to tell whether it may be written to.
    return false;
  }
  if (!isApplied) return false;
  restoreSelections();
  await restoreScroll();
  return true;
}

async function applyInBackground(document: TextDocument, edits: readonly RangeEdit[]): Promise<boolean> {
  // Applying an edit to a closed document would open it again.
  if (document.isClosed) return false;
  const edit = new WorkspaceEdit();
  for (const { range, text } of edits) edit.replace(document.uri, range, text);
  try {
    return await workspace.applyEdit(edit);
  } catch {
    return false;
  }
}
