/** A text that was put between two characters; offsets are those of the document before. */
export interface InsertedText {
  readonly offset: number;
  readonly length: number;
}

/** A selection as offsets; the two are equal for a caret. */
export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a selection belongs once texts were inserted: a caret stays in front of what appears where it stands, and a
 * selection holds the same characters as before, neither more nor fewer.
 */
export function adjustSelection({ start, end }: OffsetRange, insertions: readonly InsertedText[]): OffsetRange {
  const isCaret = start === end;
  return { start: shiftOffset(start, insertions, isCaret), end: shiftOffset(end, insertions, true) };
}

/** Whether an editor, which may carry either end along with a text that appears there, could have made this of it. */
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
