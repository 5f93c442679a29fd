/**
 * How long to wait between two redraws of a streaming comment, in milliseconds, for an answer of so many characters.
 * Each redraw renders the whole text again, and the editor paints nothing at all when updates come faster than 100 ms.
 */
export function redrawInterval(length: number): number {
  if (length < 4_000) return 150;
  return length < 12_000 ? 400 : 1_000;
}
