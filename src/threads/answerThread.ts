import { l10n, workspace } from 'vscode';
import { formatModelRef } from '../core/chat';
import type { AnswerSink, RunGroup, RunPlan, RunResult, SinkReport } from '../core/run';
import type { DestinationCall } from '../destinations/destination';
import type { Notifier } from '../notifications/notifier';
import { type Attachments, NO_ATTACHMENTS } from '../references/common/attachments';
import { askAboutSize } from '../runs/confirmSize';
import { formatRemark, phaseText, thinkingText } from '../runs/runText';
import { Queue } from '../util/queue';
import { withoutUndefined } from '../util/withoutUndefined';
import { type Answer, Conversation, type Question, type Turn } from './common/conversation';
import { conversationMarkdown } from './common/conversationMarkdown';
import { effortOf, effortSteps } from './common/efforts';
import { hasReplyDraft } from './replyBox';
import type { QuestionHandle, ThreadHandler } from './threadHandler';
import { ThreadScroll } from './threadScroll';
import type { ThreadView } from './threadView';
import { withEfforts } from './withEfforts';

const THINKING_REDRAW_MS = 1000;

interface AskOptions {
  /** The current answer stays visible. */
  readonly keepsShownAnswer?: boolean;
  /** The first that the server accepts. */
  readonly efforts?: readonly string[];
}

interface PlannedAnswer {
  readonly plan: RunPlan;
  readonly requestedModel?: string;
}

/**
 * A conversation in a comment thread. Questions are answered one at a time, by one or several models; each question
 * shows one of its answers, and follow-ups continue from the shown one.
 */
export abstract class AnswerThread implements ThreadHandler {
  protected readonly conversation: Conversation;
  private abortController = new AbortController();
  private readonly queue = new Queue();
  private readonly scroll: ThreadScroll;
  private isClosed = false;
  private pendingCount = 0;
  /** Incremented by Stop: a question that was queued before then is shown, but not sent. */
  private stopCount = 0;
  private readonly acceptedOversizeModels = new Set<string>();
  private lastQuestion: QuestionHandle | undefined;
  private lastGroup: RunGroup | undefined;

  constructor(
    protected readonly view: ThreadView,
    protected readonly call: DestinationCall,
    protected readonly notifier: Notifier,
  ) {
    this.conversation = new Conversation(call.plan.messages, call.question);
    if (call.question !== undefined) this.lastQuestion = view.addQuestion(call.question);
    this.scroll = new ThreadScroll(view);
  }

  protected abstract renderMarkdown(source: string): string;
  protected abstract showResult(result: RunResult): SinkReport;

  answerPrompt(): Promise<void> {
    return this.enqueue(() => this.requestAnswers([{ plan: this.call.plan }]));
  }

  reply(text: string): Promise<void> {
    const { stopCount } = this;
    const shown = this.view.addQuestion(text, this.pendingCount > 0 ? l10n.t('queued') : undefined);
    return this.enqueue(async () => {
      const requestedModel = this.lastRequestedModel();
      this.conversation.addTurn(text);
      shown.dequeue();
      this.lastQuestion = shown;
      if (stopCount === this.stopCount) await this.ask([requestedModel]);
      else this.markUnsent();
    });
  }

  /** The answer in progress is stopped. Text that cannot be sent stays in the box. */
  reviseQuestion(text: string): Promise<void> {
    this.stop();
    return this.enqueue(async () => {
      const requestedModel = this.lastRequestedModel();
      const turn = this.conversation.lastTurn;
      const { shown, question, answers } = turn;
      try {
        const revised = await this.resolveQuestion(text);
        if (revised === undefined) return;
        turn.revise(revised);
        await this.ask([requestedModel]);
      } finally {
        if (turn.answers === answers) {
          turn.revise(question);
          if (shown !== undefined) turn.show(shown);
          this.lastQuestion?.edit(text);
        }
      }
    });
  }

