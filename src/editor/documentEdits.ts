import { type Range, type TextDocument, TextEditorRevealType, WorkspaceEdit, workspace } from 'vscode';
import { type ErrorKind, toQuilletError } from '../core/errors';
import type { TrackedTarget } from './documentRange';
import { requireWritable } from './editorContext';
import { keepCarets, keepView, type PlacedText, visibleEditor } from './editorView';

/** How often an edit that the editor refused is tried again: a refusal means the document changed meanwhile. */
const MOST_TRIES = 4;

export interface UndoStops {
  readonly undoStopBefore: boolean;
  readonly undoStopAfter: boolean;
}

const WHOLE_STEP: UndoStops = { undoStopBefore: true, undoStopAfter: true };

/** A text that takes the place of what a target holds. */
export interface Replacement {
  readonly target: TrackedTarget;
  readonly text: string;
}

/** Scrolls to a place that is out of sight; where it is in sight nothing moves. */
export function reveal(document: TextDocument, range: Range): void {
  visibleEditor(document)?.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

/**
 * Replaces the target's text in one undo step, in whatever editor shows it, or in the background where none does.
 * Resolves to what went wrong, or undefined. Caret and scroll stay where they are.
 */
export function replaceTarget(target: TrackedTarget, text: string): Promise<ErrorKind | undefined> {
  return replaceTargets([{ target, text }]);
}

/**
 * {@link replaceTarget} for several places of one document, in document order: one edit writes all of them, or none.
 * What goes to the same empty place is written there in that order.
 */
export function replaceTargets(replacements: readonly Replacement[]): Promise<ErrorKind | undefined> {
  return inTurn(replacements[0]?.target, () => tryToReplace(replacements));
}

async function tryToReplace(replacements: readonly Replacement[]): Promise<ErrorKind | undefined> {
  const targets = replacements.map(({ target }) => target);
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    const problem = await firstProblem(targets);
    if (problem !== undefined) return problem;
    const document = targets[0]?.document;
    const edits = document === undefined ? [] : changedTexts(document, replacements);
    if (document === undefined || edits.length === 0) return undefined;
    const { version } = document;
    const isTaken = await applyEdits(document, edits, WHOLE_STEP);
    // A read-only editor says yes and changes nothing (vscode-facts 3).
    if (isTaken) return document.version === version ? 'doc.readonly' : undefined;
  }
  return lostReason(targets) ?? 'doc.applyfalse';
}

/** Appends at the target's end. Same results as {@link replaceTarget}. */
export function appendToTarget(target: TrackedTarget, text: string, stops: UndoStops): Promise<ErrorKind | undefined> {
  return inTurn(target, () => tryToAppend(target, text, stops));
}

/** The last edit of ours to each document that is not done yet. */
const lastEdits = new WeakMap<TextDocument, Promise<unknown>>();

/**
 * Edits of ours to one document wait for each other: an editor refuses one that was made while another was on its way, and
 * of many answers that arrive at once the last would be refused for ever (Q02).
 */
function inTurn<T>(target: TrackedTarget | undefined, edit: () => Promise<T>): Promise<T> {
  if (target === undefined) return edit();
  const { document } = target;
  const done = lastEdits.get(document)?.then(edit) ?? edit();
  // How it went is for whoever asked for it.
  const over: Promise<unknown> = done
    .catch(() => undefined)
    .then(() => {
      if (lastEdits.get(document) === over) lastEdits.delete(document);
    });
  lastEdits.set(document, over);
  return done;
}

async function tryToAppend(target: TrackedTarget, text: string, stops: UndoStops): Promise<ErrorKind | undefined> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    const problem = await problemOf(target);
    if (problem !== undefined) return problem;
    const { document, endOffset } = target;
    const end = document.positionAt(endOffset);
    target.expectOwnEdit(endOffset, text);
    const isTaken = await applyEdits(document, [{ range: target.range.with(end, end), text }], stops);
    const arrived = target.ownEditArrived();
    if (isTaken) return arrived ? undefined : 'doc.readonly';
  }
  return target.lost ?? 'doc.applyfalse';
}

function lostReason(targets: readonly TrackedTarget[]): ErrorKind | undefined {
  return targets.find(({ lost }) => lost !== undefined)?.lost;
}

async function firstProblem(targets: readonly TrackedTarget[]): Promise<ErrorKind | undefined> {
  for (const target of targets) {
    const problem = await problemOf(target);
    if (problem !== undefined) return problem;
  }
  // While the later ones were waited for, an earlier one may have been lost.
  return lostReason(targets);
}

/** Why nothing can be written to the target now. */
async function problemOf(target: TrackedTarget): Promise<ErrorKind | undefined> {
  await target.settled();
  if (target.lost !== undefined || visibleEditor(target.document) !== undefined) return target.lost;
  try {
    // An edit in the background changes a read-only document too (vscode-facts 3).
    await requireWritable(target.document);
    return target.lost;
  } catch (refused) {
    return toQuilletError(refused).kind;
  }
}

/** Editors refuse overlapping edits, and leave open in which order two at one place are made: those become one. */
function changedTexts(document: TextDocument, replacements: readonly Replacement[]): PlacedText[] {
  const edits: PlacedText[] = [];
  for (const { target, text } of replacements) {
    const { range } = target;
    const same = edits.findIndex((edit) => edit.range.isEmpty && edit.range.isEqual(range));
    if (same === -1) edits.push({ range, text });
    else edits[same] = { range, text: `${edits[same]?.text ?? ''}${text}` };
  }
  return edits.filter(({ range, text }) => document.getText(range) !== text);
}

/** Several edits as one, by the editor where the document is visible. False when it was refused; never throws. */
export async function applyEdits(
  document: TextDocument,
  edits: readonly PlacedText[],
  stops: UndoStops = WHOLE_STEP,
): Promise<boolean> {
  const editor = visibleEditor(document);
  if (editor === undefined) return applyInBackground(document, edits);
  const restoreCarets = keepCarets(document, edits);
  const restoreView = keepView(document, edits);
  let isTaken: boolean;
  try {
    isTaken = await editor.edit((builder) => {
      for (const { range, text } of edits) builder.replace(range, text);
    }, stops);
  } catch {
    // The tab was hidden between the look and the edit: another look has to tell whether it may be written to.
    return false;
  }
  if (!isTaken) return false;
  restoreCarets();
  await restoreView();
  return true;
}

async function applyInBackground(document: TextDocument, edits: readonly PlacedText[]): Promise<boolean> {
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
