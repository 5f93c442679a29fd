/** Keeps the two halves of a character together when a server splits them over two pieces. */
export class SurrogatePairBuffer {
  private buffer = '';

  push(chunk: string): string {
    const text = this.buffer + chunk;
    const last = text.charCodeAt(text.length - 1);
    const endsWithHalf = last >= 0xd800 && last <= 0xdbff;
    this.buffer = endsWithHalf ? text.slice(-1) : '';
    return endsWithHalf ? text.slice(0, -1) : text;
  }

  /** What is still held back once nothing follows. */
  end(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }
}
