import type { ReceivedBody } from '../../core/attemptTrace';

const INITIAL_HEAD_BYTES = 1024;

/** Keeps the first and the last bytes of a body of any length. */
export class HeadTailBuffer {
  private head = new Uint8Array(INITIAL_HEAD_BYTES);
  private headLength = 0;
  // A ring buffer, allocated on first use: byte n after the head is at n modulo its length.
  private tail: Uint8Array | undefined;
  private bytesAfterHead = 0;

  constructor(
    private readonly maxHeadBytes: number,
    private readonly maxTailBytes: number,
  ) {}

  append(chunk: Uint8Array): void {
    const room = Math.min(chunk.length, this.maxHeadBytes - this.headLength);
    if (room > 0) this.appendToHead(chunk.subarray(0, room));
    if (room < chunk.length) this.appendToTail(chunk.subarray(room));
  }

  toReceivedBody(): ReceivedBody {
    const head = this.head.subarray(0, this.headLength);
    const omitted = Math.max(0, this.bytesAfterHead - this.maxTailBytes);
    const bytes = this.headLength + this.bytesAfterHead;
    // Without a gap the two parts are one text, and a character may span both.
    if (omitted === 0) return { text: decode(head, this.tailBytes()), end: '', omitted, bytes };
    return {
      text: decode(trimIncompleteEnd(head)),
      end: decode(trimIncompleteStart(this.tailBytes())),
      omitted,
      bytes,
    };
  }

  private appendToHead(part: Uint8Array): void {
    const length = this.headLength + part.length;
    if (length > this.head.length) {
      const larger = new Uint8Array(Math.min(this.maxHeadBytes, Math.max(length, 4 * this.head.length)));
      larger.set(this.head.subarray(0, this.headLength));
      this.head = larger;
    }
    this.head.set(part, this.headLength);
    this.headLength = length;
  }

  private appendToTail(part: Uint8Array): void {
    this.tail ??= new Uint8Array(this.maxTailBytes);
    this.bytesAfterHead += part.length;
    const kept = part.subarray(Math.max(0, part.length - this.maxTailBytes));
    const start = (this.bytesAfterHead - kept.length) % this.maxTailBytes;
    const first = kept.subarray(0, this.maxTailBytes - start);
    this.tail.set(first, start);
    this.tail.set(kept.subarray(first.length), 0);
  }

  private tailBytes(): Uint8Array {
    if (this.tail === undefined) return new Uint8Array();
    if (this.bytesAfterHead <= this.maxTailBytes) return this.tail.subarray(0, this.bytesAfterHead);
    const start = this.bytesAfterHead % this.maxTailBytes;
    const bytes = new Uint8Array(this.maxTailBytes);
    bytes.set(this.tail.subarray(start));
    bytes.set(this.tail.subarray(0, start), this.maxTailBytes - start);
    return bytes;
  }
}

function decode(...parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
}

// Half a character at the gap would decode to a replacement character.
function trimIncompleteEnd(bytes: Uint8Array): Uint8Array {
  let start = bytes.length - 1;
  while (start > 0 && bytes.length - start < 4 && isContinuation(bytes[start])) start -= 1;
  const first = bytes[start] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.length - start < length ? bytes.subarray(0, start) : bytes;
}

function trimIncompleteStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
