import { type Name, readNames } from './secretNames';
import { hasMixedCharacters, isNotPlaceholder, isRandom, isStrongPassword, isUuid } from './secretValues';

/** A value that text gives to a name such as `apiKey` or `DB_PASS`. */
export interface NamedSecret {
  readonly kind: 'assignedKey' | 'password';
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

// Bounds the work for each name, so that the time stays linear.
const MAX_GAP = 200;
const MAX_VALUE = 1024;
const MAX_BARE = 80;
const MAX_LITERALS = 4;

/** Finds the values of names that tell a secret, in any notation that gives a name a value. */
export function findNamedSecrets(text: string): NamedSecret[] {
  const found: NamedSecret[] = [];
  let position = 0;
  for (const name of readNames(text)) {
    if (name.end <= position) continue;
    const value = findValue(text, name);
    if (value === undefined) continue;
    position = value.end;
    found.push({ kind: name.isPassword ? 'password' : 'assignedKey', ...value });
  }
  return found;
}

function findValue(text: string, name: Name): Range | undefined {
  const end = skipClosing(text, name.end);
  const start = skipSpace(text, end);
  for (const connector of connectorsFor(text, start)) {
    const from = matchEnd(connector, text, end);
    const value = from === undefined ? undefined : (readSecretLiteral(text, from, name) ?? readBare(text, from, name));
    if (value !== undefined) return value;
  }
  return findSpacedValue(text, name) ?? findLiteral(text, { from: end, name });
}

const OPERATOR = '(?:\\?\\?=|\\|\\|=|:{1,4}=|[?+.]=|={1,3}>?|<-|!==?|:|%3D)';
// `: string =`, `string =`, `: &'static str =`, `[] =`, `{ get; set; } =`.
const TYPE =
  "(?:[?!]? {0,4}:? {0,4}[A-Za-z&][\\w.<>[\\],|?*&' ]{0,60}|\\[\\d{0,4}\\] {0,4}| {0,4}\\{ get;[\\w ;]{0,20}\\} {0,4})(?==)";
// The next line, if the operator stands alone on its line: YAML blocks, long assignments.
const BREAK = '(?:[ \\t]{0,8}[|>\\\\]?[+-]?[ \\t]{0,8}\\r?\\n[ \\t+>-]{1,40}|\\\\n {0,40}|[ \\t]{0,8})';
// `b"…"`, `@"…"`, `String::from("…")`, `SecretStr("…")`, `(String) "…"`, `{"…"}`.
const WRAPPER =
  '(?:(?:new )?[A-Za-z_][\\w.:]{0,40}\\(|[({]{1,2}|\\([\\w ]{1,20}\\) ?|[&@$#]{1,3}|[bBrRuUfFL]{1,2}(?=["\']))?';
const DIRECT = new RegExp(`(?:${TYPE})?[ \\t]{0,12}${OPERATOR}${BREAK}${WRAPPER}`, 'y');
// A second member or attribute with the value: `name: API_KEY`, `value: …`.
const PAIR =
  /[ \t]{0,8}[,{]?(?:\\?r?\\n|[\r\n]{0,2})[ \t+>|-]{0,40}(?:\\{0,4}["'])?(?:[Vv]alue|[Vv]al|[Dd]efault(?:_?[Vv]alue)?|[Cc]ontent|[Pp]laintext|VALUE|DEFAULT)(?:\\{0,4}["'])?[ \t]{0,8}[=:][ \t]{0,8}/y;
// `<apiKey>…</apiKey>`, `<key>API_KEY</key><string>…`, `<add key="ApiKey"><value>…`.
const ELEMENT = /[ ]{0,4}(?:<\/\w{1,20}[ ]{0,4})?>\s{0,60}(?:<\w{1,20}>\s{0,60})?/y;
// `${API_KEY:-…}`, a cell of a table, a field of CSV.
const FIELD = /:[-=?+]|[ \t]{0,20}\|[ \t]{0,20}|,(?=[^\s,]{12,}(?:,|\s|$))/y;
const PROSE = /[`*]{0,3}:?[`*]{0,3}[ ](?:is|was)?:?[ ]{0,2}[`*]{0,3}(?=[^\s`*])/y;

function connectorsFor(text: string, start: number): RegExp[] {
  const next = text.charAt(start);
  if (next === '>' || next === '<') return [DIRECT, ELEMENT];
  if (next === ',' || next === '{' || next === '|' || next === '\n' || next === '\r' || next === '\\')
    return [DIRECT, FIELD, PAIR];
  if (next === ':' || next === '*') return [DIRECT, FIELD, PROSE];
  if (/[=?!+.%[&]/.test(next)) return [DIRECT];
  if (!/[A-Za-z]/.test(next)) return [];
  return /^(?:val|def|con|pla)/i.test(text.slice(start, start + 3)) ? [PAIR, DIRECT, PROSE] : [DIRECT, PROSE];
}

const COMMAND =
  /(?:^|[\s"'`;&])(?:ENV|ARG|setenv|setx|set -\w{1,3}|(?:configure|config|secrets?) (?:set|add|put)|define)[ \t]{1,4}["']?$/;

// `--api-key …`, `ENV API_KEY …`, `setx API_KEY …`.
function findSpacedValue(text: string, name: Name): Range | undefined {
  const start = skipSpace(text, name.end);
  if (start === name.end) return undefined;
  const isOption = text.startsWith('--', name.start);
  if (!isOption && !COMMAND.test(text.slice(Math.max(0, name.start - 30), name.start))) return undefined;
  return readSecretLiteral(text, start, name) ?? readBare(text, start, name);
}

/** A literal farther away in the same statement, as in fallback values and calls. It needs more evidence. */
function findLiteral(text: string, { from, name }: { from: number; name: Name }): Range | undefined {
  let position = from;
  for (let count = 0; count < MAX_LITERALS; count += 1) {
    const quote = findQuote(text, position, Math.min(text.length, from + MAX_GAP));
    if (quote === undefined || isStatementEnd(text.slice(position, quote))) return undefined;
    const literal = readLiteral(text, quote);
    if (literal === undefined) return undefined;
    const value = text.slice(literal.start, literal.end);
    if (isNotPlaceholder(value) && !isAddress(value) && (isRandom(value) || (name.isPassword && isShortStrong(value))))
      return literal;
    position = skipQuote(text, literal.end);
  }
  return undefined;
}

function findQuote(text: string, from: number, limit: number): number | undefined {
  let last = '';
  for (let index = from; index < limit; index += 1) {
    const character = text.charAt(index);
    if (character === '"' || character === "'" || character === '`') return index;
    // A statement goes on after these.
    if (character === '\n' && !/[=(,?|:]/.test(last)) return undefined;
    if (character !== ' ' && character !== '\r') last = character;
  }
  return undefined;
}

// The next member of an object, or the next statement.
function isStatementEnd(gap: string): boolean {
  return /[;}]|,\s{0,40}["'`]?(?!value|default|body|content|data)[\w$-]{1,40}["'`]?\s{0,4}[:=](?![:=])/i.test(gap);
}

function readSecretLiteral(text: string, start: number, name: Name): Range | undefined {
  const literal = readLiteral(text, start);
  return literal !== undefined && isSecretLiteral(text.slice(literal.start, literal.end), name) ? literal : undefined;
}

function readLiteral(text: string, start: number): Range | undefined {
  const from = skipQuote(text, start);
  if (from === start) return undefined;
  const part = text.slice(from, from + MAX_VALUE);
  const length = indexOfQuote(part, text.slice(start, from));
  if (length !== -1) return /[\r\n]/.test(part.slice(0, length)) ? undefined : { start: from, end: from + length };
  // Longer than any value that is tested: the rest belongs to it.
  if (part.length < MAX_VALUE || !/^[\w.+/=~-]+$/.test(part)) return undefined;
  return { start: from, end: matchEnd(TOKEN, text, from) ?? from };
}

function indexOfQuote(part: string, quote: string): number {
  let index = part.indexOf(quote);
  // An escaped quote does not end a literal.
  while (quote.length === 1 && index > 0 && part.charAt(index - 1) === '\\' && part.charAt(index - 2) !== '\\') {
    index = part.indexOf(quote, index + 1);
  }
  return index;
}

function isSecretLiteral(value: string, { isPassword }: Name): boolean {
  if (/\s/.test(value) || !isNotPlaceholder(value) || isAddress(value)) return false;
  if (isPassword) return value.length >= 8 && value.length <= 128 ? hasMixedCharacters(value) : isRandom(value);
  return isRandom(value) || isUuid(value);
}

function isShortStrong(value: string): boolean {
  return value.length >= 8 && value.length <= 64 && isStrongPassword(value);
}

function isAddress(value: string): boolean {
  return /^[\w+.-]*:\/\/|^\.{0,2}\/[\w./-]*$/.test(value);
}

const TOKEN = /[\w.+/~-]+={0,2}/y;
const PASSWORD = /[^\s\p{Cc}"'`,;(){}<>|\\]+/uy;
// The start of a line, of a diff, of a quote, with a line number; or of a line in an escaped text.
const LINE_START = /(?:^|\n|\\n)[\s+\->|\d:#*@]*(?:(?:export|set|setx|ENV|ARG|var|let|const|-e|--env|-)[ \t]+)*["'`]?$/;

function readBare(text: string, start: number, name: Name): Range | undefined {
  // An argument without quotes is an expression.
  if (/[({]/.test(text.charAt(start - 1)) && text.charAt(start - 2) !== '$') return undefined;
  const pattern = name.isPassword ? PASSWORD : TOKEN;
  const part = text.slice(start, start + MAX_BARE);
  const isParameter = /[?&]/.test(text.charAt(name.start - 1));
  const tested = matchAt(pattern, isParameter ? part.replace(/&.*$/s, '') : part, 0) ?? '';
  const value = tested.length < MAX_BARE ? tested.replace(/[.,;:!?]{1,8}$/, '') : tested;
  const range = { start, end: start + value.length };
  if (value.length < 8 || !isNotPlaceholder(value) || isAddress(value) || /[([]/.test(text.charAt(range.end)))
    return undefined;
  if (!isRandom(value) && !isSetting(text, range, name)) return undefined;
  return value.length < MAX_BARE ? range : { start, end: matchEnd(pattern, text, start) ?? range.end };
}

/** Values of settings, as in `.env` files, YAML and shells, need less evidence than what may be an expression. */
function isSetting(text: string, { start, end }: Range, name: Name): boolean {
  const value = text.slice(start, end);
  if (/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  if (!name.isPassword) return isUuid(value);
  const isShell =
    text.startsWith('--', name.start) || (/[=>]/.test(text.charAt(start - 1)) && text.charAt(start - 2) !== ' ');
  if (isShortStrong(value) && (isShell || /[^\w.-]/.test(value))) return true;
  return hasMixedCharacters(value) && isLine(text, name, end);
}

function isLine(text: string, name: Name, end: number): boolean {
  const before = name.start < 40 ? `\n${text.slice(0, name.start)}` : text.slice(name.start - 40, name.start);
  return /^(?:[\s\\]|$)/.test(text.charAt(end)) && LINE_START.test(before);
}

function skipSpace(text: string, index: number): number {
  let end = index;
  while (end < index + 20 && (text.charAt(end) === ' ' || text.charAt(end) === '\t')) end += 1;
  return end;
}

// The quote and the brackets behind a name: `["X"]`, `'x'`, `{x}`.
function skipClosing(text: string, index: number): number {
  let end = skipQuote(text, index);
  while (end < index + 8 && /[\])}]/.test(text.charAt(end))) end += 1;
  return end;
}

/** Also escaped, as in JSON in a string, and encoded, as in HTML and in addresses. */
function skipQuote(text: string, index: number): number {
  let end = index;
  while (end < index + 4 && text.charAt(end) === '\\') end += 1;
  const character = text.charAt(end);
  if (character === '"' || character === "'" || character === '`') return end + 1;
  const encoded =
    character === '&' || character === '%' ? /^(?:&quot;|&#3[49];|%22)/.exec(text.slice(end, end + 6)) : null;
  return encoded === null ? index : end + encoded[0].length;
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

function matchEnd(pattern: RegExp, text: string, index: number): number | undefined {
  const match = matchAt(pattern, text, index);
  return match === undefined ? undefined : index + match.length;
}
