import { l10n, workspace } from 'vscode';
import { formatModelRef } from '../core/chat';
import type { AnswerSink, RunPlan, RunResult, SinkReport } from '../core/run';
import type { DestinationCall } from '../destinations/destination';
import { askAboutSize } from '../runs/confirmSize';
import { phaseText } from '../runs/runText';
import { withoutUndefined } from '../util/withoutUndefined';
import { type Answer, Conversation, type Turn } from './common/conversation';
import { conversationMarkdown } from './common/conversationMarkdown';
import type { QuestionHandle, ThreadHandler, ThreadView } from './threadView';

/** A model that is about to be asked. */
interface PlannedAnswer {
  readonly plan: RunPlan;
  /** Its ref, where the user asked for this very model. */
  readonly requestedModel?: string;
}

/**
 * A conversation in a comment thread. One question is answered at a time, by one model or by several at once, and what is
 * asked meanwhile waits for its turn. Of several answers one is shown; it is the one that the conversation goes on from.
 */
export abstract class AnswerThread implements ThreadHandler {
  protected readonly conversation: Conversation;
  private abortController = new AbortController();
  private queue: Promise<void> = Promise.resolve();
  private isClosed = false;
  /** Questions and answers that are not done with. */
  private pendingCount = 0;
  /** How often Stop was pressed: a question that waited then is shown, but not sent. */
  private stopCount = 0;
  /** Models that are asked although the conversation is more than they take. */
  private readonly acceptedOversizeModels = new Set<string>();
  /** The last question that was typed, as the thread shows it. */
  private lastQuestion: QuestionHandle | undefined;

  constructor(
    protected readonly view: ThreadView,
    protected readonly call: DestinationCall,
  ) {
    this.conversation = new Conversation(call.plan.messages);
  }

  /** How an answer is shown while it arrives. */
  protected abstract renderMarkdown(source: string): string;
  /** Shows the end of an answer, and what there is to do with it. Called again when the user goes back to that answer. */
  protected abstract showResult(result: RunResult): SinkReport;

  answerPrompt(): Promise<void> {
    return this.enqueue(() => this.requestAnswers([{ plan: this.call.plan }]));
  }

  reply(text: string): Promise<void> {
    const { stopCount } = this;
    const shown = this.view.addQuestion(text, this.pendingCount > 0 ? l10n.t('asked next') : undefined);
    return this.enqueue(async () => {
      const requestedModel = this.lastRequestedModel();
      this.conversation.addTurn(text);
      shown.dequeue();
      this.lastQuestion = shown;
      if (stopCount === this.stopCount) await this.ask([requestedModel]);
      else this.markUnsent();
    });
  }

  regenerate(): Promise<void> {
    return this.enqueue(() => this.ask([this.lastRequestedModel()]));
  }

  askModels(models: readonly string[]): Promise<void> {
    return this.enqueue(() => this.ask(models, true));
  }

  showAdjacentAnswer(steps: 1 | -1): void {
    const answer = this.conversation.lastTurn.neighbor(steps);
    if (answer !== undefined) this.showAnswer(answer);
  }

  /** Ends the answers and whatever waits behind them. A question that waited stays in the thread; Regenerate sends it. */
  stop(): void {
    this.stopCount += 1;
    this.abortController.abort();
  }

  handleClose(): void {
    this.isClosed = true;
    this.abortController.abort();
  }

  toMarkdownDocument(): string {
    const { plan, target, question } = this.call;
    const { start, end } = this.view.range;
    const file = workspace.asRelativePath(this.view.document.uri);
    return conversationMarkdown(this.conversation, {
      title: l10n.t('{0} · {1}', plan.title, this.model),
      location:
        start.line === end.line
          ? l10n.t('`{0}`, line {1}', file, String(start.line + 1))
          : l10n.t('`{0}`, lines {1} to {2}', file, String(start.line + 1), String(end.line + 1)),
      code: { text: target.codeTarget.text, languageId: plan.languageId },
      ...withoutUndefined({ question }),
      userName: l10n.t('You'),
      assistantName: 'Quillet',
    });
  }

  /** The model of the answer that is shown. */
  protected get model(): string {
    return this.conversation.lastTurn.shown?.model ?? this.call.plan.model;
  }

  /** Models are about to be asked for these answers, with the prompt as it is now. */
  protected prepareRequest(_answers: readonly Answer[]): void {
    // For those whose prompt may change.
  }

  /** Before an answer is shown for the first time or again. */
  protected prepareDisplay(): void {
    this.view.beginAnswer(l10n.t('*Asking {0}…*', this.model));
  }

  /** Whoever asked for an answer by the name of its model goes on with that model. */
  private lastRequestedModel(): string | undefined {
    const turns = this.conversation.turns.filter(({ shown }) => shown !== undefined);
    return turns.at(-1)?.shown?.requestedModel;
  }

