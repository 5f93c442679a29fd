import { fencedCodeBlock, isClosingFence, openingFence } from '../../text/codeFence';
import type { Conversation } from './conversation';

export interface ConversationDetails {
  readonly title: string;
  readonly location: string;
  readonly code: { readonly text: string; readonly languageId: string };
  readonly userName: string;
  readonly assistantName: string;
}

export function conversationMarkdown(conversation: Conversation, details: ConversationDetails): string {
  const parts = [`# ${details.title}`, details.location, fencedCodeBlock(details.code.text, details.code.languageId)];
  for (const { question, shown } of conversation.turns) {
    if (question.text !== undefined) parts.push(`## ${details.userName}`, closeFence(question.text.trim()));
    if (shown !== undefined && shown.text.trim() !== '') {
      parts.push(
        `## ${details.assistantName} · ${shown.result?.reportedModel ?? shown.model}`,
        closeFence(shown.text.trim()),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

/** Closes an unterminated code fence, as in a truncated answer, so that it doesn't swallow the text after it. */
export function closeFence(text: string): string {
  let open: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (open === undefined) open = openingFence(line, 'anywhere')?.marker;
    else if (isClosingFence(line, open, 'anywhere')) open = undefined;
  }
  return open === undefined ? text : `${text}\n${open}`;
}
