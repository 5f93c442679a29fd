import { l10n, workspace } from 'vscode';
import { formatModelRef } from '../core/chat';
import type { AnswerSink, RunPlan, RunResult, SinkReport } from '../core/run';
import type { DestinationCall } from '../destinations/destination';
import { askAboutSize } from '../runs/confirmSize';
import { phaseText } from '../runs/runText';
import { type Answer, Conversation, type Turn } from './common/conversation';
import { conversationMarkdown } from './common/conversationMarkdown';
import type { ShownQuestion, ThreadActions, ThreadView } from './threadView';

/** A model that is about to be asked. */
interface AskedModel {
  readonly plan: RunPlan;
  /** Its ref, where the user asked for this very model. */
  readonly named?: string;
}

/**
 * A conversation in a comment thread. One question is answered at a time, by one model or by several at once, and what is
 * asked meanwhile waits for its turn. Of several answers one is shown; it is the one that the conversation goes on from.
 */
export abstract class AnswerThread implements ThreadActions {
  protected readonly conversation: Conversation;
  private stopper = new AbortController();
  private current: Promise<void> = Promise.resolve();
  private isClosed = false;
  /** Questions and answers that are not done with. */
  private pending = 0;
  /** How often Stop was pressed: a question that waited then is shown, but not sent. */
  private stops = 0;
  /** Models that are asked although the conversation is more than they take. */
  private readonly overfilled = new Set<string>();
  /** The last question that was typed, as the thread shows it. */
  private question: ShownQuestion | undefined;

  constructor(
    protected readonly view: ThreadView,
    protected readonly call: DestinationCall,
  ) {
    this.conversation = new Conversation(call.plan.messages);
  }

  /** How an answer is shown while it arrives. */
  protected abstract asMarkdown(source: string): string;
  /** Shows the end of an answer, and what there is to do with it. Called again when the user goes back to that answer. */
  protected abstract end(result: RunResult): SinkReport;

  answer(): Promise<void> {
    return this.inTurn(() => this.giveAnswers([{ plan: this.call.plan }]));
  }

  reply(text: string): Promise<void> {
    const { stops } = this;
    const shown = this.view.addQuestion(text, this.pending > 0 ? l10n.t('asked next') : undefined);
    return this.inTurn(async () => {
      const named = this.namedNow();
      this.conversation.ask(text);
      shown.settle();
      this.question = shown;
      if (stops === this.stops) await this.ask([named]);
      else this.markUnsent();
    });
  }

  regenerate(): Promise<void> {
    return this.inTurn(() => this.ask([this.namedNow()]));
  }

  askModels(models: readonly string[]): Promise<void> {
    return this.inTurn(() => this.ask(models, true));
  }

  step(steps: 1 | -1): void {
    const answer = this.conversation.last.neighbour(steps);
    if (answer !== undefined) this.show(answer);
  }

  /** Ends the answers and whatever waits behind them. A question that waited stays in the thread; Regenerate sends it. */
  stop(): void {
    this.stops += 1;
    this.stopper.abort();
  }

  closed(): void {
    this.isClosed = true;
    this.stopper.abort();
  }

  asMarkdownDocument(): string {
    const { plan, target, question } = this.call;
    const { start, end } = this.view.range;
    const file = workspace.asRelativePath(this.view.document.uri);
    return conversationMarkdown(this.conversation, {
      title: l10n.t('{0} · {1}', plan.title, this.model),
      place:
        start.line === end.line
          ? l10n.t('`{0}`, line {1}', file, String(start.line + 1))
          : l10n.t('`{0}`, lines {1} to {2}', file, String(start.line + 1), String(end.line + 1)),
      code: { text: target.place.text, languageId: plan.languageId },
      ...(question === undefined ? {} : { question }),
      you: l10n.t('You'),
      them: 'Quillet',
    });
  }

  /** The model of the answer that is shown. */
  protected get model(): string {
    return this.conversation.last.shown?.model ?? this.call.plan.model;
  }

  /** Models are about to be asked for these answers, with the prompt as it is now. */
  protected asking(_answers: readonly Answer[]): void {
    // For those whose prompt may change.
  }

  /** Before an answer is shown for the first time or again. */
  protected beforeAnswer(): void {
    this.view.beginAnswer(l10n.t('*Asking {0}…*', this.model));
  }

  /** Whoever asked for an answer by the name of its model goes on with that model. */
  private namedNow(): string | undefined {
    const turns = this.conversation.turns.filter(({ shown }) => shown !== undefined);
    return turns.at(-1)?.shown?.named;
  }

