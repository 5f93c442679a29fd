import { l10n, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { AnswerSink, ExecuteRun, SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../destinations/destination';
import { isDeletedCell } from '../editor/notebookCells';
import type { Notifier } from '../notifications/notifier';
import type { CommentThreads } from '../threads/commentThreads';
import type { ThreadView } from '../threads/threadView';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PendingReview, PendingReviews } from './pendingReviews';

export interface CellReviewServices {
  readonly review: Destination;
  readonly threads: CommentThreads;
  readonly reviews: PendingReviews;
  readonly notifier: Notifier;
}

/** VS Code shows no comment threads in cells: Accept and Reject are in the title of the diff editor. */
export function createCellReviewDestination(services: CellReviewServices): Destination {
  const { modifiesDocument, selectionMode } = services.review;
  return {
    modifiesDocument,
    selectionMode,
    async start(calls) {
      await Promise.all(calls.map((call) => new CellReview(services, call).run()));
    },
  };
}

class CellReview {
  private readonly version: number;
  private view: ThreadView | undefined;
  private isReady = false;

  constructor(
    private readonly services: CellReviewServices,
    private readonly call: DestinationCall,
  ) {
    this.version = call.target.document.version;
  }

  async run(): Promise<void> {
    let report: SinkReport = {};
    const execute: ExecuteRun = (plan, sink) => {
      const finish: AnswerSink['finish'] = async (result) => {
        report = this.completeReport(await sink.finish(result), result.text);
        return report;
      };
      return this.call.execute(plan, { ...sink, finish });
    };
    const { threads, review } = this.services;
    const existingViews = new Set(threads.all);
    const running = review.start([{ ...this.call, execute }]);
    this.view = threads.all.find((view) => !existingViews.has(view));
    await running;
    this.isReady = report.error === undefined;
    if (this.isReady) await this.showProposal();
    else if (report.choice === undefined) this.view?.close();
  }

  private completeReport(report: SinkReport, answer: string): SinkReport {
    const { document } = this.call.target;
    const isDocumentGone = document.isClosed || isDeletedCell(document);
    const { choice, resume, ...rest } = report;
    // The answer can only be continued in a visible thread.
    const isTruncated = resume !== undefined;
    const problem = isDocumentGone ? 'doc.closed' : isTruncated ? 'finish.length' : undefined;
    const error = report.error ?? (problem === undefined ? undefined : new QuilletError(problem));
    if (error === undefined) return report;
    return {
      ...rest,
      error,
      unwritten: answer,
      ...withoutUndefined({
        choice:
          choice === undefined
            ? undefined
            : { run: () => this.chooseBlock(choice), dispose: () => this.closeUnlessReady() },
      }),
    };
  }

  private async chooseBlock(choice: NonNullable<SinkReport['choice']>): Promise<SinkReport> {
    const report = await choice.run();
    this.isReady = report.error === undefined;
    if (this.isReady) await this.pendingReview?.openDiff();
    return report;
  }

  /** The user can't close an invisible thread. */
  private closeUnlessReady(): void {
    if (!this.isReady) this.view?.close();
  }

  /** Does not steal focus if the user has moved to another editor or edited the cell. */
  private async showProposal(): Promise<void> {
    const { plan, target } = this.call;
    const { document } = target;
    const isUserWaiting = window.activeTextEditor?.document === document && document.version === this.version;
    const run = async () => this.pendingReview?.openDiff();
    if (isUserWaiting) await run();
    else
      this.services.notifier.inform(l10n.t('{0}: The proposal is ready.', plan.title), {
        label: l10n.t('Open Diff'),
        run,
      });
  }

  private get pendingReview(): PendingReview | undefined {
    return this.services.reviews.get(this.view);
  }
}
