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
  const sent = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  // A text may have changed back since: the last version that was sent counts.
  const isSent = (block: string): boolean => {
    const [label = ''] = block.split('\n', 1);
    return sent.findLast((content) => content.includes(`\n\n${label}\n`))?.includes(block) === true;
  };
  return {
    blocks: blocks.filter((block) => !isSent(block)),
    pictures: pictures.filter(({ hash }) => !sentHashes.includes(hash)),
  };
}
