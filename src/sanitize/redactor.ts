import { escapeCodePoint, escapeCodeUnit } from '../text/unicodeEscapes';

const MASK = '***';

// Shorter keys are placeholders such as `none` or `ollama`. Hiding those words would garble the log.
const MIN_SECRET_LENGTH = 8;

const MAX_EXCERPT_LENGTH = 300;

/**
 * Redacts secrets in logs, notifications, the clipboard and exports. Keys that were in use are matched exactly until
 * the extension host exits, other secrets by pattern. Every pattern takes linear time, because servers choose the text.
 */
export class Redactor {
  private readonly needles = new Set<string>();

  addSecret(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    for (const form of encodedForms(secret)) this.needles.add(form);
  }

  redact(text: string): string {
    return SECRET_PATTERNS.reduce(
      (result, pattern) => result.replace(pattern, (_match, prefix: string) => prefix + MASK),
      this.redactKnownSecrets(text).text,
    );
  }

  /** Redacts first: half a secret at the cut would not be found. */
  excerpt(text: string): string {
    const redacted = this.redact(text);
    return redacted.length > MAX_EXCERPT_LENGTH ? `${redacted.slice(0, MAX_EXCERPT_LENGTH - 1)}…` : redacted;
  }

  /** Hides known secrets only, for text in which other matches may be intended, such as answers. */
  redactKnownSecrets(text: string): { text: string; redactedCount: number } {
    let redactedCount = 0;
    const result = this.needlesLongestFirst().reduce(
      (left, needle) =>
        left.replaceAll(needle, () => {
          redactedCount += 1;
          return MASK;
        }),
      text,
    );
    return { text: result, redactedCount };
  }

  /** {@link redactKnownSecrets} for a stream: a key that a server echoes must not get into a file. */
  createFilter(): KnownSecretFilter {
    return new KnownSecretFilter(this, this.needlesLongestFirst());
  }

  // A needle may be part of a longer one, whose rest would stay visible.
  private needlesLongestFirst(): string[] {
    return [...this.needles].sort((a, b) => b.length - a.length);
  }
}

/** `push` returns the text that is ready, `end` the rest. */
export class KnownSecretFilter {
  private buffer = '';
  private total = 0;

  constructor(
    private readonly redactor: Redactor,
    private readonly needles: readonly string[],
  ) {}

  get redactedCount(): number {
    return this.total;
  }

  push(chunk: string): string {
    const text = this.buffer + chunk;
    const cut = this.findCut(text);
    this.buffer = text.slice(cut);
    return this.redact(text.slice(0, cut));
  }

  end(): string {
    const text = this.buffer;
    this.buffer = '';
    return this.redact(text);
  }

  private redact(text: string): string {
    const { text: shown, redactedCount } = this.redactor.redactKnownSecrets(text);
    this.total += redactedCount;
    return shown;
  }

  // The text after the cut may be the beginning of a secret. The cut is never inside a complete secret.
  private findCut(text: string): number {
    let cut = text.length - this.partialMatchLength(text);
    for (let end = this.findSecretEnd(text, cut); end > cut; end = this.findSecretEnd(text, cut)) {
      cut = text.length - this.partialMatchLength(text.slice(end));
    }
    return cut;
  }

  private findSecretEnd(text: string, offset: number): number {
    const ends = this.needles.map((needle) => {
      const start = offset === 0 ? -1 : text.lastIndexOf(needle, offset - 1);
      return start === -1 ? offset : start + needle.length;
    });
    return Math.max(offset, ...ends);
  }

  private partialMatchLength(text: string): number {
    const lengths = this.needles.map((needle) => {
      let length = Math.min(needle.length - 1, text.length);
      while (length > 0 && !needle.startsWith(text.slice(text.length - length))) length -= 1;
      return length;
    });
    return Math.max(0, ...lengths);
  }
}

/** Escapes line ends, control characters and bidirectional characters as `\u{…}`. */
export function toSingleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{e0000}-\u{e007f}]/gu, escapeCodePoint);
}

