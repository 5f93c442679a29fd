import { setContext } from './commands';
import type { ThreadActions, ThreadView } from './commentThreads';

/** What users do with a proposal. */
export interface ReviewActions extends ThreadActions {
  accept(): Promise<void>;
  reject(): void;
  openDiff(): Promise<void>;
}

/** The proposals that wait for an answer, by their thread. */
export class Reviews {
  private readonly byView = new Map<ThreadView, ReviewActions>();

  add(view: ThreadView, actions: ReviewActions): void {
    this.byView.set(view, actions);
    this.changed();
  }

  remove(view: ThreadView): void {
    this.byView.delete(view);
    this.changed();
  }

  get(view: ThreadView | undefined): ReviewActions | undefined {
    return view === undefined ? undefined : this.byView.get(view);
  }

  /** Tells the palette whether there is anything to accept. */
  changed(): void {
    setContext('quillet.hasReview', this.byView.size > 0);
  }
}
