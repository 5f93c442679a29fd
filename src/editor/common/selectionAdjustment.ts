/** The offset refers to the document before the insertion. */
export interface InsertedText {
  readonly offset: number;
  readonly length: number;
}

export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/** A caret stays before text inserted at its position, and a selection keeps covering the same characters. */
export function adjustSelection({ start, end }: OffsetRange, insertions: readonly InsertedText[]): OffsetRange {
  const isCaret = start === end;
  return { start: shiftOffset(start, insertions, isCaret), end: shiftOffset(end, insertions, true) };
}

/** Whether the insertions explain the new selection. An editor may move either end along with text inserted at it. */
export function isExplainedByInsertions(
  before: OffsetRange,
  now: OffsetRange,
  insertions: readonly InsertedText[],
): boolean {
  const isShifted = (from: number, to: number) =>
    to === shiftOffset(from, insertions, true) || to === shiftOffset(from, insertions, false);
  return isShifted(before.start, now.start) && isShifted(before.end, now.end);
}

function shiftOffset(offset: number, insertions: readonly InsertedText[], isAnchored: boolean): number {
  const preceding = insertions.filter(
    (insertion) => insertion.offset < offset || (insertion.offset === offset && !isAnchored),
  );
  return preceding.reduce((sum, { length }) => sum + length, offset);
}