  regenerate(): Promise<void> {
    const edited = this.view.endEditing();
    if (edited !== undefined && edited.trim() !== '') return this.reviseQuestion(edited);
    return this.enqueue(() => {
      const { shown } = this.conversation.lastTurn;
      const ask = () => this.ask([this.lastRequestedModel()], { efforts: chosenEfforts(shown) });
      const result = shown?.result;
      const isFailed = result?.error !== undefined && result.outcome !== 'cancelled';
      return isFailed ? this.notifier.retryAfter(result.error, ask) : ask();
    });
  }

  /** @returns false if there is no such step. */
  async changeEffort(direction: 1 | -1): Promise<boolean> {
    if (this.effortSteps(direction).length === 0) return false;
    await this.enqueue(() => this.ask([this.lastRequestedModel()], { efforts: this.effortSteps(direction) }));
    return true;
  }

  askModels(models: readonly string[]): Promise<void> {
    return this.enqueue(() => this.ask(models, { keepsShownAnswer: true }));
  }

  showAdjacentAnswer(steps: 1 | -1): void {
    const answer = this.conversation.lastTurn.neighbor(steps);
    if (answer !== undefined) this.showAnswer(answer);
  }

  /** Also cancels queued questions. They stay in the thread, and Regenerate sends them. */
  stop(): void {
    this.stopCount += 1;
    this.abortController.abort();
  }

  handleClose(): void {
    this.isClosed = true;
    this.scroll.dispose();
    this.abortController.abort();
    this.lastGroup?.dismiss?.();
  }

  toMarkdownDocument(): string {
    const { plan, target } = this.call;
    const { start, end } = this.view.shownRange;
    const file = workspace.asRelativePath(this.view.document.uri);
    return conversationMarkdown(this.conversation, {
      title: l10n.t('{0} · {1}', plan.title, this.model),
      location:
        start.line === end.line
          ? l10n.t('`{0}`, line {1}', file, String(start.line + 1))
          : l10n.t('`{0}`, lines {1} to {2}', file, String(start.line + 1), String(end.line + 1)),
      code: { text: target.codeTarget.text, languageId: plan.languageId },
      userName: l10n.t('You'),
      assistantName: 'Quillet',
    });
  }

  protected get model(): string {
    return this.conversation.lastTurn.shown?.model ?? this.call.plan.model;
  }

  protected prepareRequest(_answers: readonly Answer[]): void {
    // A hook for subclasses.
  }

  protected prepareDisplay(): void {
    this.view.beginAnswer(l10n.t('*Asking {0}…*', this.model));
  }

  /** A follow-up to an answer of an explicitly chosen model goes to the same model. */
  private lastRequestedModel(): string | undefined {
    const turns = this.conversation.turns.filter(({ shown }) => shown !== undefined);
    return turns.at(-1)?.shown?.requestedModel;
  }

  /** Serialized: a question sent before the previous answer is complete would miss that answer. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    this.pendingCount += 1;
    return this.queue
      .add(() => (this.isClosed ? undefined : task()))
      .finally(() => {
        this.pendingCount -= 1;
      });
  }

  /**
   * Requests answers to the last question.
   * @param models undefined means the model of the prompt or, if it has none, the currently selected one.
   */
  private async ask(models: readonly (string | undefined)[], options: AskOptions = {}): Promise<void> {
    const { stopCount } = this;
    const planned: PlannedAnswer[] = [];
    try {
      if (!(await this.attachReferences())) return;
      for (const requestedModel of models) {
        const plan = await this.call.planFor(requestedModel);
        if (plan === undefined || !(await this.confirmContextSize(plan))) continue;
        // One group, so that Stop cancels all of them.
        const { group } = planned[0]?.plan ?? plan;
        // The user asked for this model, not for another.
        const { fallback = [] } = requestedModel === undefined ? plan : {};
        planned.push({ plan: { ...plan, group, fallback }, ...withoutUndefined({ requestedModel }) });
      }
    } finally {
      if (planned.length === 0) this.markUnsent();
    }
    if (planned.length === 0 || this.isClosed) return;
    if (stopCount === this.stopCount) await this.requestAnswers(planned, options);
    else this.markUnsent();
  }

