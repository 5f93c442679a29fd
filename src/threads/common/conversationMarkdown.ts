import { fencedCodeBlock } from '../../text/codeFence';
import type { Conversation } from './conversation';

/** What is written around the turns of a conversation, in the user's language. */
export interface ConversationFacts {
  readonly title: string;
  /** File and lines. */
  readonly place: string;
  /** What was asked about, and the language it is written in. */
  readonly code: { readonly text: string; readonly languageId: string };
  /** What the user asked to begin with, where that was typed. */
  readonly question?: string;
  readonly you: string;
  readonly them: string;
}

/** A conversation as a Markdown document: who said what, word for word, with the answers that are shown. */
export function conversationMarkdown(conversation: Conversation, facts: ConversationFacts): string {
  const parts = [`# ${facts.title}`, facts.place, fencedCodeBlock(facts.code.text, facts.code.languageId)];
  for (const [index, { question, shown }] of conversation.turns.entries()) {
    const asked = index === 0 ? facts.question : question;
    if (asked !== undefined) parts.push(`## ${facts.you}`, closeFence(asked.trim()));
    if (shown !== undefined && shown.text.trim() !== '') {
      parts.push(`## ${facts.them} · ${shown.result?.reportedModel ?? shown.model}`, closeFence(shown.text.trim()));
    }
  }
  return `${parts.join('\n\n')}\n`;
}

/** Ends a code block that was left open, as in an answer that was cut off: it would swallow all that follows. */
export function closeFence(text: string): string {
  let open: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const marks = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    if (open === undefined) open = marks;
    else if (marks?.startsWith(open) && line.trimEnd().endsWith(marks)) open = undefined;
  }
  return open === undefined ? text : `${text}\n${open}`;
}