const CREDENTIAL_FIELDS =
  'authorization|api[-_]?key|set-cookie|cookie|(?:access|refresh|id|auth|session|bearer)[-_]?token|client[-_]?secret|secret[-_]?key|private[-_]?key|passw(?:or)?d|accountkey|sharedaccesskey';

// Also matches quotes in JSON that is a string in other JSON.
const QUOTE = '\\\\{0,4}["\']';

// The first group of each pattern stays, the rest of the match is hidden.
const SECRET_PATTERNS: readonly RegExp[] = [
  // A private key, possibly truncated; its line ends may be escaped.
  /(-----BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY[A-Z ]{0,10}-----)(?:[^-]|-(?!----)){1,20000}/g,
  // Headers and JSON fields that carry credentials, up to the end of the line or the string.
  new RegExp(
    `((?<![?&])(?:${CREDENTIAL_FIELDS})(?:${QUOTE})?[ \\t]{0,4}[:=][ \\t]{0,4}(?:${QUOTE})?)[^\\s"'\\\\][^\\r\\n"'\\\\]*`,
    'gi',
  ),
  /(\bbearer\s)\s*[\w.~+/=-]{6,}/gi,
  // Credentials contain digits or capitals, unlike the words "Basic authentication".
  /(\b[Bb]asic\s)\s*(?=[A-Za-z0-9+/]*(?:\d|[a-z][A-Z]|=))[A-Za-z0-9+/]{8,}={0,2}/g,
  // User info in a URL: everything up to the last @ of the authority.
  /(:[\\/]{2})[^\s\\/?#"'<>]+(?=@)/g,
  /([?&](?:api[-_]?key|key|access[-_]?token|token|auth|secret|password|sig|signature|code)=)[^&\s#"'<>]+/gi,
  // Keys by their issuers' prefixes.
  /(\b)(?:sk|rk|pk|xai|gsk|csk|pplx|nvapi|pypi|glpat|dop_v1|xox[a-z]|gh[pousr]|github_pat)[-_][\w-]{16,}/g,
  /(\b)(?:hf|r8|fw|npm|whsec)_[A-Za-z0-9]{16,}/g,
  /(\b)(?:AIza|GOCSPX-|ya29\.|AQ\.Ab|SG\.|ATATT3)[\w.-]{20,}/g,
  /((?<![A-Za-z0-9]))(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  /((?<![\w-]))eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g,
];

// A secret as servers and encoders write it when they echo a request.
function encodedForms(secret: string): string[] {
  const plain = [secret, ...urlForms(secret), ...jsonForms(secret), ...base64Forms(secret)];
  return [...plain, htmlForm(secret), JSON.stringify(JSON.stringify(secret)).slice(3, -3)];
}

function urlForms(secret: string): string[] {
  // A lone surrogate cannot be percent-encoded, nor sent in a header or URL.
  if (/\p{Cs}/u.test(secret)) return [];
  const usual = encodeURIComponent(secret);
  const strict = usual.replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const lowerCase = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [usual, strict, lowerCase(usual), lowerCase(strict)];
}

// PHP escapes slashes. .NET and Go escape HTML characters, in upper and lower case.
function jsonForms(secret: string): string[] {
  const usual = JSON.stringify(secret).slice(1, -1);
  const go = usual.replace(/[<>&]/g, escapeCodeUnit);
  const net = secret.replace(/["'`<>&+]/g, (mark) => escapeCodeUnit(mark).toUpperCase().replace('U', 'u'));
  return [usual, usual.replaceAll('/', '\\/'), go, net];
}

function htmlForm(secret: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return secret.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

// For each offset in a group of three bytes, the base64 characters that depend on the secret alone, in both alphabets.
// These match in `Basic` credentials and in encoded bodies, regardless of the text before the secret.
function base64Forms(secret: string): string[] {
  if (!/^\p{ASCII}*$/u.test(secret)) return [];
  return [0, 1, 2].flatMap((offset) => {
    const encoded = btoa('\0'.repeat(offset) + secret);
    const known = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6));
    return [known, known.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
