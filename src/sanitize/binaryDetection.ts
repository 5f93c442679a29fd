/** Why a text looks like the bytes of something else. */
export type BinaryReason = 'nul' | 'undecodable' | 'controls';

/** One in so many characters is a sign; fewer are what test data and documentation have. */
const CHARACTERS_PER_SIGN = 200;

/**
 * Whether a text is no text: it has NUL, or more than a few characters that stand for bytes which could not be decoded,
 * or control characters. Escape sequences of terminals are controls too, but logs with colours have few of them.
 * One alone is what somebody wrote on purpose.
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

/** How many bytes a text has in UTF-8, without making them. Half a surrogate pair is sent as U+FFFD, three bytes. */
export function utf8ByteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) bytes += code < 0x800 ? 1 : 2;
    // The two halves of a pair have four bytes together.
    if (code >= 0xd800 && code <= 0xdbff && isLowHalf(text.charCodeAt(index + 1))) {
      index += 1;
    }
  }
  return bytes;
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
