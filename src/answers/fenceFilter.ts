import { isClosingFence, openingFence } from '../text/codeFence';

// The buffer is scanned again with every chunk, so it must stay short, even in a stream of blank lines.
const MAX_BUFFER_LENGTH = 1000;

/** Transforms a streamed answer: `push` returns the text that is ready, `end` the rest. */
export interface AnswerFilter {
  push(chunk: string): string;
  end(): string;
}

/** Applies several filters, the first one first. */
export function chainFilters(filters: readonly AnswerFilter[]): AnswerFilter {
  return {
    push: (chunk) => filters.reduce((text, filter) => filter.push(text), chunk),
    end: () => filters.reduce((text, filter) => filter.push(text) + filter.end(), ''),
  };
}

type State = 'start' | 'inside' | 'text';

/** Removes the fence around an answer that is a single code block, and a closing fence that nothing opened. */
export class FenceFilter implements AnswerFilter {
  private state: State = 'start';
  private buffer = '';
  private fence = '';
  private readonly tail = new UnopenedFenceFilter();

  push(chunk: string): string {
    if (this.state === 'text') return this.tail.push(chunk);
    this.buffer += chunk;
    if (this.state === 'start') this.state = this.readStart();
    if (this.state === 'start') return '';
    return this.state === 'text' ? this.tail.push(this.take(this.buffer.length)) : this.take(this.findPossibleEnd());
  }

  end(): string {
    if (this.state === 'text') return this.tail.end();
    const isClosed =
      this.state === 'inside' && this.findTrailingFence(this.buffer.trimEnd()).length >= this.fence.length;
    const rest = this.take(this.buffer.length);
    return isClosed ? '' : rest;
  }

  private readStart(): State {
    const text = this.buffer.trimStart();
    const lineEnd = text.indexOf('\n');
    const fence = openingFence(lineEnd === -1 ? text : text.slice(0, lineEnd));
    if (fence !== undefined && lineEnd !== -1) {
      this.take(this.buffer.length - text.length + lineEnd + 1);
      this.fence = fence.marker;
      return 'inside';
    }
    const mayBeFence = fence !== undefined || /^(?:`{0,2}|~{0,2})$/.test(text);
    return mayBeFence && this.buffer.length <= MAX_BUFFER_LENGTH ? 'start' : 'text';
  }

  private findPossibleEnd(): number {
    const text = this.buffer.trimEnd();
    const code = text.slice(0, text.length - this.findTrailingFence(text).length).trimEnd();
    return this.buffer.length - code.length > MAX_BUFFER_LENGTH ? this.buffer.length : code.length;
  }

  // Also a fence that is still arriving.
  private findTrailingFence(text: string): string {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    return isClosingFence(line, this.fence.charAt(0)) ? line.trim() : '';
  }

  private take(length: number): string {
    const taken = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    return taken;
  }
}

/** Withholds a fence without a language outside of a block until other text follows, which makes it an opening fence. */
class UnopenedFenceFilter {
  private marker: string | undefined;
  private line = '';
  private held = '';

  push(chunk: string): string {
    let ready = '';
    for (const part of chunk.split(/(?<=\n)/)) ready += this.readPart(part);
    return ready;
  }

  end(): string {
    const isFence = isClosingFence(this.held.trim(), '```') || isClosingFence(this.held.trim(), '~~~');
    const rest = isFence ? '' : this.held;
    this.held = '';
    return rest;
  }

  private readPart(part: string): string {
    const isWithheldEnded = /[`~]\s*\n/.test(this.held);
    if (isWithheldEnded && part.trim() !== '') {
      this.marker = openingFence(this.held.trim())?.marker;
      return this.release() + this.readPart(part);
    }
    if (this.line.length <= MAX_BUFFER_LENGTH) this.line += part;
    const mayBeFence = this.marker === undefined && this.line.length <= MAX_BUFFER_LENGTH;
    const isWithheld = isWithheldEnded || (mayBeFence && /^ {0,3}(?:`+|~+)\s*$/.test(this.line));
    if (isWithheld) this.held += part;
    const ready = isWithheld ? '' : this.release() + part;
    if (part.endsWith('\n')) this.endLine();
    return this.held.length > MAX_BUFFER_LENGTH ? ready + this.release() : ready;
  }

  private endLine(): void {
    if (this.held === '') {
      if (this.marker === undefined) this.marker = openingFence(this.line)?.marker;
      else if (isClosingFence(this.line, this.marker)) this.marker = undefined;
    }
    this.line = '';
  }

  private release(): string {
    const { held } = this;
    this.held = '';
    return held;
  }
}
