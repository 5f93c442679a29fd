/** One replacement in a document, as the editor reports it: offsets are those of the text before the whole event. */
export interface TextChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/**
 * A range of a document that follows the text it was put on while others edit around it. Text typed exactly at one of its
 * ends stays outside, and before a range that is empty, unless the range is sticky.
 */
export class TrackedRange {
  private startOffset: number;
  private endOffset: number;
  private readonly isSticky: boolean;

  /** @param options.isSticky text typed exactly at one of the ends belongs to the range. */
  constructor(start: number, end: number, { isSticky = false }: { readonly isSticky?: boolean } = {}) {
    this.startOffset = start;
    this.endOffset = end;
    this.isSticky = isSticky;
  }

  get start(): number {
    return this.startOffset;
  }

  get end(): number {
    return this.endOffset;
  }

  /** For a change of our own inside the range: what was inserted belongs to it. */
  resize(length: number): void {
    this.endOffset = this.startOffset + Math.max(length, 0);
  }

  /**
   * Takes the changes of one event, in any order. `touched` says that text inside the range was changed; the range then
   * covers what is left of it and should no longer be written to.
   */
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
      if (this.isSticky && isAtEnd) {
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
    this.startOffset = firstKept + startShift;
    this.endOffset = Math.max(this.startOffset, lastKept + endShift);
    if (isTouched) return 'touched';
    return startShift !== 0 || endShift !== 0 ? 'moved' : 'unchanged';
  }
}
