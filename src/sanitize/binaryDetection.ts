export type BinaryReason = 'nul' | 'undecodable' | 'controls';

// Test data and documentation contain such characters too, but fewer.
const CHARACTERS_PER_SIGN = 200;

/** Detects NUL, or frequent replacement or control characters. Colored terminal logs contain some escape sequences. */
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