  /** One after the other, from the question on: a question that was asked too early would go along with another one. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.pending += 1;
    this.current = this.current
      .catch(() => undefined)
      .then(() => (this.isClosed ? undefined : work()))
      .finally(() => {
        this.pending -= 1;
      });
    return this.current;
  }

  /**
   * Asks models for an answer to the last question. Without a name, that is the model of the prompt, or else the one that
   * is selected now, which need not be the one that the thread began with.
   * @param isBeside whether the reader keeps the answer that is shown.
   */
  private async ask(models: readonly (string | undefined)[], isBeside = false): Promise<void> {
    const { stops } = this;
    const asked: AskedModel[] = [];
    try {
      for (const named of models) {
        const plan = await this.call.replan(named);
        if (plan === undefined || !(await this.fits(plan))) continue;
        // Models that are asked at once are stopped at once.
        const { group } = asked[0]?.plan ?? plan;
        asked.push({ plan: { ...plan, group }, ...(named === undefined ? {} : { named }) });
      }
    } finally {
      if (asked.length === 0) this.markUnsent();
    }
    if (asked.length === 0 || this.isClosed) return;
    if (stops === this.stops) await this.giveAnswers(asked, isBeside);
    else this.markUnsent();
  }

  /** A conversation grows beyond what its model takes: the user is asked about that once for each model. */
  private async fits(plan: RunPlan): Promise<boolean> {
    const model = formatModelRef({ providerId: plan.endpoint.providerId, model: plan.model });
    if (this.overfilled.has(model)) return true;
    const requests = [this.conversation.messages()];
    const answer = await askAboutSize({ requests, limit: Number.POSITIVE_INFINITY, ready: plan });
    if (answer === 'accepted') this.overfilled.add(model);
    return answer !== 'refused';
  }

  private markUnsent(): void {
    if (this.conversation.last.answers.length === 0) this.question?.mark(l10n.t('not sent'));
  }

  private async giveAnswers(asked: readonly AskedModel[], isBeside = false): Promise<void> {
    this.stopper = new AbortController();
    this.question?.mark(undefined);
    const turn = this.conversation.last;
    const messages = this.conversation.messages();
    const isReading = isBeside && turn.shown !== undefined && turn.shown.text !== '';
    const runs = asked.map(({ plan, named }) => {
      const answer: Answer = { model: plan.model, text: '', ...(named === undefined ? {} : { named }) };
      return { plan: { ...plan, messages }, answer };
    });
    const answers = runs.map(({ answer }) => answer);
    turn.add(answers);
    this.asking(answers);
    this.view.setRunning(true);
    const [first] = runs;
    if (first !== undefined && !isReading) this.show(first.answer);
    else this.countAnswers(turn);
    await Promise.all(runs.map(({ plan, answer }) => this.call.execute(plan, this.sink(turn, answer))));
  }

  /** Puts an answer of the last turn into the thread, in whatever state it is. */
  private show(answer: Answer): void {
    const turn = this.conversation.last;
    turn.show(answer);
    this.view.dropAnswer();
    this.view.setLabel(l10n.t('{0} · {1}', this.call.plan.title, answer.model));
    this.countAnswers(turn);
    this.beforeAnswer();
    const source = answer.result?.text ?? answer.text;
    if (source !== '') this.view.showAnswer(source, (text) => this.asMarkdown(text));
    if (answer.result !== undefined) this.end(answer.result);
  }

  /** Draws the answer that is shown once more, without the notes below it. */
  protected showAgain(): void {
    const { shown } = this.conversation.last;
    if (shown !== undefined) this.show(shown);
  }

  private countAnswers(turn: Turn): void {
    this.view.setVariant(Math.max(0, turn.position), turn.answers.length);
  }

  private sink(turn: Turn, answer: Answer): AnswerSink {
    const isShown = (): boolean => turn.shown === answer;
    return {
      stopped: this.stopper.signal,
      onText: (piece) => {
        answer.text += piece;
        if (isShown()) this.view.showAnswer(answer.text, (source) => this.asMarkdown(source));
      },
      onPhase: (phase) => {
        if (phase.kind !== 'receiving' && isShown()) this.view.showProgress(phaseText(phase));
      },
      finish: async (result) => {
        // The run may have been stopped from elsewhere: by the status bar, a key, or Stop All.
        if (result.outcome === 'cancelled') this.stops += 1;
        answer.text = result.text;
        answer.result = { ...result, reportedModel: result.reportedModel ?? answer.model };
        this.view.setRunning(turn.answers.some((other) => other.result === undefined));
        // A reader of another answer is left alone: this one is only counted.
        const report = isShown() ? this.end(answer.result) : {};
        return { ...report, again: () => this.inTurn(() => this.ask([answer.named])) };
      },
    };
  }
}
