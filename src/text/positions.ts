/** Adds lines and columns, which begin at 1, to places in a text. The places are in order. */
export function locate<Place extends { readonly start: number }>(
  text: string,
  places: readonly Place[],
): (Place & { line: number; column: number })[] {
  const lineEnds = text.matchAll(/\r\n|\r|\n/g);
  let next = lineEnds.next();
  let line = 1;
  let lineStart = 0;
  return places.map((place) => {
    while (next.done !== true && next.value.index < place.start) {
      line += 1;
      lineStart = next.value.index + next.value[0].length;
      next = lineEnds.next();
    }
    return { ...place, line, column: place.start - lineStart + 1 };
  });
}
