import { isClosingFence, openingFence } from '../text/codeFence';

// Longer than the longest mark of a template.
const TAIL_LENGTH = 30;
const MAX_LINE_LENGTH = 200;
// With these, the marks belong to a template that the answer quotes.
const TEMPLATE = /<\|im_start\|>|<\|start_header_id\|>|<s>/i;

export class PrecedingText {
  hasTemplate = false;
  private tail = '';
  private line = '';
  private marker: string | undefined;

  append(text: string): void {
    const end = this.tail + text;
    this.hasTemplate ||= TEMPLATE.test(end);
    this.tail = end.slice(-TAIL_LENGTH);
    for (let start = 0; ; ) {
      const lineEnd = text.indexOf('\n', start);
      const partEnd = lineEnd === -1 ? text.length : lineEnd;
      this.line += text.slice(start, Math.min(partEnd, start + MAX_LINE_LENGTH - this.line.length));
      if (lineEnd === -1) return;
      this.marker = markerAfter(this.line, this.marker);
      this.line = '';
      start = lineEnd + 1;
    }
  }

  get lastCharacter(): string {
    return this.tail.slice(-1);
  }

  get isAtLineStart(): boolean {
    return this.line.trim() === '';
  }

  /** Whether a space separates the token from other words in its line. */
  get isInSentence(): boolean {
    return !this.isAtLineStart && /[ \t]/.test(this.lastCharacter);
  }

  get isInFence(): boolean {
    return markerAfter(this.line, this.marker) !== undefined;
  }
}

function markerAfter(line: string, marker: string | undefined): string | undefined {
  if (marker === undefined) return openingFence(line)?.marker;
  return isClosingFence(line, marker) ? undefined : marker;
}
