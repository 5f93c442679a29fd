import type { ChatMessage } from '../../core/chat';

/** Appends what a question refers to, after the question. */
export function attach(question: string, blocks: readonly string[]): string {
  return [question, ...blocks].join('\n\n');
}

export function attachToLast(messages: readonly ChatMessage[], blocks: readonly string[]): ChatMessage[] {
  return messages.map((message, index) =>
    index === messages.length - 1 ? { ...message, content: attach(message.content, blocks) } : message,
  );
}

/** Leaves out what the conversation has already sent unchanged. */
export function withoutSent(blocks: readonly string[], messages: readonly ChatMessage[]): readonly string[] {
  return blocks.filter((block) => !messages.some(({ role, content }) => role === 'user' && content.includes(block)));
}
