import { diffArrays } from 'diff';

/** Maximum edit distance. The diff algorithm is quadratic in it. */
export const MAX_EDIT_LENGTH = 1_500;

/** Replaces the lines from `start` (inclusive) to `end` (exclusive). All texts in this file have `\n` line endings. */
export interface LineChange {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

export interface TextReplacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A minimal line diff, in order. Adjacent changes are separated by at least one common line. */
export function diffLines(before: string, after: string): LineChange[] {
  const [oldLines, newLines] = [before.split('\n'), after.split('\n')];
  const parts = diffArrays(oldLines, newLines, { maxEditLength: MAX_EDIT_LENGTH });
  if (parts === undefined) return [singleChange(oldLines, newLines)];
  const changes: LineChange[] = [];
  let line = 0;
  let open: LineChange | undefined;
  for (const part of parts) {
    if (part.added || part.removed) {
      open ??= { start: line, end: line, lines: [] };
      if (part.removed) line += part.value.length;
      open = { ...open, end: line, lines: part.added ? [...open.lines, ...part.value] : open.lines };
    } else {
      if (open !== undefined) changes.push(open);
      open = undefined;
      line += part.value.length;
    }
  }
  if (open !== undefined) changes.push(open);
  return changes;
}

export function applyChanges(text: string, changes: readonly LineChange[]): string {
  const lines = text.split('\n');
  const result: string[] = [];
  let next = 0;
  for (const { start, end, lines: added } of changes) {
    for (; next < start; next += 1) result.push(lines[next] ?? '');
    result.push(...added);
    next = end;
  }
  return [...result, ...lines.slice(next)].join('\n');
}

/** Three-way merge. Undefined if both sides change the same lines, or adjacent ones in an ambiguous order. */
export function rebase(base: string, current: string, proposed: string): string | undefined {
  if (base === current) return proposed;
  const theirs = diffLines(base, current);
  const ours = diffLines(base, proposed).filter(
    (change) => !theirs.some((theirChange) => isSameChange(change, theirChange)),
  );
  if (ours.some((change) => theirs.some((theirChange) => conflicts(change, theirChange)))) return undefined;
  return applyChanges(
    base,
    [...theirs, ...ours].sort((left, right) => left.start - right.start || left.end - right.end),
  );
}

export function toReplacement(text: string, { start, end, lines }: LineChange): TextReplacement {
  const starts = lineStarts(text);
  const startOffset = starts[start] ?? text.length;
  if (end < starts.length) {
    return { start: startOffset, end: starts[end] ?? text.length, text: lines.map((line) => `${line}\n`).join('') };
  }
  if (start === 0) return { start: 0, end: text.length, text: lines.join('\n') };
  const insertOffset = start < starts.length ? startOffset - 1 : text.length;
  return { start: insertOffset, end: text.length, text: lines.map((line) => `\n${line}`).join('') };
}

/** Includes an adjacent line where a range tracker could not tell whether an edit is inside or outside. */
export function includeNeighborLine(text: string, replacement: TextReplacement): TextReplacement {
  let { start, end, text: insertedText } = replacement;
  while ((start === 0 || end === text.length) && (start === end || insertedText === '')) {
    if (start > 0) {
      const lineStart = start === 1 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
      insertedText = text.slice(lineStart, start) + insertedText;
      start = lineStart;
    } else if (end < text.length) {
      const lineEnd = text.indexOf('\n', end) + 1 || text.length;
      insertedText += text.slice(end, lineEnd);
      end = lineEnd;
    } else break;
  }
  return { start, end, text: insertedText };
}

export type DiffSide = 'before' | 'after';

/** The change at or nearest to a line of one side of the diff; the earlier one of two equally near. */
export function findNearestChange(
  changes: readonly LineChange[],
  position: { readonly side: DiffSide; readonly line: number },
): LineChange | undefined {
  let best: { change: LineChange; distance: number } | undefined;
  let lineOffset = 0;
  for (const change of changes) {
    const { start, end, lines } = change;
    const first = position.side === 'before' ? start : start + lineOffset;
    const count = position.side === 'before' ? end - start : lines.length;
    lineOffset += lineDelta(change);
    // Lines that exist only on the other side lie between two lines of this side and belong to both.
    const [top, bottom] = count === 0 ? [first - 1, first] : [first, first + count - 1];
    const distance = Math.max(0, top - position.line, position.line - bottom);
    if (best === undefined || distance < best.distance) best = { change, distance };
  }
  return best?.change;
}

export function getStartLine(changes: readonly LineChange[], change: LineChange, side: DiffSide): number {
  if (side === 'before') return change.start;
  const earlierChanges = changes.filter(({ start }) => start < change.start);
  return earlierChanges.reduce((line, earlierChange) => line + lineDelta(earlierChange), change.start);
}

function isSameChange(left: LineChange, right: LineChange): boolean {
  const isSamePlace = left.start === right.start && left.end === right.end;
  return isSamePlace && left.lines.join('\n') === right.lines.join('\n') && left.lines.length === right.lines.length;
}

/** Changes that touch are ambiguous if both insert lines, or one inserts next to lines that the other deletes. */
function conflicts(left: LineChange, right: LineChange): boolean {
  if (left.start < right.end && right.start < left.end) return true;
  if (left.end !== right.start && right.end !== left.start) return false;
  const [leftGrowth, rightGrowth] = [lineDelta(left), lineDelta(right)];
  const isInsertion = ({ start, end }: LineChange) => start === end;
  if (isInsertion(left) && rightGrowth < 0) return true;
  if (isInsertion(right) && leftGrowth < 0) return true;
  return leftGrowth > 0 && rightGrowth > 0;
}

function lineDelta({ start, end, lines }: LineChange): number {
  return lines.length - (end - start);
}

function singleChange(oldLines: readonly string[], newLines: readonly string[]): LineChange {
  const maxCommonLines = Math.min(oldLines.length, newLines.length);
  let start = 0;
  while (start < maxCommonLines && oldLines[start] === newLines[start]) start += 1;
  let commonSuffix = 0;
  while (commonSuffix < maxCommonLines - start && oldLines.at(-1 - commonSuffix) === newLines.at(-1 - commonSuffix))
    commonSuffix += 1;
  return { start, end: oldLines.length - commonSuffix, lines: newLines.slice(start, newLines.length - commonSuffix) };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return starts;
}
