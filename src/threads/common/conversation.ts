import type { ChatMessage } from '../../core/chat';
import type { Reasoning, RunResult } from '../../core/run';
import { type Attachments, attach, NO_ATTACHMENTS, withoutSent } from '../../references/common/attachments';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { AskedEffort } from './efforts';
import { replaceQuote } from './replaceQuote';

/** One wording of a question. */
export interface Question {
  readonly text?: string;
  /** What it refers to, sent after it. */
  attachments: Attachments;
  /** The prompt with this wording, if it is the question of a prompt. */
  readonly prompt?: readonly ChatMessage[];
}

/** An answer to a question; `text` grows while it streams. */
export interface Answer {
  readonly model: string;
  /** Model ref, if the user explicitly asked for this model. */
  readonly requestedModel?: string;
  text: string;
  result?: RunResult;
  effort?: AskedEffort;
  /** Never part of a message. */
  reasoning?: Reasoning;
  /** The wording that it answers. */
  asked?: Question;
}

/** A question with all its answers, also those to its earlier wordings. The shown answer is sent with follow-ups. */
export class Turn {
  private all: Answer[] = [];
  private current: Answer | undefined;
  private asked: Question;

  constructor(question?: string) {
    this.asked = { attachments: NO_ATTACHMENTS, ...withoutUndefined({ text: question }) };
  }

  /** The wording that the shown answer answers. */
  get question(): Question {
    return this.asked;
  }

  get answers(): readonly Answer[] {
    return this.all;
  }

  get shown(): Answer | undefined {
    return this.current;
  }

  get position(): number {
    return this.current === undefined ? -1 : this.all.indexOf(this.current);
  }

  /** Also removes finished answers without text. */
  addAnswers(answers: readonly Answer[]): void {
    for (const answer of answers) answer.asked = this.asked;
    this.all = [...this.all.filter(({ text, result }) => result === undefined || text !== ''), ...answers];
    if (this.current !== undefined && !this.all.includes(this.current)) this.current = undefined;
  }

  show(answer: Answer): void {
    if (!this.all.includes(answer)) return;
    this.current = answer;
    this.asked = answer.asked ?? this.asked;
  }

  /** Changes the wording for the next answers. */
  revise(question: Question): void {
    this.asked = question;
    this.current = undefined;
  }

  /** Wraps around; undefined if there is only one answer. */
  neighbor(offset: 1 | -1): Answer | undefined {
    const count = this.all.length;
    return count < 2 ? undefined : this.all[(this.position + offset + count) % count];
  }
}

/** The turns of one thread. Nothing is trimmed or added: what it holds is what is sent. */
export class Conversation {
  private prompt: readonly ChatMessage[];
  private readonly all: Turn[];

  /** @param question what the user typed for the prompt; `messages` contain it. */
  constructor(messages: readonly ChatMessage[], question?: string) {
    this.prompt = [...messages];
    this.all = [new Turn(question)];
  }

  get turns(): readonly Turn[] {
    return this.all;
  }

  get lastTurn(): Turn {
    return this.all.at(-1) ?? this.addTurn();
  }

  addTurn(question?: string): Turn {
    const turn = new Turn(question);
    this.all.push(turn);
    return turn;
  }

  /** Attaches text and pictures to the last question, each once per conversation unless it has changed. */
  attach(attachments: Attachments): void {
    const { lastTurn } = this;
    lastTurn.question.attachments = NO_ATTACHMENTS;
    lastTurn.question.attachments = withoutSent(attachments, this.toMessages());
  }

  /**
   * The messages that request an answer to the last turn, without the answers it already has. Earlier questions that were
   * not sent are left out.
   */
  toMessages(): readonly ChatMessage[] {
    const { lastTurn } = this;
    const [firstTurn] = this.all;
    return [
      ...(firstTurn?.question.prompt ?? this.prompt),
      ...this.all.flatMap((turn): ChatMessage[] => {
        const { text, attachments } = turn.question;
        const { shown } = turn;
        if (turn !== firstTurn && turn !== lastTurn && turn.answers.length === 0) return [];
        const userMessages: ChatMessage[] =
          turn === firstTurn || text === undefined ? [] : [attach({ role: 'user', content: text }, attachments)];
        if (turn === lastTurn || shown === undefined || shown.text === '') return userMessages;
        return [...userMessages, { role: 'assistant', content: shown.text }];
      }),
    ];
  }

  replaceShownText(text: string): void {
    const { shown } = this.lastTurn;
    if (shown !== undefined) shown.text = text;
  }

  /** Replaces a quote in the prompt. Returns false if the prompt does not quote it exactly once. */
  replaceQuote(quoted: string, text: string): boolean {
    const quotedPrompt = replaceQuote(this.prompt, quoted, text);
    if (quotedPrompt !== undefined) this.prompt = quotedPrompt;
    return quotedPrompt !== undefined;
  }
}
