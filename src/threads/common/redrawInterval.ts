/**
 * Milliseconds between redraws of a streaming comment with this many characters. Each redraw renders the whole text,
 * and VS Code paints nothing while updates arrive faster than every 100 ms.
 */
export function redrawInterval(length: number): number {
  if (length < 4_000) return 150;
  return length < 12_000 ? 400 : 1_000;
}
