/** A change as VS Code reports it: offsets refer to the text before the whole event. */
export interface TextChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/** Text inserted exactly at an end stays outside, and before an empty range, unless the range is sticky. */
export class TrackedRange {
  constructor(
    public start: number,
    public end: number,
    private readonly options: { readonly isSticky?: boolean } = {},
  ) {}

  resize(length: number): void {
    this.end = this.start + Math.max(length, 0);
  }

  /** After `touched`, the range covers what is left of its text and should not be written to. */
  apply(changes: readonly TextChange[]): 'moved' | 'touched' | 'unchanged' {
    const { start, end } = this;
    let isTouched = false;
    let startShift = 0;
    let endShift = 0;
    let firstKept = start;
    let lastKept = end;
    for (const change of changes) {
      const changeEnd = change.rangeOffset + change.rangeLength;
      const growth = change.text.length - change.rangeLength;
      if (changeEnd === change.rangeOffset && change.text === '') continue;
      const isAtEnd = change.rangeLength === 0 && (changeEnd === start || changeEnd === end);
      if (this.options.isSticky === true && isAtEnd) {
        endShift += growth;
      } else if (changeEnd <= start) {
        startShift += growth;
        endShift += growth;
      } else if (change.rangeOffset < end) {
        isTouched = true;
        const reachesBefore = change.rangeOffset < start;
        const reachesBehind = changeEnd > end;
        if (reachesBefore) {
          firstKept = changeEnd;
          startShift += growth;
        }
        if (reachesBehind && !reachesBefore) lastKept = change.rangeOffset;
        else endShift += growth;
      }
    }
    this.start = firstKept + startShift;
    this.end = Math.max(this.start, lastKept + endShift);
    if (isTouched) return 'touched';
    return startShift !== 0 || endShift !== 0 ? 'moved' : 'unchanged';
  }
}
