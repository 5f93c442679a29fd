import { structuredPatch } from 'diff';
import { toLineFeeds } from '../../text/indentation';

const CONTEXT_LINES = 3;

/** Line numbers would be those of the selection, which nobody counts by. */
const SEPARATOR = '⋯';

/** Beyond this many differing lines the search for the smallest diff is given up; it takes quadratic time. */
const MAX_EDIT_LENGTH = 1_500;

/**
 * The lines that would change, marked `-` and `+`, with three lines around them and `⋯` between two places. Empty when
 * nothing changes. Line ends do not count as a change.
 */
export function unifiedDiff(before: string, after: string): string {
  const [oldText, newText] = [toLineFeeds(before), toLineFeeds(after)];
  if (oldText === newText) return '';
  const patch = structuredPatch('', '', oldText, newText, '', '', {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDIT_LENGTH,
  });
  if (patch === undefined) return [...prefixLines('-', oldText), ...prefixLines('+', newText)].join('\n');
  return patch.hunks
    .map((hunk) =>
      // A line that begins with a backslash is a remark ("No newline at end of file"), not a line of either text.
      hunk.lines.filter((line) => !line.startsWith('\\')).join('\n'),
    )
    .join(`\n${SEPARATOR}\n`);
}

function prefixLines(prefix: string, text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => prefix + line);
}
