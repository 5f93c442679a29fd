import type { Range, TextDocument, Uri } from 'vscode';
import { setContext } from '../platform/commands';
import type { ThreadHandler, ThreadView } from '../threads/threadView';

/** Where a text stands. */
export interface ReviewPlace {
  /** The file's address now; the document may be closed, and older than that. */
  readonly uri: Uri;
  readonly document: TextDocument;
  readonly range: Range;
}

/** What users do with a proposal. */
export interface ReviewActions extends ThreadHandler {
  readonly place: ReviewPlace;
  accept(): Promise<void>;
  reject(): void;
  acceptChange(): Promise<void>;
  rejectChange(): Promise<void>;
  openDiff(): Promise<void>;
  /** Asks which of several blocks of the answer is the proposal. */
  chooseBlock(): Promise<void>;
  /** Unfolds the thread, where the user folded it away. */
  unfold(): void;
}

/** The proposals that wait for an answer, by their thread. */
export class Reviews {
  private readonly byView = new Map<ThreadView, ReviewActions>();

  add(view: ThreadView, actions: ReviewActions): void {
    this.byView.set(view, actions);
    this.changed();
  }

  get count(): number {
    return this.byView.size;
  }

  remove(view: ThreadView): void {
    this.byView.delete(view);
    this.changed();
  }

  get(view: ThreadView | undefined): ReviewActions | undefined {
    return view === undefined ? undefined : this.byView.get(view);
  }

  /**
   * The review behind this place: down the file, then through the other files in the order in which they were asked
   * about, and from the last one to the first.
   */
  after(place: { readonly uri: Uri; readonly offset: number } | undefined): ReviewActions | undefined {
    const files = new Map<string, ReviewActions[]>();
    for (const review of this.byView.values()) {
      const file = review.place.uri.toString();
      files.set(file, [...(files.get(file) ?? []), review]);
    }
    const all = [...files.values()].flatMap((reviews) => reviews.sort((left, right) => startOf(left) - startOf(right)));
    const uri = place?.uri.toString();
    const ofFile = all.filter((review) => review.place.uri.toString() === uri);
    const next = ofFile.find((review) => startOf(review) > (place?.offset ?? -1));
    const last = ofFile.at(-1);
    return next ?? all[(last === undefined ? -1 : all.indexOf(last)) + 1] ?? all[0];
  }

  /** Tells the palette whether there is anything to accept. */
  changed(): void {
    setContext('quillet.hasReview', this.byView.size > 0);
  }
}

function startOf({ place }: ReviewActions): number {
  return place.document.offsetAt(place.range.start);
}
