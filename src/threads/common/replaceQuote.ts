import type { ChatMessage } from '../../core/chat';
import { uniqueIndexOf } from '../../text/uniqueIndexOf';

/** Replaces a quote in the user messages; undefined unless they contain it exactly once. */
export function replaceQuote(
  messages: readonly ChatMessage[],
  quoted: string,
  text: string,
): readonly ChatMessage[] | undefined {
  const quoting = messages.filter(({ role, content }) => role === 'user' && content.includes(quoted));
  const [message, ...others] = quoting;
  const index = message === undefined || quoted === '' ? undefined : uniqueIndexOf(message.content, quoted);
  if (message === undefined || index === undefined || others.length > 0) return undefined;
  const content = message.content.slice(0, index) + text + message.content.slice(index + quoted.length);
  return messages.map((candidate) => (candidate === message ? { ...message, content } : candidate));
}
