/** Keeps the two halves of a character together when a server splits them over two pieces. */
export class SurrogateHold {
  private held = '';

  push(chunk: string): string {
    const text = this.held + chunk;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.held = isHalf ? text.slice(-1) : '';
    return isHalf ? text.slice(0, -1) : text;
  }

  /** What is still held back once nothing follows. */
  end(): string {
    const text = this.held;
    this.held = '';
    return text;
  }
}
