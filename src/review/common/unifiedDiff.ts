import { structuredPatch } from 'diff';
import { toLineFeeds } from '../../text/indentation';
import { MAX_EDIT_LENGTH } from './lineDiff';

const CONTEXT_LINES = 3;

/** Used instead of hunk headers: their line numbers would count from the selection. */
const SEPARATOR = '⋯';

/** A unified diff without headers. Empty if the texts differ at most in line endings. */
export function unifiedDiff(original: string, changed: string): string {
  const [oldText, newText] = [toLineFeeds(original), toLineFeeds(changed)];
  if (oldText === newText) return '';
  const [oldLines, newLines] = [endLine(oldText), endLine(newText)];
  // A last line without line end differs from the same line in the middle, unless both texts end alike.
  const [before, after] = oldLines === newLines ? [oldText, newText] : [oldLines, newLines];
  const patch = structuredPatch('', '', before, after, '', '', {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDIT_LENGTH,
  });
  if (patch === undefined) return [...prefixLines('-', oldText), ...prefixLines('+', newText)].join('\n');
  return patch.hunks
    .map((hunk) =>
      // A line starting with a backslash is a marker ("No newline at end of file"), not part of either text.
      hunk.lines.filter((line) => !line.startsWith('\\')).join('\n'),
    )
    .join(`\n${SEPARATOR}\n`);
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function prefixLines(prefix: string, text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => prefix + line);
}
