import type { ChatMessage } from '../../core/chat';
import { picturesOf } from '../../core/messagePictures';
import type { Picture } from '../../core/picture';

/** What a question refers to: blocks of text, sent after it, and pictures. */
export interface Attachments {
  readonly blocks: readonly string[];
  readonly pictures: readonly Picture[];
}

export const NO_ATTACHMENTS: Attachments = { blocks: [], pictures: [] };

export function attach(question: ChatMessage, { blocks, pictures }: Attachments): ChatMessage {
  const content = [question.content, ...blocks].join('\n\n');
  return { ...question, content, ...(pictures.length > 0 && { pictures }) };
}

export function attachToLast(messages: readonly ChatMessage[], attachments: Attachments): ChatMessage[] {
  return messages.map((message, index) => (index === messages.length - 1 ? attach(message, attachments) : message));
}

/** Leaves out what the conversation has already sent unchanged. */
export function withoutSent({ blocks, pictures }: Attachments, messages: readonly ChatMessage[]): Attachments {
  const sentHashes = picturesOf(messages).map(({ hash }) => hash);
  return {
    blocks: blocks.filter((block) => !messages.some(({ role, content }) => role === 'user' && content.includes(block))),
    pictures: pictures.filter(({ hash }) => !sentHashes.includes(hash)),
  };
}
