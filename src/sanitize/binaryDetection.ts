export type BinaryReason = 'nul' | 'undecodable' | 'controls';

// Test data and documentation contain such characters too, but fewer.
const CHARACTERS_PER_SIGN = 200;

/**
 * Detects binary data by NUL, or by frequent replacement or control characters. Allows a single one, which may be
 * intended, and the escape sequences of a colored terminal log.
 */
export function detectBinary(text: string): BinaryReason | undefined {
  if (text.includes('\0')) return 'nul';
  if (isFrequent(text, /\u{fffd}/gu, CHARACTERS_PER_SIGN)) return 'undecodable';
  return isFrequent(text, /(?![\s\u{80}-\u{9f}])\p{Cc}/gu, CHARACTERS_PER_SIGN / 10) ? 'controls' : undefined;
}

function isFrequent(text: string, pattern: RegExp, interval: number): boolean {
  let count = 0;
  for (const _ of text.matchAll(pattern)) count += 1;
  return count > 1 && count * interval >= text.length;
}

/** The length in UTF-8, without encoding the text. A lone surrogate is encoded as U+FFFD: three bytes. */
export function utf8ByteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) bytes += code < 0x800 ? 1 : 2;
    // A surrogate pair takes four bytes.
    if (code >= 0xd800 && code <= 0xdbff && isLowHalf(text.charCodeAt(index + 1))) {
      index += 1;
    }
  }
  return bytes;
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
