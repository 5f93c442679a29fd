import type { ReceivedBody } from '../../core/attemptTrace';
import { concatBytes } from '../../util/bytes';

export class HeadTailBuffer {
  private readonly head: Uint8Array[] = [];
  private readonly tail: Uint8Array[] = [];
  private headLength = 0;
  private tailLength = 0;
  private bytes = 0;

  constructor(
    private readonly maxHeadBytes: number,
    private readonly maxTailBytes: number,
  ) {}

  append(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const forHead = chunk.slice(0, this.maxHeadBytes - this.headLength);
    if (forHead.length > 0) this.head.push(forHead);
    this.headLength += forHead.length;
    if (forHead.length === chunk.length) return;
    const forTail = chunk.slice(Math.max(forHead.length, chunk.length - this.maxTailBytes));
    this.tail.push(forTail);
    this.tailLength += forTail.length;
    while (this.tailLength - (this.tail[0]?.length ?? 0) >= this.maxTailBytes)
      this.tailLength -= this.tail.shift()?.length ?? 0;
  }

  toReceivedBody(): ReceivedBody {
    const { bytes } = this;
    const head = concatBytes(this.head);
    const tail = concatBytes(this.tail).subarray(-this.maxTailBytes);
    const omitted = bytes - head.length - tail.length;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    // Without a gap the two parts are one text, and a character may span both.
    if (omitted === 0) return { text: decoder.decode(concatBytes([head, tail])), end: '', omitted, bytes };
    // Half a character at the gap would decode to a replacement character.
    const start = Math.max(
      0,
      tail.findIndex((byte) => (byte & 0xc0) !== 0x80),
    );
    const text = decoder.decode(head, { stream: true });
    return { text, end: new TextDecoder('utf-8', { ignoreBOM: true }).decode(tail.subarray(start)), omitted, bytes };
  }
}
