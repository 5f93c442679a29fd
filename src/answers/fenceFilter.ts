/** Behind so many blanks no fence is waited for: what is held back is looked at with every piece. */
const MOST_HELD = 1000;

/**
 * Takes the fence off an answer that is one block of code, while it arrives: the line that opens it, and the one that ends
 * it, with which the answer ends. `push` returns what a piece adds to the code, `end` what was held back. It goes on where
 * it was when the rest of an answer is asked for later.
 */
export class FenceFilter {
  private state: 'start' | 'inside' | 'text' = 'start';
  private held = '';
  /** The fence that opened the block. */
  private mark = '';

  push(piece: string): string {
    this.held += piece;
    if (this.state === 'start') this.readStart();
    if (this.state === 'start') return '';
    return this.take(this.state === 'text' ? this.held.length : this.possibleEnd());
  }

  end(): string {
    const isClosed = this.state === 'inside' && this.fenceAt(this.held.trimEnd()).length >= this.mark.length;
    const rest = this.take(this.held.length);
    return isClosed ? '' : rest;
  }

  private readStart(): void {
    const [opening, mark = ''] = /^\s*(`{3,}|~{3,})[^\n`]*\n/.exec(this.held) ?? [];
    if (opening !== undefined) {
      this.take(opening.length);
      this.mark = mark;
      this.state = 'inside';
    } else if (this.held.length > MOST_HELD || !/^\s*(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})[^\n`]*)$/.test(this.held))
      this.state = 'text';
  }

  /** From where on the text may be the line that ends the block, if the answer ends with it. */
  private possibleEnd(): number {
    const text = this.held.trimEnd();
    const code = text.slice(0, text.length - this.fenceAt(text).length).trimEnd();
    return this.held.length - code.length > MOST_HELD ? this.held.length : code.length;
  }

  /** The marks at the end of a text, where they stand on a line of their own. */
  private fenceAt(text: string): string {
    let start = text.length;
    while (start > 0 && text[start - 1] === this.mark[0]) start -= 1;
    const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    return line.trim() === '' ? text.slice(start) : '';
  }

  private take(length: number): string {
    const taken = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return taken;
  }
}
