/** Bytes that are looked for in others, four at a time. */
export class KnownBytes {
  readonly length: number;
  private readonly words: Int32Array;
  private readonly rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
    this.words = Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getInt32(4 * index));
    this.rest = bytes.slice(4 * this.words.length);
  }

  static of(text: string): KnownBytes {
    return new KnownBytes(new TextEncoder().encode(text));
  }

  /** Whether these bytes stand at that place. */
  isAt(view: DataView, at: number): boolean {
    const { words, rest } = this;
    if (at + this.length > view.byteLength) return false;
    let next = at;
    for (let index = 0; index < words.length; index += 1) {
      if (view.getInt32(next) !== words[index]) return false;
      next += 4;
    }
    for (let index = 0; index < rest.length; index += 1) {
      if (view.getUint8(next + index) !== rest[index]) return false;
    }
    return true;
  }
}
