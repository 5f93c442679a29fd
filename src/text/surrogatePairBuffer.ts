/** Keeps surrogate pairs together that a server splits across two chunks. */
export class SurrogatePairBuffer {
  private buffer = '';

  push(chunk: string): string {
    const text = this.buffer + chunk;
    const last = text.charCodeAt(text.length - 1);
    const endsWithHalf = last >= 0xd800 && last <= 0xdbff;
    this.buffer = endsWithHalf ? text.slice(-1) : '';
    return endsWithHalf ? text.slice(0, -1) : text;
  }

  end(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }
}
