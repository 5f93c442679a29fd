import type { ChatMessage, ChatRole } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';
import type { Picture } from '../../core/picture';

export interface WireMessage {
  readonly role: ChatRole | 'developer';
  readonly content: string;
  readonly pictures?: readonly Picture[];
}

/** Joins neighbors of the same role, which a failed turn leaves: many chat templates want the roles to alternate. */
export function toWireMessages(messages: readonly ChatMessage[], { systemRole }: Adaptation): WireMessage[] {
  if (systemRole !== 'user') {
    return joinNeighbors(messages.map((message) => ({ ...message, role: toWireRole(message.role, systemRole) })));
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

export function joinNeighbors<Message extends Omit<WireMessage, 'role'> & { readonly role: string }>(
  messages: readonly Message[],
): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== message.role) joined.push(message);
    else joined[joined.length - 1] = join(last, message);
  }
  return joined;
}

function join<Message extends Omit<WireMessage, 'role'>>(first: Message, second: Message): Message {
  const content = `${first.content}\n\n${second.content}`;
  const pictures = [...(first.pictures ?? []), ...(second.pictures ?? [])];
  return { ...first, content, ...(pictures.length > 0 && { pictures }) };
}

export function joinMessages(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join('\n\n');
}
