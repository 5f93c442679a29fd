import type { ChatMessage } from './chat';

/** The messages of one thread, in order. Nothing is trimmed or added here: what it holds is what is sent. */
export class Conversation {
  private readonly history: ChatMessage[];

  constructor(messages: readonly ChatMessage[]) {
    this.history = [...messages];
  }

  /** A copy, so that a request in flight does not change when the user replies. */
  messages(): readonly ChatMessage[] {
    return [...this.history];
  }

  addUser(text: string): void {
    this.history.push({ role: 'user', content: text });
  }

  addAssistant(text: string): void {
    this.history.push({ role: 'assistant', content: text });
  }

  /** Takes the last answer off, to ask for another one; does nothing when the last message is not an answer. */
  removeLastAssistant(): void {
    if (this.history.at(-1)?.role === 'assistant') this.history.pop();
  }
}
