/** A name whose value may be secret, in any style: `apiKey`, `DB_PASS`, `--auth-token`. */
export interface Name {
  readonly start: number;
  readonly end: number;
  readonly isPassword: boolean;
}

// Bounds the work for each name, so that the time stays linear.
const MAX_NAME_LENGTH = 60;
const MAX_SUFFIX_LENGTH = 24;

const KEYWORD = /passw(?:or[dt]|d)|pass(?:code|[_-]?phrase)?|pwd?|secret|token|credential|creds?|key|auth|pat/gi;
const PASSWORD = /^p(?!at)/i;
/** These are parts of other words: `bypass`, `monkey`, `author`, `path`. */
const SHORT = /^(?:pass|pw|creds?|key|auth|pat)$/i;
const QUALIFIED_KEY = /(?:api|access|account|private|secret|auth|encryption|signing|master|shared|licen[cs]e)$/i;

const NON_SECRET_SUFFIX =
  /(?:ids?|names?|path|file|dir|url|uri|endpoint|types?|kind|hash|count|length|size|limit|index|expires?|expiry|expiration|field|label|header|regexp?|pattern|schema|ref|arn|version|algorithm|fingerprint|checksum|digest|selector|placeholder)$/i;
const PUBLIC_NAME =
  /(?:public|publishable|pub|primary|foreign|cache|sort|partition|hash|row|site|idempotency|integrity|translation|i18n|object|storage|shortcut|recv|trusted)[_-]?(?:access[_-]?)?(?:key|token)s?$|^-{0,2}keys?$/i;

export function readNames(text: string): Name[] {
  const names: Name[] = [];
  for (const match of text.matchAll(KEYWORD)) {
    const name = readName(text, match[0], match.index);
    if (name !== undefined) names.push(name);
  }
  return names;
}

function readName(text: string, keyword: string, index: number): Name | undefined {
  const end = skipPlural(text, index + keyword.length);
  if (continuesWord(keyword, text.charAt(end))) return undefined;
  let start = index;
  while (start > 0 && start > index - MAX_NAME_LENGTH && /[\w.-]/.test(text.charAt(start - 1))) start -= 1;
  const before = text.slice(start, index);
  if (SHORT.test(keyword) && !startsWord(before, keyword) && !QUALIFIED_KEY.test(before)) return undefined;
  // In prose: `API key`.
  if (before === '' && /^keys?$/i.test(text.slice(index, end)) && isQualifiedByWord(text, index)) {
    return { start: index, end, isPassword: false };
  }
  let last = end;
  while (last < end + MAX_SUFFIX_LENGTH && /[\w-]/.test(text.charAt(last))) last += 1;
  const name = text.slice(start, last);
  if (NON_SECRET_SUFFIX.test(name) || PUBLIC_NAME.test(name)) return undefined;
  return { start, end: last, isPassword: PASSWORD.test(keyword) };
}

function isQualifiedByWord(text: string, index: number): boolean {
  return text.charAt(index - 1) === ' ' && QUALIFIED_KEY.test(text.slice(Math.max(0, index - 15), index - 1));
}

function skipPlural(text: string, end: number): number {
  return /[sS]/.test(text.charAt(end)) && !/[A-Za-z]/.test(text.charAt(end + 1)) ? end + 1 : end;
}

// `tokenizer`, `SECRETARY`; but not `tokenValue`, `TOKEN_1`.
function continuesWord(keyword: string, next: string): boolean {
  return /[a-z]/.test(next) || (/[A-Z]/.test(next) && keyword === keyword.toUpperCase());
}

// `dbPass`, `DB_PASS`, `DBPass`; but not `bypass`.
function startsWord(before: string, keyword: string): boolean {
  return !/[A-Za-z]$/.test(before) || /^[A-Z][a-z]/.test(keyword);
}
