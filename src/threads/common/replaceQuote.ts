import type { ChatMessage } from '../../core/chat';
import { uniqueIndexOf } from '../../text/uniqueIndexOf';

/**
 * The messages with another text where the user's messages quote one. Undefined where they do not quote it, or more than
 * once: the places could not be told apart.
 */
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
