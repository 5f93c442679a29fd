import type { ChatMessage, ChatRole } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';

export interface WireMessage {
  readonly role: ChatRole | 'developer';
  readonly content: string;
}

/** Joins neighbors of the same role, which a failed turn leaves: many chat templates want the roles to alternate. */
export function toWireMessages(messages: readonly ChatMessage[], { systemRole }: Adaptation): WireMessage[] {
  if (systemRole !== 'user') {
    return joinNeighbors(messages.map(({ role, content }) => ({ role: toWireRole(role, systemRole), content })));
  }
  const instructions = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const conversation = messages.filter(({ role }) => role !== 'system');
  const firstUserIndex = Math.max(
    0,
    conversation.findIndex(({ role }) => role === 'user'),
  );
  const before = conversation.slice(0, firstUserIndex);
  const userMessages = instructions.map((content) => ({ role: 'user' as const, content }));
  return joinNeighbors([...before, ...userMessages, ...conversation.slice(firstUserIndex)]);
}

function toWireRole(role: ChatRole, systemRole: Adaptation['systemRole']): WireMessage['role'] {
  return role === 'system' && systemRole === 'developer' ? 'developer' : role;
}

export function joinNeighbors<Role extends string>(
  messages: readonly { readonly role: Role; readonly content: string }[],
): { readonly role: Role; readonly content: string }[] {
  const joined: { readonly role: Role; readonly content: string }[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== message.role) joined.push(message);
    else joined[joined.length - 1] = { role: last.role, content: `${last.content}\n\n${message.content}` };
  }
  return joined;
}

export function joinMessages(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join('\n\n');
}