  private async resolveQuestion(text: string): Promise<Question | undefined> {
    if (this.conversation.turns.length > 1) return { text, attachments: NO_ATTACHMENTS };
    const prompt = await this.call.renderQuestion(text, this.place);
    return prompt && { text, attachments: NO_ATTACHMENTS, prompt };
  }

  private get place() {
    return { document: this.view.document, ranges: [this.view.anchor.range] };
  }

  /** Read again for each answer: the file may have changed. What can't be read opens the question for a change. */
  private async attachReferences(): Promise<boolean> {
    const { lastTurn, turns } = this.conversation;
    const { text } = lastTurn.question;
    if (text === undefined || turns.length === 1) return true;
    let attachments: Attachments | undefined;
    try {
      attachments = await this.call.resolveReferences(text, this.place);
    } finally {
      if (attachments === undefined && !this.isClosed) this.lastQuestion?.edit(text);
    }
    if (attachments !== undefined) this.conversation.attach(attachments);
    return attachments !== undefined;
  }

  private async confirmContextSize(plan: RunPlan): Promise<boolean> {
    const model = formatModelRef({ providerId: plan.endpoint.providerId, model: plan.model });
    if (this.acceptedOversizeModels.has(model)) return true;
    const answer = await askAboutSize({
      requests: [this.conversation.toMessages()],
      limit: Number.POSITIVE_INFINITY,
      ready: plan,
      parameters: plan.parameters,
      prices: this.call.prices,
    });
    if (answer === 'accepted') this.acceptedOversizeModels.add(model);
    return answer !== 'refused';
  }

  private markUnsent(): void {
    if (this.conversation.lastTurn.answers.length === 0) this.lastQuestion?.setLabel(l10n.t('not sent'));
  }

  private async requestAnswers(
    planned: readonly PlannedAnswer[],
    { keepsShownAnswer = false, efforts = [] }: AskOptions = {},
  ): Promise<void> {
    this.abortController = new AbortController();
    this.lastQuestion?.setLabel(undefined);
    const turn = this.conversation.lastTurn;
    const messages = this.conversation.toMessages();
    const isReading = keepsShownAnswer && turn.shown !== undefined && turn.shown.text !== '';
    const runs = planned.map(({ plan, requestedModel }) => {
      const answer: Answer = {
        model: plan.model,
        text: '',
        effort: effortOf(plan),
        ...withoutUndefined({ requestedModel }),
      };
      return { plan: { ...plan, messages }, answer };
    });
    const answers = runs.map(({ answer }) => answer);
    turn.addAnswers(answers);
    this.lastGroup = planned[0]?.plan.group;
    this.prepareRequest(answers);
    this.view.setRunning(true);
    this.scroll.rememberPosition();
    const [first] = runs;
    if (first !== undefined && !isReading) this.showAnswer(first.answer);
    else this.updateAnswerCount(turn);
    await Promise.all(
      runs.map(({ plan, answer }) => {
        const execute = withEfforts(this.call.execute, efforts, (effort) => {
          answer.effort = { effort, isChosen: true, canChange: 'yes' };
          if (turn.shown === answer) this.updateLabel(answer);
        });
        return execute(plan, this.createSink(turn, answer));
      }),
    );
  }

  private showAnswer(answer: Answer): void {
    const turn = this.conversation.lastTurn;
    turn.show(answer);
    this.lastQuestion?.setText(turn.question.text ?? '');
    this.view.removeAnswer();
    this.updateLabel(answer);
    this.updateAnswerCount(turn);
    this.prepareDisplay();
    if (answer.reasoning !== undefined) this.view.setReasoning(answer.reasoning);
    const source = answer.result?.text ?? answer.text;
    if (source !== '') this.view.showAnswer(source, (text) => this.renderMarkdown(text));
    if (answer.result !== undefined) this.showResult(answer.result);
  }

