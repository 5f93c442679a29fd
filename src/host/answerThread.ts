import { l10n } from 'vscode';
import { Conversation } from '../core/conversation';
import type { AnswerSink, RunResult, SinkReport } from '../core/run';
import type { ThreadActions, ThreadView } from './commentThreads';
import type { DestinationCall } from './destination';
import { phaseText } from './runTexts';

/** A conversation in a comment thread: one answer at a time, and what is asked meanwhile waits for its turn. */
export abstract class AnswerThread implements ThreadActions {
  protected readonly conversation: Conversation;
  private stopper = new AbortController();
  private current: Promise<void> = Promise.resolve();
  private isClosed = false;
  /** How often Stop was pressed: a question that waited then is shown, but not sent. */
  private stops = 0;

  constructor(
    protected readonly view: ThreadView,
    protected readonly call: DestinationCall,
  ) {
    this.conversation = new Conversation(call.plan.messages);
  }

  /** How an answer is shown while it arrives. */
  protected abstract asMarkdown(source: string): string;
  /** Shows the end of an answer, and what there is to do with it. */
  protected abstract end(result: RunResult): SinkReport;

  answer(): Promise<void> {
    return this.inTurn(() => this.giveAnswer());
  }

  reply(text: string): Promise<void> {
    const { stops } = this;
    return this.inTurn(async () => {
      this.view.addQuestion(text);
      this.conversation.addUser(text);
      if (stops === this.stops) await this.giveAnswer();
    });
  }

  regenerate(): Promise<void> {
    return this.inTurn(async () => {
      this.conversation.removeLastAssistant();
      this.view.dropAnswer();
      await this.giveAnswer();
    });
  }

  /** Ends the answer and whatever waits behind it. A question that waited stays in the thread; Regenerate sends it. */
  stop(): void {
    this.stops += 1;
    this.stopper.abort();
  }

  closed(): void {
    this.isClosed = true;
    this.stopper.abort();
  }

  /** Before each answer, the first one included. */
  protected beforeAnswer(): void {
    this.view.beginAnswer(l10n.t('*Asking {0}…*', this.call.plan.model));
  }

  /** One after the other, from the question on: a question that was asked too early would go along with another one. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.current = this.current.catch(() => undefined).then(() => (this.isClosed ? undefined : work()));
    return this.current;
  }

  private async giveAnswer(): Promise<void> {
    const { plan, execute } = this.call;
    this.stopper = new AbortController();
    this.beforeAnswer();
    await execute({ ...plan, messages: this.conversation.messages() }, this.sink(this.stopper.signal));
  }

  private sink(stopped: AbortSignal): AnswerSink {
    let text = '';
    return {
      stopped,
      onText: (piece) => {
        text += piece;
        this.view.showAnswer(text, (source) => this.asMarkdown(source));
      },
      onPhase: (phase) => {
        if (phase.kind !== 'receiving') this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => {
        // The run may have been stopped from elsewhere: by the status bar, a key, or Stop All.
        if (result.outcome === 'cancelled') this.stops += 1;
        if (result.text !== '') this.conversation.addAssistant(result.text);
        return { ...this.end(result), again: () => this.regenerate() };
      },
    };
  }
}
