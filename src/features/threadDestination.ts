import { l10n } from 'vscode';
import { CONTINUE } from '../core/continuation';
import { Conversation } from '../core/conversation';
import type { AnswerSink, RunResult } from '../core/run';
import type { CommentThreads, ThreadActions, ThreadView } from '../host/commentThreads';
import type { Destination, DestinationCall } from '../host/destination';
import type { ErrorPresenter } from '../host/errorPresenter';
import { answerLabel, phaseText } from '../host/runTexts';

/** Answers in a comment thread under the selection; a reply is a follow-up with the whole conversation so far. */
export function createThreadDestination(threads: CommentThreads, presenter: ErrorPresenter): Destination {
  return {
    writes: false,
    async start(call) {
      const { target, plan, question } = call;
      const label = l10n.t('{0} · {1}', plan.title, plan.model);
      const view = threads.create(target.document, target.range, { kind: 'explain', label });
      const session = new ThreadSession(view, call, presenter);
      view.handleWith(session);
      if (question !== undefined) view.addQuestion(question);
      await session.answer();
    },
  };
}

class ThreadSession implements ThreadActions {
  private readonly conversation: Conversation;
  private stopper = new AbortController();

  constructor(
    private readonly view: ThreadView,
    private readonly call: DestinationCall,
    private readonly presenter: ErrorPresenter,
  ) {
    this.conversation = new Conversation(call.plan.messages);
  }

  async answer(): Promise<void> {
    const { plan, execute } = this.call;
    this.stopper = new AbortController();
    this.view.beginAnswer(l10n.t('*Asking {0}…*', plan.model));
    await execute({ ...plan, messages: this.conversation.messages() }, this.sink(this.stopper.signal));
  }

  async reply(text: string): Promise<void> {
    this.view.addQuestion(text);
    this.conversation.addUser(text);
    await this.answer();
  }

  private async goOn(): Promise<void> {
    await this.reply(CONTINUE);
  }

  async regenerate(): Promise<void> {
    this.conversation.removeLastAssistant();
    this.view.dropAnswer();
    await this.answer();
  }

  stop(): void {
    this.stopper.abort();
  }

  closed(): void {
    this.stopper.abort();
  }

  private sink(stopped: AbortSignal): AnswerSink {
    let text = '';
    return {
      stopped,
      onText: (piece) => {
        text += piece;
        this.view.showAnswer(text);
      },
      onPhase: (phase) => {
        if (phase.kind !== 'receiving') this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => {
        this.end(result);
        return { resume: () => this.goOn() };
      },
    };
  }

  /** Text that arrived stays, with a mark where it is not whole; without any, the thread says what happened. */
  private end(result: RunResult): void {
    if (result.text !== '') this.conversation.addAssistant(result.text);
    const label = answerLabel(this.call.plan.model, result);
    const note = result.error === undefined ? undefined : `*${this.presenter.sentence(result.error)}*`;
    this.view.showAnswer(result.text);
    this.view.endAnswer(label, result.text === '' ? note : undefined);
    // Whoever pressed Stop knows it: the mark in the label is enough.
    if (note !== undefined && result.text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
  }
}
