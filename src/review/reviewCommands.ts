import { l10n, Selection, TextEditorRevealType, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommandTable } from '../platform/commands';
import type { ThreadFinder } from '../threads/threadFinder';
import type { ReviewActions, ReviewPlace, Reviews } from './pendingReviews';
import type { ProposalDocuments } from './proposalDocuments';

export interface ReviewCommandsParts {
  readonly finder: ThreadFinder;
  readonly reviews: Reviews;
  readonly proposals: ProposalDocuments;
}

/** What users do with a proposal, by its buttons or, for the review nearest to the caret, by palette and keyboard. */
export function reviewCommands({
  finder,
  reviews,
  proposals,
}: ReviewCommandsParts): CommandTable<
  | 'quillet.accept'
  | 'quillet.reject'
  | 'quillet.openDiff'
  | 'quillet.acceptChange'
  | 'quillet.rejectChange'
  | 'quillet.chooseBlock'
  | 'quillet.nextReview'
> {
  const review = (argument: unknown): ReviewActions => {
    const actions = reviews.get(finder.tryFind(argument, 'review'));
    if (actions === undefined) throw new QuilletError('review.none');
    return actions;
  };
  return {
    'quillet.accept': (argument) => review(argument).accept(),
    'quillet.reject': (argument) => review(argument).reject(),
    'quillet.openDiff': (argument) => review(argument).openDiff(),
    'quillet.acceptChange': (argument) => review(argument).acceptChange(),
    'quillet.rejectChange': (argument) => review(argument).rejectChange(),
    'quillet.chooseBlock': (argument) => review(argument).chooseBlock(),
    'quillet.nextReview': () => goToNext(reviews, proposals),
  };
}

/** Behind the caret, or behind the review whose diff is in front. Those whose file cannot be opened are passed over. */
async function goToNext(reviews: Reviews, proposals: ProposalDocuments): Promise<void> {
  let from = reviews.get(proposals.activeView)?.place ?? placeOfCaret();
  for (let tries = reviews.count; tries > 0; tries -= 1) {
    const next = reviews.after(from && { uri: from.uri, offset: from.document.offsetAt(from.range.start) });
    if (next === undefined) break;
    if (await isOpen(next.place)) return goTo(next);
    from = next.place;
  }
  throw new QuilletError('review.none');
}

function placeOfCaret(): ReviewPlace | undefined {
  const editor = window.activeTextEditor;
  return editor && { uri: editor.document.uri, document: editor.document, range: editor.selection };
}

/** Opens the file again where it was closed. False where it is gone. */
async function isOpen({ uri, document }: ReviewPlace): Promise<boolean> {
  if (!document.isClosed) return true;
  // VS Code would make a new untitled document of that name.
  if (document.isUntitled) return false;
  try {
    await workspace.openTextDocument(uri);
    return true;
  } catch {
    return false;
  }
}

async function goTo(review: ReviewActions): Promise<void> {
  const { document, range } = review.place;
  const column = window.visibleTextEditors.find((one) => one.document === document)?.viewColumn;
  const selection = new Selection(range.start, range.start);
  const editor = await window.showTextDocument(document, {
    selection,
    preview: false,
    ...(column === undefined ? {} : { viewColumn: column }),
  });
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  review.unfold();
  window.setStatusBarMessage(l10n.t('Quillet: proposal at line {0}', String(range.start.line + 1)), 3000);
}
