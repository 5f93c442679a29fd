const OPEN_TAG = '<think>';
const CLOSE_TAG = '</think>';

/** Removes a leading `<think>…</think>` block. An unclosed block leaves nothing. */
export function stripReasoning(text: string): string {
  const filter = new ReasoningFilter();
  return filter.push(text) + filter.end();
}

/** {@link stripReasoning} for a stream. `push` returns the text that is ready, `end` the rest. */
export class ReasoningFilter {
  private state: ReasoningState = 'start';
  private buffer = '';
  private whitespace = '';

  push(chunk: string): string {
    this.buffer += chunk;
    if (this.state === 'start') this.state = this.readStart();
    if (this.state === 'inside') this.state = this.readInside();
    if (this.state === 'after') this.state = this.readAfter();
    return this.state === 'text' ? this.flush() : '';
  }

  end(): string {
    return this.state === 'start' ? this.whitespace + this.flush() : '';
  }

  private readStart(): ReasoningState {
    this.whitespace += this.takeLeadingWhitespace();
    if (this.buffer.startsWith(OPEN_TAG)) return this.enter('inside', this.buffer.slice(OPEN_TAG.length));
    if (OPEN_TAG.startsWith(this.buffer)) return 'start';
    return this.enter('text', this.whitespace + this.buffer);
  }

  private readInside(): ReasoningState {
    const close = this.buffer.indexOf(CLOSE_TAG);
    if (close !== -1) return this.enter('after', this.buffer.slice(close + CLOSE_TAG.length));
    // Keep only what may be the beginning of a closing tag.
    return this.enter('inside', this.buffer.slice(-(CLOSE_TAG.length - 1)));
  }

  // Drops the blank lines after the block, but keeps the indentation of the first line that follows.
  private readAfter(): ReasoningState {
    const whitespace = this.takeLeadingWhitespace();
    const lastLineEnd = Math.max(whitespace.lastIndexOf('\n'), whitespace.lastIndexOf('\r'));
    this.whitespace = lastLineEnd === -1 ? this.whitespace + whitespace : whitespace.slice(lastLineEnd);
    if (this.buffer === '') return 'after';
    return this.enter('text', (/^[\r\n]/.test(this.whitespace) ? this.whitespace.slice(1) : '') + this.buffer);
  }

  private enter(state: ReasoningState, buffer: string): ReasoningState {
    this.buffer = buffer;
    this.whitespace = '';
    return state;
  }

  private takeLeadingWhitespace(): string {
    const text = this.buffer.trimStart();
    const whitespace = this.buffer.slice(0, this.buffer.length - text.length);
    this.buffer = text;
    return whitespace;
  }

  private flush(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }
}

type ReasoningState = 'start' | 'inside' | 'after' | 'text';
