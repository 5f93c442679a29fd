const WORD = 8;
const HALF = 4;

/**
 * Compares byte sequences eight bytes at a time, as doubles. Two doubles are equal exactly when their bytes are, except
 * for NaN and the two zeros, whose bytes never occur in valid text.
 */
export class BytePattern {
  readonly length: number;
  private readonly words: Float64Array;
  private readonly finalWord: number;
  private readonly half: number;
  private readonly rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { length } = bytes;
    this.length = length;
    this.words = Float64Array.from({ length: Math.floor(length / WORD) }, (_, index) =>
      view.getFloat64(WORD * index, true),
    );
    this.finalWord = length < WORD ? 0 : view.getFloat64(length - WORD, true);
    this.half = length < HALF ? 0 : view.getInt32(0);
    this.rest = bytes.slice(length < WORD && length >= HALF ? HALF : 0, length < WORD ? length : 0);
  }

  static fromText(text: string): BytePattern {
    return new BytePattern(new TextEncoder().encode(text));
  }

  matchesAt(view: DataView, at: number): boolean {
    const { length, words } = this;
    const end = at + length;
    if (end > view.byteLength) return false;
    if (length < WORD) return this.matchesShortAt(view, at);
    if (view.getFloat64(end - WORD, true) !== this.finalWord) return false;
    for (let index = 0; index < words.length; index += 1) {
      if (view.getFloat64(at + WORD * index, true) !== words[index]) return false;
    }
    return true;
  }

  private matchesShortAt(view: DataView, at: number): boolean {
    const { length, rest } = this;
    let next = at;
    if (length >= HALF) {
      if (view.getInt32(at) !== this.half) return false;
      next += HALF;
    }
    for (let index = 0; index < rest.length; index += 1) {
      if (view.getUint8(next + index) !== rest[index]) return false;
    }
    return true;
  }
}
