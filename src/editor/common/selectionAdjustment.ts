/** A text that was put between two characters; offsets are those of the document before. */
export interface InsertedText {
  readonly offset: number;
  readonly length: number;
}

/** A selection as offsets; the two are equal for a caret. */
export interface OffsetPair {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a selection belongs once texts were inserted: a caret stays in front of what appears where it stands, and a
 * selection holds the same characters as before, neither more nor fewer.
 */
export function selectionBehind({ start, end }: OffsetPair, inserted: readonly InsertedText[]): OffsetPair {
  const isCaret = start === end;
  return { start: moved(start, inserted, isCaret), end: moved(end, inserted, true) };
}

/** Whether an editor, which may carry either end along with a text that appears there, could have made this of it. */
export function isCarried(before: OffsetPair, now: OffsetPair, inserted: readonly InsertedText[]): boolean {
  const isEither = (from: number, to: number) =>
    to === moved(from, inserted, true) || to === moved(from, inserted, false);
  return isEither(before.start, now.start) && isEither(before.end, now.end);
}

function moved(offset: number, inserted: readonly InsertedText[], stays: boolean): number {
  const before = inserted.filter((text) => text.offset < offset || (text.offset === offset && !stays));
  return before.reduce((sum, { length }) => sum + length, offset);
}
