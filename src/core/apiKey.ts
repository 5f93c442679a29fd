/** A key ready to be stored, or what is wrong with it and where (1-based, in the pasted text). */
export type ApiKeyResult =
  | { ok: true; key: string }
  | { ok: false; problem: 'empty' | 'tooLong' | MistakenKey | CharacterProblem; position?: number };

/** Something else that was pasted in place of the key. */
type MistakenKey = 'assignment' | 'json' | 'url' | 'masked' | 'placeholder';
type CharacterProblem = 'lineBreak' | 'control' | 'notAscii';

/** Tokens of company gateways list groups and claims. Servers reject much longer headers with 431. */
export const MAX_KEY_LENGTH = 16_384;

const MISTAKEN_KEYS: readonly (readonly [MistakenKey, RegExp])[] = [
  ['url', /^[a-z]{2,10}:\/\//i],
  ['placeholder', /^<.*>$|^\$\{.*\}$|^\{\{.*\}\}$|^\[[^"{}]*\]$|^\$[A-Z_]+$|^(?:insert|paste|enter|replace)[-_ ]/is],
  ['placeholder', /^%?(?:[A-Z][A-Z0-9]*_)+(?:KEY|TOKEN)%?$|^(?:process\.env|import\.meta\.env|os\.environ)\b/],
  ['placeholder', /your[-_ ]?(?:[a-z]+[-_ ]){0,3}(?:api[-_ ]?)?(?:key|token)|(?:key|token)[-_ ](?:goes[-_ ])?here/i],
  ['json', /^[{[].*[}\]],?$|"\s*:\s*"/s],
  // As in a shell, a .env file or YAML. A key may end with "=" and contain ":".
  ['assignment', /^(?:export |setx? |\$env:)?[A-Z][A-Z0-9_]+\s*=\s*[^\s=]/],
  ['assignment', /^[\w.-]{0,60}(?:key|token|secret|password)\s*[=:]\s*[^\s=]/i],
  ['masked', /\*{3}|\.{3}|[\u{2022}\u{2026}\u{25cf}]|x{8}|X{8}/u],
];

const QUOTE_PAIRS = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['\u{201c}', '\u{201d}'],
  ['\u{2018}', '\u{2019}'],
]);

/** Rejects what can't travel in a header, because `fetch` would repeat the whole key in its error message. */
export function parseApiKey(text: string): ApiKeyResult {
  const { start, end } = keyBounds(text);
  if (start >= end) return { ok: false, problem: 'empty' };
  if (end - start > MAX_KEY_LENGTH) return { ok: false, problem: 'tooLong' };
  const mistaken = MISTAKEN_KEYS.find(([, pattern]) => pattern.test(text.slice(start, end)))?.[0];
  if (mistaken !== undefined) return { ok: false, problem: mistaken };
  for (let index = start; index < end; index += 1) {
    const problem = characterProblem(text.charCodeAt(index));
    if (problem !== undefined) return { ok: false, problem, position: index + 1 };
  }
  return { ok: true, key: text.slice(start, end) };
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
  // Copied with the comma or semicolon after it.
  const end = /[,;]/.test(text.charAt(bounds.end - 1)) ? bounds.end - 1 : bounds.end;
  const quoted = closing !== undefined && end - bounds.start > 1 && text[end - 1] === closing;
  return quoted ? trimSpace(text, { start: bounds.start + 1, end: end - 1 }) : bounds;
}

function characterProblem(code: number): CharacterProblem | undefined {
  if (code === 0x0a || code === 0x0d) return 'lineBreak';
  if (code <= 0x20 || code === 0x7f) return 'control';
  return code > 0x7f ? 'notAscii' : undefined;
}
