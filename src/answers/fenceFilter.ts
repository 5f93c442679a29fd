/** Behind so many blanks no fence is waited for: what is held back is looked at with every piece. */
const MAX_BUFFER_LENGTH = 1000;

/**
 * Takes the fence off an answer that is one block of code, while it arrives: the line that opens it, and the one that ends
 * it, with which the answer ends. `push` returns what a piece adds to the code, `end` what was held back. It goes on where
 * it was when the rest of an answer is asked for later.
 */
export class FenceFilter {
  private state: 'start' | 'inside' | 'text' = 'start';
  private buffer = '';
  /** The fence that opened the block. */
  private fence = '';

  push(chunk: string): string {
    this.buffer += chunk;
    if (this.state === 'start') this.readStart();
    if (this.state === 'start') return '';
    return this.take(this.state === 'text' ? this.buffer.length : this.findPossibleEnd());
  }

  end(): string {
    const isClosed =
      this.state === 'inside' && this.findTrailingFence(this.buffer.trimEnd()).length >= this.fence.length;
    const rest = this.take(this.buffer.length);
    return isClosed ? '' : rest;
  }

  private readStart(): void {
    const [opening, fence = ''] = /^\s*(`{3,}|~{3,})[^\n`]*\n/.exec(this.buffer) ?? [];
    if (opening !== undefined) {
      this.take(opening.length);
      this.fence = fence;
      this.state = 'inside';
    } else if (
      this.buffer.length > MAX_BUFFER_LENGTH ||
      !/^\s*(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})[^\n`]*)$/.test(this.buffer)
    )
      this.state = 'text';
  }

  /** From where on the text may be the line that ends the block, if the answer ends with it. */
  private findPossibleEnd(): number {
    const text = this.buffer.trimEnd();
    const code = text.slice(0, text.length - this.findTrailingFence(text).length).trimEnd();
    return this.buffer.length - code.length > MAX_BUFFER_LENGTH ? this.buffer.length : code.length;
  }

  /** The marks at the end of a text, where they stand on a line of their own. */
  private findTrailingFence(text: string): string {
    let start = text.length;
    while (start > 0 && text[start - 1] === this.fence[0]) start -= 1;
    const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    return line.trim() === '' ? text.slice(start) : '';
  }

  private take(length: number): string {
    const taken = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    return taken;
  }
}
