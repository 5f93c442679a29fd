import { l10n } from 'vscode';
import { proposedCode } from '../core/codeProposal';
import { Conversation } from '../core/conversation';
import { QuilletError, toQuilletError } from '../core/errors';
import { fenced, unifiedDiff } from '../core/proposalDiff';
import { type AnswerSink, isComplete, type RunResult, type SinkReport } from '../core/run';
import type { CommentThreads, ThreadView } from '../host/commentThreads';
import type { Destination, DestinationCall } from '../host/destination';
import { replaceTarget } from '../host/documentEdits';
import { type ErrorPresenter, offersFor } from '../host/errorPresenter';
import type { ProposalDocuments } from '../host/proposalDocuments';
import type { ReviewActions, Reviews } from '../host/reviews';
import { answerLabel, phaseText } from '../host/runTexts';
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
    async start(call) {
      const { target, plan, question } = call;
      const label = l10n.t('{0} · {1}', plan.title, plan.model);
      const view = parts.threads.create(target.document, target.range, { kind: 'review', label });
      const session = new ReviewSession(view, call, parts);
      view.handleWith(session);
      parts.reviews.add(view, session);
      if (question !== undefined) view.addQuestion(question);
      await session.answer();
    },
  };
}

class ReviewSession implements ReviewActions {
  private readonly conversation: Conversation;
  private readonly target: TrackedTarget;
  private stopper = new AbortController();
  private proposal: string | undefined;

  constructor(
    private readonly view: ThreadView,
    private readonly call: DestinationCall,
    private readonly parts: ReviewParts,
  ) {
    this.conversation = new Conversation(call.plan.messages);
    this.target = new TrackedTarget(call.target.document, call.target.range);
  }

  async answer(): Promise<void> {
    const { plan, execute } = this.call;
    this.stopper = new AbortController();
    this.setProposal(undefined);
    this.view.beginAnswer(l10n.t('*Asking {0}…*', plan.model));
    await execute({ ...plan, messages: this.conversation.messages() }, this.sink(this.stopper.signal));
  }

  async reply(text: string): Promise<void> {
    this.view.addQuestion(text);
    this.conversation.addUser(text);
    await this.answer();
  }

  async regenerate(): Promise<void> {
    this.conversation.removeLastAssistant();
    this.view.dropAnswer();
    await this.answer();
  }

  /** Writes the proposal in one undo step, or says why the code is no longer the code that was asked about. */
  async accept(): Promise<void> {
    const { proposal } = this;
    if (proposal === undefined) return;
    const problem = await replaceTarget(this.target, proposal);
    if (problem === undefined) {
      this.view.close();
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

  stop(): void {
    this.stopper.abort();
  }

  closed(): void {
    this.stopper.abort();
    this.target.dispose();
    this.parts.reviews.remove(this.view);
    void this.parts.proposals.close(this.view);
  }

  private sink(stopped: AbortSignal): AnswerSink {
    const { languageId } = this.call.plan;
    let text = '';
    return {
      stopped,
      onText: (piece) => {
        text += piece;
        this.view.showAnswer(text, (source) => fenced(source, languageId));
      },
      onPhase: (phase) => {
        if (phase.kind !== 'receiving') this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => this.end(result),
    };
  }

  private end(result: RunResult): SinkReport {
    if (result.text !== '') this.conversation.addAssistant(result.text);
    const label = answerLabel(this.call.plan.model, result);
    const outcome = this.propose(result);
    if (outcome.error === undefined) {
      this.view.endAnswer(label, this.shownProposal());
      return {};
    }
    const note = `*${this.parts.presenter.sentence(outcome.error)}*`;
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
