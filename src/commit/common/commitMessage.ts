import { toLineFeeds } from '../../text/indentation';

/**
 * The commit message in an answer, or in as much of one as has arrived: without the fence or the quotation marks that a
 * model puts around it, and without white space at its ends and at the ends of its lines. What is inside stays as it is.
 * @param answer without reasoning.
 */
export function extractCommitMessage(answer: string): string {
  const text = toLineFeeds(answer).trim();
  const body = startsWithFence(text) ? extractFenced(text) : stripQuotes(text);
  return body.replace(/[^\S\n]+$/gm, '').replace(/^\n+|\n+$/g, '');
}

/** Also while its first line is still arriving, so that no part of a fence is shown and taken away again. */
function startsWithFence(text: string): boolean {
  return /^(?:`{1,2}$|`{3}|~{3})/.test(text);
}

/** What the fence holds; what a model says behind it is no part of a message. */
function extractFenced(text: string): string {
  const lines = text.split('\n').slice(1);
  const end = lines.findIndex((line) => /^\s*(?:`+|~{3,})\s*$/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).join('\n');
}

/** Only around a single line: a message of several lines can begin and end with a name in quotation marks. */
function stripQuotes(text: string): string {
  const quoted = /^(["'`])([^\n]*)\1$/.exec(text)?.[2];
  return quoted === undefined || /["'`]/.test(quoted) ? text : quoted;
}
