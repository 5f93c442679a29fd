/** A key ready to be stored, or what is wrong with it and where (1-based, in the pasted text). */
export type ApiKeyResult =
  | { ok: true; key: string }
  | { ok: false; problem: 'empty' | 'tooLong' | 'lineBreak' | 'control' | 'notAscii'; position?: number };

const MAX_KEY_LENGTH = 4096;

const QUOTE_PAIRS = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['\u{201c}', '\u{201d}'],
  ['\u{2018}', '\u{2019}'],
]);

/**
 * Parses a pasted key: strips spaces, line ends, quotes and `Bearer`. Rejects anything else that cannot travel in a
 * header, because `fetch` would repeat the whole key in its error message.
 */
export function parseApiKey(text: string): ApiKeyResult {
  const { start, end } = keyBounds(text);
  if (start >= end) return { ok: false, problem: 'empty' };
  if (end - start > MAX_KEY_LENGTH) return { ok: false, problem: 'tooLong' };
  for (let index = start; index < end; index += 1) {
    const problem = characterProblem(text.charCodeAt(index));
    if (problem !== undefined) return { ok: false, problem, position: index + 1 };
  }
  return { ok: true, key: text.slice(start, end) };
}

export function describeKey(key: string): string {
  const length = `${key.length} characters`;
  return key.length < 12 ? length : `${length}, ending in …${key.slice(-4)}`;
}

interface Bounds {
  readonly start: number;
  readonly end: number;
}

function keyBounds(text: string): Bounds {
  const outer = trimQuotes(text, trimSpace(text, { start: 0, end: text.length }));
  const prefix = /^(?:authorization\s*:\s*)?bearer(?=\s|$)/i.exec(text.slice(outer.start, outer.start + 64))?.[0] ?? '';
  const start = Math.min(outer.start + prefix.length, outer.end);
  return trimQuotes(text, trimSpace(text, { start, end: outer.end }));
}

function trimSpace(text: string, bounds: Bounds): Bounds {
  const inner = text.slice(bounds.start, bounds.end);
  const start = bounds.start + (inner.length - inner.trimStart().length);
  return { start, end: Math.max(start, bounds.start + inner.trimEnd().length) };
}

function trimQuotes(text: string, bounds: Bounds): Bounds {
  const closing = QUOTE_PAIRS.get(text.charAt(bounds.start));
  const quoted = closing !== undefined && bounds.end - bounds.start > 1 && text[bounds.end - 1] === closing;
  return quoted ? trimSpace(text, { start: bounds.start + 1, end: bounds.end - 1 }) : bounds;
}

function characterProblem(code: number): 'lineBreak' | 'control' | 'notAscii' | undefined {
  if (code === 0x0a || code === 0x0d) return 'lineBreak';
  if (code <= 0x20 || code === 0x7f) return 'control';
  return code > 0x7f ? 'notAscii' : undefined;
}