  private effortSteps(direction: 1 | -1): readonly string[] {
    const { effort, result } = this.conversation.lastTurn.shown ?? {};
    return effort === undefined || result === undefined ? [] : effortSteps(effort, result, direction);
  }

  private updateLabel({ model, effort }: Answer): void {
    const label = l10n.t('{0} · {1}', this.call.plan.title, model);
    const { effort: value, isChosen = false } = effort ?? {};
    this.view.widget.setLabel(isChosen ? l10n.t('{0} · effort: {1}', label, value ?? '') : label);
  }

  private updateEffort(): void {
    this.view.setEffort({
      canThinkHarder: this.effortSteps(1).length > 0,
      canThinkLess: this.effortSteps(-1).length > 0,
    });
  }

  /** There is nothing to follow up on; Regenerate sends the prompt again. */
  private isFailedWithoutAnswer(): boolean {
    const answers = this.conversation.turns.flatMap((turn) => turn.answers);
    return answers.every(({ text, result }) => text === '' && result !== undefined && result.outcome !== 'cancelled');
  }

  protected refreshShownAnswer(): void {
    const { shown } = this.conversation.lastTurn;
    if (shown !== undefined) this.showAnswer(shown);
  }

  private updateAnswerCount(turn: Turn): void {
    this.updateEffort();
    this.view.setVariant(Math.max(0, turn.position), turn.answers.length);
  }

  private createSink(turn: Turn, answer: Answer): AnswerSink {
    const isShown = (): boolean => turn.shown === answer;
    const showThinking = () => {
      if (answer.reasoning === undefined || !isShown()) return;
      this.view.setReasoning(answer.reasoning);
      const { lastLine } = answer.reasoning;
      this.view.showThinking(thinkingText(answer.reasoning), lastLine === '' ? '' : formatRemark(lastLine));
    };
    let clock: ReturnType<typeof setInterval> | undefined;
    return {
      stopSignal: this.abortController.signal,
      onText: (text) => {
        clearInterval(clock);
        answer.text += text;
        this.view.widget.setCanReply(true);
        if (isShown()) this.view.showAnswer(answer.text, (source) => this.renderMarkdown(source));
      },
      onPhase: (phase) => {
        if (phase.kind === 'thinking' && phase.reasoning !== undefined) {
          answer.reasoning = phase.reasoning;
          showThinking();
          clearInterval(clock);
          clock = setInterval(showThinking, THINKING_REDRAW_MS);
          return;
        }
        if (phase.kind === 'receiving') return;
        clearInterval(clock);
        if (isShown()) this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => {
        clearInterval(clock);
        // The run may have been stopped elsewhere: status bar, keybinding, or Stop All.
        if (result.outcome === 'cancelled') this.stopCount += 1;
        answer.text = result.text;
        if (result.reasoning !== undefined) answer.reasoning = result.reasoning;
        if (result.reasoning !== undefined && isShown()) this.view.setReasoning(result.reasoning);
        answer.result = { ...result, reportedModel: result.reportedModel ?? answer.model };
        this.updateEffort();
        this.view.setRunning(turn.answers.some((turnAnswer) => turnAnswer.result === undefined));
        this.view.widget.setCanReply(!this.isFailedWithoutAnswer() || hasReplyDraft());
        // Do not replace another answer that the user is reading.
        const report = isShown() ? this.showResult(answer.result) : {};
        if (isShown()) this.scroll.revealEnd();
        return {
          ...report,
          retry: () => this.enqueue(() => this.ask([answer.requestedModel], { efforts: chosenEfforts(answer) })),
        };
      },
    };
  }
}

function chosenEfforts({ effort }: Answer | { readonly effort?: undefined } = {}): readonly string[] {
  return effort?.isChosen === true && effort.effort !== undefined ? [effort.effort] : [];
}
