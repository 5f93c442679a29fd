import { l10n, Selection, TextEditorRevealType, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommandTable } from '../platform/commands';
import type { ThreadFinder } from '../threads/threadFinder';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PendingReview, PendingReviews, ReviewLocation } from './pendingReviews';
import type { ProposalDocuments } from './proposalDocuments';

export interface ReviewCommandsServices {
  readonly finder: ThreadFinder;
  readonly reviews: PendingReviews;
  readonly proposals: ProposalDocuments;
}

export function reviewCommands({ finder, reviews, proposals }: ReviewCommandsServices) {
  const findReview = (argument: unknown): PendingReview => {
    const actions = reviews.get(finder.tryFind(argument, ({ kind }) => kind === 'review'));
    if (actions === undefined) throw new QuilletError('review.none');
    return actions;
  };
  return {
    'quillet.accept': (argument) => findReview(argument).accept(),
    'quillet.reject': (argument) => findReview(argument).reject(),
    'quillet.acceptInThread': (argument) => findReview(argument).accept(),
    'quillet.rejectInThread': (argument) => findReview(argument).reject(),
    'quillet.openDiff': (argument) => findReview(argument).openDiff(),
    'quillet.acceptChange': (argument) => findReview(argument).acceptChange(),
    'quillet.rejectChange': (argument) => findReview(argument).rejectChange(),
    'quillet.chooseBlock': (argument) => findReview(argument).chooseBlock(),
    'quillet.nextReview': () => revealAdjacent(1, reviews, proposals),
    'quillet.previousReview': () => revealAdjacent(-1, reviews, proposals),
  } satisfies Partial<CommandTable>;
}

async function revealAdjacent(step: 1 | -1, reviews: PendingReviews, proposals: ProposalDocuments): Promise<void> {
  let location = reviews.get(proposals.activeView)?.location ?? getCaretLocation();
  for (let tries = reviews.count; tries > 0; tries -= 1) {
    const from = location && { uri: location.uri, offset: location.document.offsetAt(location.range.start) };
    const next = reviews.findAdjacent(step, from);
    if (next === undefined) break;
    if (await ensureOpen(next.location)) return revealReview(next);
    location = next.location;
  }
  throw new QuilletError('review.none');
}

function getCaretLocation(): ReviewLocation | undefined {
  const editor = window.activeTextEditor;
  return editor && { uri: editor.document.uri, document: editor.document, range: editor.selection };
}

async function ensureOpen({ uri, document }: ReviewLocation): Promise<boolean> {
  if (!document.isClosed) return true;
  // VS Code would create a new untitled document with that name.
  if (document.isUntitled) return false;
  try {
    await workspace.openTextDocument(uri);
    return true;
  } catch {
    return false;
  }
}

async function revealReview(review: PendingReview): Promise<void> {
  const { document, range } = review.location;
  const column = window.visibleTextEditors.find((visibleEditor) => visibleEditor.document === document)?.viewColumn;
  const selection = new Selection(range.start, range.start);
  const editor = await window.showTextDocument(document, {
    selection,
    preview: false,
    ...withoutUndefined({ viewColumn: column }),
  });
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  review.expandThread();
  window.setStatusBarMessage(l10n.t('Quillet: Proposal at line {0}', String(range.start.line + 1)), 3000);
}
