// The buffer is scanned again with every chunk, so it must stay short, even in a stream of blank lines.
const MAX_BUFFER_LENGTH = 1000;

/**
 * Removes the fence around a streamed answer that is a single code block. `push` returns the text that is ready, `end`
 * the rest. Can be reused after `end` when an answer is continued.
 */
export class FenceFilter {
  private state: 'start' | 'inside' | 'text' = 'start';
  private buffer = '';
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

  private findPossibleEnd(): number {
    const text = this.buffer.trimEnd();
    const code = text.slice(0, text.length - this.findTrailingFence(text).length).trimEnd();
    return this.buffer.length - code.length > MAX_BUFFER_LENGTH ? this.buffer.length : code.length;
  }

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
