import { l10n, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { AnswerSink, ExecuteRun, SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../destinations/destination';
import { isDeletedCell } from '../editor/notebookCells';
import type { Notifier } from '../notifications/notifier';
import type { CommentThreads } from '../threads/commentThreads';
import type { ThreadView } from '../threads/threadView';
import type { ReviewActions, Reviews } from './pendingReviews';

export interface CellReviewParts {
  /** Makes the proposal, in a thread that a notebook does not draw. */
  readonly review: Destination;
  readonly threads: CommentThreads;
  readonly reviews: Reviews;
  readonly notifier: Notifier;
}

/**
 * Reviews in notebook cells, where threads are not drawn (vscode-facts 1): the diff editor takes the thread's place, with
 * Accept and Reject in its title, and what a thread would have kept is offered in a notification.
 */
export function createCellReviewDestination(parts: CellReviewParts): Destination {
  const { writes, several } = parts.review;
  return {
    writes,
    several,
    async start(calls) {
      await Promise.all(calls.map((call) => new CellReview(parts, call).run()));
    },
  };
}

/** One review: it waits for the answer, and shows the proposal where that disturbs nobody. */
class CellReview {
  private readonly version: number;
  /** The thread of this review, and not of another one in the same cell. */
  private view: ThreadView | undefined;
  private isReady = false;

  constructor(
    private readonly parts: CellReviewParts,
    private readonly call: DestinationCall,
  ) {
    this.version = call.target.document.version;
  }

  async run(): Promise<void> {
    let report: SinkReport = {};
    const execute: ExecuteRun = (plan, sink) => {
      const finish: AnswerSink['finish'] = async (result) => {
        report = this.complete(await sink.finish(result), result.text);
        return report;
      };
      return this.call.execute(plan, { ...sink, finish });
    };
    const { threads, review } = this.parts;
    const older = new Set(threads.all);
    const done = review.start([{ ...this.call, execute }]);
    this.view = threads.all.find((view) => !older.has(view));
    await done;
    this.isReady = report.error === undefined;
    if (this.isReady) await this.show();
    else if (report.choice === undefined) this.view?.close();
  }

  /** What a thread would have kept is offered, and what is chosen from it opens the diff. */
  private complete(report: SinkReport, answer: string): SinkReport {
    const { document } = this.call.target;
    const isGone = document.isClosed || isDeletedCell(document);
    const { choice, resume, ...rest } = report;
    // Without a thread there is nowhere to go on.
    const isShort = resume !== undefined;
    const problem = isGone ? 'doc.closed' : isShort ? 'finish.length' : undefined;
    const error = report.error ?? (problem === undefined ? undefined : new QuilletError(problem));
    if (error === undefined) return report;
    return {
      ...rest,
      error,
      unwritten: answer,
      ...(choice === undefined ? {} : { choice: { run: () => this.choose(choice), dispose: () => this.end() } }),
    };
  }

  private async choose(choice: NonNullable<SinkReport['choice']>): Promise<SinkReport> {
    const report = await choice.run();
    this.isReady = report.error === undefined;
    if (this.isReady) await this.actions?.openDiff();
    return report;
  }

  /** A thread that nobody can see is one that nobody could close. */
  private end(): void {
    if (!this.isReady) this.view?.close();
  }

  /** Whoever went on to something else is not torn from it. */
  private async show(): Promise<void> {
    const { plan, target } = this.call;
    const { document } = target;
    const isWaitedFor = window.activeTextEditor?.document === document && document.version === this.version;
    const run = async () => this.actions?.openDiff();
    if (isWaitedFor) await run();
    else
      this.parts.notifier.inform(l10n.t('{0}: the proposal is ready.', plan.title), {
        label: l10n.t('Open Diff'),
        run,
      });
  }

  private get actions(): ReviewActions | undefined {
    return this.parts.reviews.get(this.view);
  }
}
