import { structuredPatch } from 'diff';
import { toLineFeeds } from '../../text/indentation';

const contextLines = 3;

/** Line numbers would be those of the selection, which nobody counts by. */
const separator = '⋯';

/** Beyond this many differing lines the search for the smallest diff is given up; it takes quadratic time. */
const mostDifferences = 1_500;

/**
 * The lines that would change, marked `-` and `+`, with three lines around them and `⋯` between two places. Empty when
 * nothing changes. Line ends do not count as a change.
 */
export function unifiedDiff(before: string, after: string): string {
  const [oldText, newText] = [toLineFeeds(before), toLineFeeds(after)];
  if (oldText === newText) return '';
  const patch = structuredPatch('', '', oldText, newText, '', '', {
    context: contextLines,
    maxEditLength: mostDifferences,
  });
  if (patch === undefined) return [...marked('-', oldText), ...marked('+', newText)].join('\n');
  return patch.hunks
    .map((hunk) =>
      // A line that begins with a backslash is a remark ("No newline at end of file"), not a line of either text.
      hunk.lines.filter((line) => !line.startsWith('\\')).join('\n'),
    )
    .join(`\n${separator}\n`);
}

function marked(mark: string, text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => mark + line);
}
