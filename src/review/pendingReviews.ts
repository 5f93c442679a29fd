import { Disposable, l10n, type Range, type TextDocument, type Uri, window } from 'vscode';
import { isCell } from '../editor/notebookCells';
import { setContext } from '../platform/commands';
import type { ThreadHandler } from '../threads/threadHandler';
import type { ThreadView } from '../threads/threadView';

export interface ReviewLocation {
  readonly uri: Uri;
  readonly document: TextDocument;
  readonly range: Range;
}

export interface PendingReview extends ThreadHandler {
  readonly location: ReviewLocation;
  accept(): Promise<void>;
  reject(): Promise<void>;
  acceptChange(): Promise<void>;
  rejectChange(): Promise<void>;
  openDiff(): Promise<void>;
  chooseBlock(): Promise<void>;
  expandThread(): void;
}

export class PendingReviews {
  private readonly byView = new Map<ThreadView, PendingReview>();
  private readonly replaceable = new WeakSet<ThreadView>();
  private cursorListener: Disposable | undefined;
  private isAtProposal = false;

  add(view: ThreadView, review: PendingReview): void {
    this.byView.set(view, review);
    this.cursorListener ??= Disposable.from(
      window.onDidChangeTextEditorSelection(() => this.updateCursorContext()),
      window.onDidChangeActiveTextEditor(() => this.updateCursorContext()),
    );
    this.updateContext();
  }

  get count(): number {
    return this.byView.size;
  }

  remove(view: ThreadView): void {
    this.byView.delete(view);
    if (this.byView.size === 0) {
      this.cursorListener?.dispose();
      this.cursorListener = undefined;
    }
    this.updateContext();
  }

  get(view: ThreadView | undefined): PendingReview | undefined {
    return view === undefined ? undefined : this.byView.get(view);
  }

  /** Asks whether new proposals may replace open ones for the same text, which close when a new one is ready. */
  async confirmReplacing(document: TextDocument, ranges: readonly Range[]): Promise<boolean> {
    const overlapping = ranges.flatMap((range) => this.findOverlapping(document, range));
    if (overlapping.length === 0) return true;
    const replace = l10n.t('Replace');
    const detail = l10n.t("The current proposal is discarded when the new one is ready. Your file doesn't change.");
    const question = l10n.t('These lines already have a proposal. Replace it?');
    if ((await window.showWarningMessage(question, { modal: true, detail }, replace)) !== replace) return false;
    for (const view of overlapping) this.replaceable.add(view);
    return true;
  }

  /** The proposals that the user agreed to replace by one for this text. */
  findReplaceable(document: TextDocument, range: Range): readonly ThreadView[] {
    return this.findOverlapping(document, range).filter((view) => this.replaceable.has(view));
  }

  /** First in the same file, then in the other files in the order of their first review, wrapping around. */
  findAdjacent(
    step: 1 | -1,
    location: { readonly uri: Uri; readonly offset: number } | undefined,
  ): PendingReview | undefined {
    const files = Map.groupBy(this.byView.values(), (review) => review.location.uri.toString());
    const ordered = [...files.values()].flatMap((reviews) =>
      reviews.sort((left, right) => startOffset(left) - startOffset(right)),
    );
    if (step === -1) ordered.reverse();
    const uri = location?.uri.toString();
    const inFile = ordered.filter((review) => review.location.uri.toString() === uri);
    const adjacent = inFile.find((review) => (startOffset(review) - (location?.offset ?? 0)) * step > 0);
    const last = inFile.at(-1);
    return adjacent ?? ordered[(last === undefined ? -1 : ordered.indexOf(last)) + 1] ?? ordered[0];
  }

  /** Threads with a proposal for some of the same text. */
  private findOverlapping(document: TextDocument, range: Range): readonly ThreadView[] {
    return [...this.byView.keys()].filter(
      (view) => view.hasProposal && view.isIn(document) && haveCommonText(view.anchor.range, range),
    );
  }

  updateContext(): void {
    setContext('quillet.hasReview', this.byView.size > 0);
    this.updateCursorContext();
  }

  private updateCursorContext(): void {
    const isAtProposal = this.hasProposalAtCursor();
    if (isAtProposal === this.isAtProposal) return;
    this.isAtProposal = isAtProposal;
    setContext('quillet.atProposal', isAtProposal);
  }

  private hasProposalAtCursor(): boolean {
    const editor = window.activeTextEditor;
    // Cells have no threads, and the keys mean something else in notebooks.
    if (editor === undefined || isCell(editor.document)) return false;
    const { document, selection } = editor;
    return [...this.byView.keys()].some((view) => view.isReady && view.includesLine(document, selection.active.line));
  }
}

function haveCommonText(range: Range, other: Range): boolean {
  const common = range.intersection(other);
  return common !== undefined && (!common.isEmpty || range.isEmpty || other.isEmpty);
}

function startOffset({ location }: PendingReview): number {
  return location.document.offsetAt(location.range.start);
}
