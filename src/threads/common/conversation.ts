import type { ChatMessage } from '../../core/chat';
import type { RunResult } from '../../core/run';
import { replaceQuote } from './replaceQuote';

/** One answer to a question. It is filled while it arrives; nothing of it is ever thrown away once there is text. */
export interface Answer {
  /** The model as users read it. */
  readonly model: string;
  /** The model ref, where the user asked for this very model; without it, the thread's own model was asked. */
  readonly requestedModel?: string;
  text: string;
  /** How it ended; undefined while it is on its way. */
  result?: RunResult;
}

/** A question and its answers, of which one is shown and goes along with what is asked next. */
export class Turn {
  private all: Answer[] = [];
  private current: Answer | undefined;

  /** @param question what the user typed; the first turn of a thread has the prompt instead. */
  constructor(readonly question?: string) {}

  get answers(): readonly Answer[] {
    return this.all;
  }

  get shown(): Answer | undefined {
    return this.current;
  }

  /** From 0; -1 where there is no answer yet. */
  get position(): number {
    return this.current === undefined ? -1 : this.all.indexOf(this.current);
  }

  /** Adds answers that begin now. Those that ended without a word make room: there is nothing in them to go back to. */
  addAnswers(answers: readonly Answer[]): void {
    this.all = [...this.all.filter(({ text, result }) => result === undefined || text !== ''), ...answers];
    if (this.current !== undefined && !this.all.includes(this.current)) this.current = undefined;
  }

  show(answer: Answer): void {
    if (this.all.includes(answer)) this.current = answer;
  }

  /** The answer so many places further, round and round; undefined where there is no other. */
  neighbor(offset: 1 | -1): Answer | undefined {
    const count = this.all.length;
    return count < 2 ? undefined : this.all[(this.position + offset + count) % count];
  }
}

/** The turns of one thread, in order. Nothing is trimmed or added here: what it holds is what is sent. */
export class Conversation {
  private prompt: readonly ChatMessage[];
  private readonly all: Turn[] = [new Turn()];

  /** @param messages the prompt, which the first turn answers. */
  constructor(messages: readonly ChatMessage[]) {
    this.prompt = [...messages];
  }

  get turns(): readonly Turn[] {
    return this.all;
  }

  /** The turn that can still be answered. */
  get lastTurn(): Turn {
    return this.all.at(-1) ?? this.addTurn();
  }

  /** Begins a new turn; the shown answers of those before it stay as they are. */
  addTurn(question?: string): Turn {
    const turn = new Turn(question);
    this.all.push(turn);
    return turn;
  }

  /** What is sent to have the last turn answered: everything in front of its answers, with one answer for each question. */
  toMessages(): readonly ChatMessage[] {
    const { lastTurn } = this;
    return [
      ...this.prompt,
      ...this.all.flatMap((turn): ChatMessage[] => {
        const { question, shown } = turn;
        const userMessages: ChatMessage[] = question === undefined ? [] : [{ role: 'user', content: question }];
        if (turn === lastTurn || shown === undefined || shown.text === '') return userMessages;
        return [...userMessages, { role: 'assistant', content: shown.text }];
      }),
    ];
  }

  /** What is shown of the last answer is no longer what the model sent; what is asked next goes on from what is shown. */
  replaceShownText(text: string): void {
    const { shown } = this.lastTurn;
    if (shown !== undefined) shown.text = text;
  }

  /** Puts another text in the place of one that the prompt quotes once. False, and nothing done, where it does not. */
  replaceQuote(quoted: string, text: string): boolean {
    const quotedPrompt = replaceQuote(this.prompt, quoted, text);
    if (quotedPrompt !== undefined) this.prompt = quotedPrompt;
    return quotedPrompt !== undefined;
  }
}
