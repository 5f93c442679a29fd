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
