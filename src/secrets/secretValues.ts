/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  // Characters that share a count are too rare in keys to matter. Arrays are many times as fast as maps.
  const counts = new Uint32Array(128);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) & 127;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}

export function looksRandom(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropy(text) >= 3;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

// For values after an issuer's prefix, which need less evidence: capitals count like digits.
export function looksGenerated(text: string): boolean {
  const digits = text.match(/\d/g)?.length ?? 0;
  const capitals = text.match(/[A-Z]/g)?.length ?? 0;
  return entropy(text) >= 3 && (digits >= 2 || capitals >= 5 || (digits === 1 && capitals >= 2));
}

// For prefixes that CSS class names share, such as `sk-`.
export function hasRandomRun(text: string): boolean {
  return text.split(/[-_]/).some((part) => part.length >= 16 && looksRandom(part));
}

export function hasMixedCharacters(text: string): boolean {
  const classes = [/\d/, /[a-z]/, /[A-Z]/, /[^\w.-]/].filter((pattern) => pattern.test(text)).length;
  return classes >= 3 || (classes === 2 && /\d/.test(text) && entropy(text) >= 2.5);
}

const WORDS = /test|fake|mock|sample|foobar|deadbeef|lorem|qwerty|abcdef|12345|98765/i;
// Words that contain digits.
const TERMS =
  /x509|sha-?(?:1|256|384|512)|md5|base(?:32|58|64)|utf-?(?:8|16)|ed25519|(?:aes|hs|rs|es|ps)(?:128|192|256|384|512)|oauth[12]|http[123]|ipv[46]|i18n|l10n|win32|x86|x64|arm64/gi;

/**
 * Whether digits, small letters and capitals alternate as in generated text. In identifiers, paths, versions and dates
 * they change far less often: at the start of a word or of a number.
 */
export function isRandom(text: string): boolean {
  const { letters, digits, changes, capitals, hasSmall } = countCharacters(text.replace(TERMS, 'term'));
  const length = letters + digits;
  if (length < 12 || letters < 2) return false;
  // Words in camel case have neither digits nor capitals in a row.
  const isDense = length >= 20 && hasSmall && (changes + capitals) / length >= (digits === 0 ? 0.42 : 0.35);
  // A single digit may be the number of a version.
  const isMixed = digits > 0 && changes / length >= (digits === 1 ? 0.34 : 0.17);
  // Base 36, which has long runs of letters.
  const isBase36 = length >= 16 && digits >= 3 && changes >= 3 && /^[a-z\d]+$/.test(text);
  return (isDense || isMixed || isBase36) && !/\s/.test(text) && !WORDS.test(text) && entropy(text) >= 3;
}

type CharacterClass = 'small' | 'capital' | 'digit' | 'other';

function countCharacters(text: string) {
  const counts = { letters: 0, digits: 0, changes: 0, capitals: 0, hasSmall: false };
  let previous: CharacterClass = 'other';
  for (let index = 0; index < text.length; index += 1) {
    const next = classOf(text.charCodeAt(index));
    if (next === 'digit') counts.digits += 1;
    else if (next !== 'other') counts.letters += 1;
    if (next === 'small') counts.hasSmall = true;
    if (next === 'capital' && previous === 'capital') counts.capitals += 1;
    // A small letter behind a capital goes on with its word.
    else if (
      next !== previous &&
      next !== 'other' &&
      previous !== 'other' &&
      !(previous === 'capital' && next === 'small')
    )
      counts.changes += 1;
    previous = next;
  }
  return counts;
}

function classOf(code: number): CharacterClass {
  if (code >= 0x61 && code <= 0x7a) return 'small';
  if (code >= 0x41 && code <= 0x5a) return 'capital';
  return code >= 0x30 && code <= 0x39 ? 'digit' : 'other';
}

/** For passwords, which are shorter than keys: letters, digits and other characters, or letters of both cases. */
export function isStrongPassword(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !/[A-Za-z]/.test(text) || !/\d/.test(text)) return false;
  return (
    /[^\w.,:/()[\]{}-]/.test(text) ||
    (/^[A-Za-z0-9]+$/.test(text) && /[A-Z]{2}|[A-Z]\d|\d[A-Za-z]/.test(text) && /[a-z]/.test(text))
  );
}

// Rejects placeholders, and expressions that read a secret from somewhere.
export function isNotPlaceholder(text: string): boolean {
  if (/^(.)\1*$/s.test(text)) return false;
  if (/\$\{|\{\{|\$\(|^[$%]\w+%?$|^[<[{(*]|process\.env|environ|getenv|secrets?\.|\w\(/i.test(text)) return false;
  return !/^(?:password|passwort|secret|username|user|pass|root|admin|none|null|undefined|true|false|string|required|hunter2)$|passw|example|placeholder|change-?_?me|your[-_]|dummy|redacted|x{4}|abcdefgh|01234567|12345678|\*{3}|\.{3}/i.test(
    text,
  );
}
