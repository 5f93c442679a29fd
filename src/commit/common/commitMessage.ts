import { isClosingFence, openingFence } from '../../text/codeFence';
import { toLineFeeds } from '../../text/indentation';

/** The commit message in a complete or partial answer: without a fence, quotation marks and outer white space. */
export function extractCommitMessage(answer: string): string {
  const text = withoutLeadIn(toLineFeeds(answer).trim());
  const body = startsWithFence(text) ? extractFenced(text) : stripQuotes(withoutUnopenedFence(text));
  return body.replace(/[^\S\n]+$/gm, '').replace(/^\n+|\n+$/g, '');
}

// Also matches a fence that is still arriving, so that no part of it is shown.
function startsWithFence(text: string): boolean {
  return /^(?:`{1,2}$|`{3}|~{3})/.test(text);
}

function extractFenced(text: string): string {
  const lines = text.split('\n').slice(1);
  // One backtick may be the beginning of the fence.
  const end = lines.findIndex((line) => isClosingFence(line, '`') || isClosingFence(line, '~~~'));
  return (end === -1 ? lines : lines.slice(0, end)).join('\n');
}

/** "Here is the message:" before a fence. The first line of a message doesn't end with a colon. */
function withoutLeadIn(text: string): string {
  return text.replace(/^[^\n]{1,200}[:：]\**\n+(?=(?:`{3,}[^\n`]*|~{3,}[^\n]*)\n)/, '');
}

function withoutUnopenedFence(text: string): string {
  const lines = text.split('\n');
  const isUnopened = lines.findIndex((line) => openingFence(line) !== undefined) === lines.length - 1;
  return isUnopened && lines.length > 1 ? lines.slice(0, -1).join('\n') : text;
}

// Only for a single line: a longer message may begin and end with a quoted name.
function stripQuotes(text: string): string {
  const quoted = /^(["'`])([^\n]*)\1$/.exec(text)?.[2];
  return quoted === undefined || /["'`]/.test(quoted) ? text : quoted;
}
