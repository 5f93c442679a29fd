/** What stands in the place of a secret. */
const mask = '***';

/** Shorter secrets are placeholders such as `none` or `ollama`; hiding those words everywhere would garble the log. */
const shortestSecret = 8;

/**
 * Hides secrets in every text on its way out of Quillet: log, notification, clipboard, export. Keys that were in use are
 * matched exactly and are remembered until the extension host exits; everything else is matched by its shape. No pattern
 * here can take more than linear time, because servers choose the text.
 */
export class Redactor {
  private readonly needles = new Set<string>();

  /** Adds a secret, together with the forms it takes in URLs, in JSON and inside base64. */
  remember(secret: string): void {
    if (secret.length < shortestSecret) return;
    for (const form of formsOf(secret)) this.needles.add(form);
  }

  redact(text: string): string {
    let result = text;
    // Longest first: a needle may be part of another one, and the rest of that one would stay behind.
    const needles = [...this.needles].sort((a, b) => b.length - a.length);
    for (const needle of needles) result = result.replaceAll(needle, mask);
    for (const pattern of patterns) result = result.replace(pattern, (_match, kept: string) => kept + mask);
    return result;
  }
}

/** One line of text: line ends, other control characters and characters that reorder text become visible escapes. */
export function singleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{e0000}-\u{e007f}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** In each pattern, what the first group matched stays and the rest of the match is hidden. */
const patterns: readonly RegExp[] = [
  // Header lines and JSON fields that carry credentials, up to the end of the line or the string.
  /((?:authorization|api-?key|set-cookie|cookie)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)[^\s"'](?:[^\r\n"']*)/gi,
  /(\bbearer\s)\s*[\w.~+/=-]{6,}/gi,
  // User-info in a URL; everything up to the last @ of the authority.
  /(:[\\/]{2})[^\s\\/?#"'<>]+(?=@)/g,
  /([?&](?:api[-_]?key|key|access[-_]?token|token|auth|secret|password|sig|signature|code)=)[^&\s#"'<>]+/gi,
  // Keys by the prefixes their makers gave them, wherever they stand.
  /(\b)(?:sk|rk|pk|xai|gsk|hf|r8|pplx|nvapi|gh[pousr]|github_pat)[-_][\w-]{16,}/g,
  /(\b)AIza[\w-]{30,}/g,
  /((?<![\w-]))eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g,
];

function formsOf(secret: string): string[] {
  // Half a surrogate pair cannot be percent-encoded; no header and no URL could carry it either.
  const inUrl = /\p{Cs}/u.test(secret) ? [] : [encodeURIComponent(secret)];
  return [secret, ...inUrl, JSON.stringify(secret).slice(1, -1), ...base64Forms(secret)];
}

/**
 * The characters of base64 that depend on the secret alone, for each of the three places it can take in a group of three
 * bytes, in both alphabets. `Basic` credentials and encoded bodies are found whatever stands before the secret.
 */
function base64Forms(secret: string): string[] {
  if (!/^\p{ASCII}*$/u.test(secret)) return [];
  return [0, 1, 2].flatMap((offset) => {
    const encoded = btoa('\0'.repeat(offset) + secret);
    const known = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6));
    return [known, known.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
