import type { ChatMessage, ChatRole } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';

export interface WireMessage {
  readonly role: ChatRole | 'developer';
  readonly content: string;
}

/** Puts instructions under the role that the server accepts, or in front of the user's text if it accepts none. */
export function toWireMessages(messages: readonly ChatMessage[], { systemRole }: Adaptation): WireMessage[] {
  if (systemRole !== 'user') {
    return messages.map(({ role, content }) => ({
      role: role === 'system' ? (systemRole ?? 'system') : role,
      content,
    }));
  }
  const instructions = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const conversation = messages.filter(({ role }) => role !== 'system');
  const firstUserIndex = conversation.findIndex(({ role }) => role === 'user');
  return conversation.map(({ role, content }, index) => ({
    role: role === 'assistant' ? 'assistant' : 'user',
    content: index === firstUserIndex ? [...instructions, content].join('\n\n') : content,
  }));
}