  /** One after the other, from the question on: a question that was asked too early would go along with another one. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.pendingCount += 1;
    this.queue = this.queue
      .catch(() => undefined)
      .then(() => (this.isClosed ? undefined : task()))
      .finally(() => {
        this.pendingCount -= 1;
      });
    return this.queue;
  }

  /**
   * Asks models for an answer to the last question. Without a name, that is the model of the prompt, or else the one that
   * is selected now, which need not be the one that the thread began with.
   * @param keepsShownAnswer whether the reader keeps the answer that is shown.
   */
  private async ask(models: readonly (string | undefined)[], keepsShownAnswer = false): Promise<void> {
    const { stopCount } = this;
    const planned: PlannedAnswer[] = [];
    try {
      for (const requestedModel of models) {
        const plan = await this.call.planFor(requestedModel);
        if (plan === undefined || !(await this.confirmContextSize(plan))) continue;
        // Models that are asked at once are stopped at once.
        const { group } = planned[0]?.plan ?? plan;
        planned.push({ plan: { ...plan, group }, ...withoutUndefined({ requestedModel }) });
      }
    } finally {
      if (planned.length === 0) this.markUnsent();
    }
    if (planned.length === 0 || this.isClosed) return;
    if (stopCount === this.stopCount) await this.requestAnswers(planned, keepsShownAnswer);
    else this.markUnsent();
  }

  /** A conversation grows beyond what its model takes: the user is asked about that once for each model. */
  private async confirmContextSize(plan: RunPlan): Promise<boolean> {
    const model = formatModelRef({ providerId: plan.endpoint.providerId, model: plan.model });
    if (this.acceptedOversizeModels.has(model)) return true;
    const requests = [this.conversation.toMessages()];
    const answer = await askAboutSize({ requests, limit: Number.POSITIVE_INFINITY, ready: plan });
    if (answer === 'accepted') this.acceptedOversizeModels.add(model);
    return answer !== 'refused';
  }

  private markUnsent(): void {
    if (this.conversation.lastTurn.answers.length === 0) this.lastQuestion?.setLabel(l10n.t('not sent'));
  }

  private async requestAnswers(planned: readonly PlannedAnswer[], keepsShownAnswer = false): Promise<void> {
    this.abortController = new AbortController();
    this.lastQuestion?.setLabel(undefined);
    const turn = this.conversation.lastTurn;
    const messages = this.conversation.toMessages();
    const isReading = keepsShownAnswer && turn.shown !== undefined && turn.shown.text !== '';
    const runs = planned.map(({ plan, requestedModel }) => {
      const answer: Answer = {
        model: plan.model,
        text: '',
        ...withoutUndefined({ requestedModel }),
      };
      return { plan: { ...plan, messages }, answer };
    });
    const answers = runs.map(({ answer }) => answer);
    turn.addAnswers(answers);
    this.prepareRequest(answers);
    this.view.setRunning(true);
    const [first] = runs;
    if (first !== undefined && !isReading) this.showAnswer(first.answer);
    else this.updateAnswerCount(turn);
    await Promise.all(runs.map(({ plan, answer }) => this.call.execute(plan, this.createSink(turn, answer))));
  }

  /** Puts an answer of the last turn into the thread, in whatever state it is. */
  private showAnswer(answer: Answer): void {
    const turn = this.conversation.lastTurn;
    turn.show(answer);
    this.view.removeAnswer();
    this.view.setLabel(l10n.t('{0} · {1}', this.call.plan.title, answer.model));
    this.updateAnswerCount(turn);
    this.prepareDisplay();
    const source = answer.result?.text ?? answer.text;
    if (source !== '') this.view.showAnswer(source, (text) => this.renderMarkdown(text));
    if (answer.result !== undefined) this.showResult(answer.result);
  }

  /** Draws the answer that is shown once more, without the notes below it. */
  protected refreshShownAnswer(): void {
    const { shown } = this.conversation.lastTurn;
    if (shown !== undefined) this.showAnswer(shown);
  }

  private updateAnswerCount(turn: Turn): void {
    this.view.setVariant(Math.max(0, turn.position), turn.answers.length);
  }

  private createSink(turn: Turn, answer: Answer): AnswerSink {
    const isShown = (): boolean => turn.shown === answer;
    return {
      stopSignal: this.abortController.signal,
      onText: (text) => {
        answer.text += text;
        if (isShown()) this.view.showAnswer(answer.text, (source) => this.renderMarkdown(source));
      },
      onPhase: (phase) => {
        if (phase.kind !== 'receiving' && isShown()) this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => {
        // The run may have been stopped from elsewhere: by the status bar, a key, or Stop All.
        if (result.outcome === 'cancelled') this.stopCount += 1;
        answer.text = result.text;
        answer.result = { ...result, reportedModel: result.reportedModel ?? answer.model };
        this.view.setRunning(turn.answers.some((turnAnswer) => turnAnswer.result === undefined));
        // A reader of another answer is left alone: this one is only counted.
        const report = isShown() ? this.showResult(answer.result) : {};
        return { ...report, retry: () => this.enqueue(() => this.ask([answer.requestedModel])) };
      },
    };
  }
}
