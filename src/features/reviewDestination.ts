import { l10n, Range } from 'vscode';
import { proposedCode } from '../core/codeProposal';
import { QuilletError, toQuilletError } from '../core/errors';
import { fenced, unifiedDiff } from '../core/proposalDiff';
import { isComplete, type RunResult, type SinkReport } from '../core/run';
import { AnswerThread } from '../host/answerThread';
import type { CommentThreads, ThreadView } from '../host/commentThreads';
import type { Destination, DestinationCall } from '../host/destination';
import { replaceTarget, reveal } from '../host/documentEdits';
import { type ErrorPresenter, offersFor } from '../host/errorPresenter';
import type { ProposalDocuments } from '../host/proposalDocuments';
import type { ReviewActions, Reviews } from '../host/reviews';
import { answerLabel, remark } from '../host/runTexts';
import { TrackedTarget } from '../host/trackedTarget';

export interface ReviewParts {
  readonly threads: CommentThreads;
  readonly reviews: Reviews;
  readonly proposals: ProposalDocuments;
  readonly presenter: ErrorPresenter;
}

/** Shows the answer as a diff against the selection. Nothing is written before the user accepts it. */
export function createReviewDestination(parts: ReviewParts): Destination {
  return {
    writes: true,
    several: 'each',
    async start(calls) {
      await Promise.all(calls.map((call) => openReview(parts, call)));
    },
  };
}

async function openReview(parts: ReviewParts, call: DestinationCall): Promise<void> {
  const { target, plan, question } = call;
  const label = l10n.t('{0} · {1}', plan.title, plan.model);
  const view = parts.threads.create(target.document, target.range, { kind: 'review', label });
  const thread = new ReviewThread(view, call, parts);
  view.handleWith(thread);
  parts.reviews.add(view, thread);
  if (question !== undefined) view.addQuestion(question);
  await thread.answer();
}

class ReviewThread extends AnswerThread implements ReviewActions {
  private readonly target: TrackedTarget;
  private proposal: string | undefined;

  constructor(
    view: ThreadView,
    call: DestinationCall,
    private readonly parts: ReviewParts,
  ) {
    super(view, call);
    this.target = new TrackedTarget(call.target.document, call.target.range);
  }

  /** Writes the proposal in one undo step, or says why the code is no longer the code that was asked about. */
  async accept(): Promise<void> {
    const { proposal } = this;
    if (proposal === undefined) return;
    const { start } = this.target.range;
    const problem = await replaceTarget(this.target, proposal);
    if (problem === undefined) {
      this.view.close();
      // A long thread that closes can leave the editor scrolled past its end.
      reveal(this.target.document, new Range(start, start));
      return;
    }
    this.parts.presenter.show(new QuilletError(problem), offersFor(proposal, this.call.plan.languageId));
  }

  reject(): void {
    this.view.close();
  }

  async openDiff(): Promise<void> {
    if (this.proposal === undefined) return;
    await this.parts.proposals.open(this.view, this.target, this.proposal);
  }

  override closed(): void {
    super.closed();
    this.target.dispose();
    this.parts.reviews.remove(this.view);
    void this.parts.proposals.close(this.view);
  }

  protected override beforeAnswer(): void {
    this.setProposal(undefined);
    super.beforeAnswer();
  }

  protected override asMarkdown(source: string): string {
    return fenced(source, this.call.plan.languageId);
  }

  protected override end(result: RunResult): SinkReport {
    const label = answerLabel(this.call.plan.model, result);
    const outcome = this.propose(result);
    if (outcome.error === undefined) {
      this.view.endAnswer(label, this.shownProposal());
      return {};
    }
    const note = remark(this.parts.presenter.sentence(outcome.error));
    this.view.endAnswer(label, result.text === '' ? note : fenced(result.text, this.call.plan.languageId));
    if (result.text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
    return { error: outcome.error };
  }

  /** Only a complete answer becomes a proposal: what is missing at its end would be missing in the file. */
  private propose(result: RunResult): { error: QuilletError | undefined } {
    if (!isComplete(result)) return { error: result.error ?? new QuilletError('finish.length') };
    try {
      this.setProposal(proposedCode(result.text, this.call.target.place));
      return { error: undefined };
    } catch (thrown) {
      return { error: toQuilletError(thrown) };
    }
  }

  private setProposal(proposal: string | undefined): void {
    this.proposal = proposal;
    this.view.setReady(proposal !== undefined);
    this.parts.reviews.changed();
  }

  private shownProposal(): string {
    const { text } = this.call.target.place;
    const diff = unifiedDiff(text, this.proposal ?? text);
    return diff === '' ? l10n.t('*The proposal is the same as the selected text.*') : fenced(diff, 'diff');
  }
}
