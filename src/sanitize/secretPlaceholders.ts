/** A place in a text that is hidden from the model. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

/** Shorter secrets are hidden where they were found only: everywhere else the same letters are an ordinary word. */
const MIN_GLOBAL_SECRET_LENGTH = 8;

/**
 * Puts placeholders such as `<SECRET_1>` in the place of secrets and takes them back out of what the model answers. The
 * same secret always has the same placeholder, also in the questions that follow in a conversation. Nothing here leaves
 * the memory of the extension host.
 */
export class SecretPlaceholders {
  private readonly placeholderBySecret = new Map<string, string>();
  private readonly secretByPlaceholder = new Map<string, string>();
  /** By their first characters, the longest first: one may be the beginning of another one. */
  private readonly secretsByPrefix = new Map<string, string[]>();
  private readonly name: string;

  /** @param texts Everything that the request is made of: no placeholder is written like a part of it. */
  constructor(texts: readonly string[]) {
    this.name = findUnusedName(texts);
  }

  /** How many secrets are hidden. */
  get size(): number {
    return this.placeholderBySecret.size;
  }

  /** The text with a placeholder in each of the places, which are in order and do not overlap. */
  replaceSecrets(text: string, ranges: readonly SecretRange[]): string {
    for (const { start, end } of ranges) this.placeholderFor(text.slice(start, end));
    let end = 0;
    const parts = ranges.flatMap((range) => {
      const before = text.slice(end, range.start);
      end = range.end;
      return [this.replaceKnownSecrets(before), this.placeholderFor(text.slice(range.start, range.end))];
    });
    return parts.join('') + this.replaceKnownSecrets(text.slice(end));
  }

  /** The text without any secret that was hidden before, for what is sent along unscanned. */
  replaceKnownSecrets(text: string): string {
    if (this.secretsByPrefix.size === 0) return text;
    const parts: string[] = [];
    let end = 0;
    for (let start = 0; start + MIN_GLOBAL_SECRET_LENGTH <= text.length; start += 1) {
      const candidates = this.secretsByPrefix.get(text.slice(start, start + MIN_GLOBAL_SECRET_LENGTH));
      const secret = candidates?.find((candidate) => text.startsWith(candidate, start));
      if (secret === undefined) continue;
      parts.push(text.slice(end, start), this.placeholderFor(secret));
      end = start + secret.length;
      start = end - 1;
    }
    return parts.join('') + text.slice(end);
  }

  /**
   * The text with its secrets, but for those in addresses: the server never had them, and a link in an answer must not be
   * what brings them there.
   */
  replaceSecretsInUrls(text: string): string {
    return text.replace(/(?:https?:\/\/|www\.)\S+/gi, (url) => this.replaceKnownSecrets(url));
  }

  /** The answer with the secrets in their places again. A secret that looks like a placeholder is not read again. */
  restoreSecrets(text: string): string {
    return text.replace(this.createPattern(), (found) => this.secretByPlaceholder.get(found) ?? found);
  }

  /** {@link restoreSecrets} for an answer that comes in pieces. */
  createFilter(): PlaceholderFilter {
    return new PlaceholderFilter(this, new RegExp(`<(?:${partialPlaceholderPattern(this.name)})?$`));
  }

  private placeholderFor(secret: string): string {
    const known = this.placeholderBySecret.get(secret);
    if (known !== undefined) return known;
    const placeholder = `<${this.name}${this.placeholderBySecret.size + 1}>`;
    this.placeholderBySecret.set(secret, placeholder);
    this.secretByPlaceholder.set(placeholder, secret);
    if (secret.length >= MIN_GLOBAL_SECRET_LENGTH) {
      const prefix = secret.slice(0, MIN_GLOBAL_SECRET_LENGTH);
      const secrets = this.secretsByPrefix.get(prefix) ?? [];
      this.secretsByPrefix.set(
        prefix,
        [...secrets, secret].sort((a, b) => b.length - a.length),
      );
    }
    return placeholder;
  }

  private createPattern(): RegExp {
    return new RegExp(`<${this.name}\\d{1,9}>`, 'g');
  }
}

/**
 * Puts secrets back into an answer that comes in pieces. `push` returns what a piece adds to the text that can be shown,
 * `end` what was held back; together they are what `restore` makes of the whole.
 */
export class PlaceholderFilter {
  private buffer = '';

  constructor(
    private readonly placeholders: SecretPlaceholders,
    private readonly partialPattern: RegExp,
  ) {}

  push(chunk: string): string {
    const text = this.buffer + chunk;
    // What could still become a placeholder begins at the last `<`, and a placeholder has no second one.
    const last = text.lastIndexOf('<');
    const isOpen = last !== -1 && this.partialPattern.test(text.slice(last, last + 64)) && text.length - last < 64;
    this.buffer = isOpen ? text.slice(last) : '';
    return this.placeholders.restoreSecrets(isOpen ? text.slice(0, last) : text);
  }

  end(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }
}

/** A pattern for every beginning of the name and of the number behind it. */
function partialPlaceholderPattern(name: string): string {
  return [...name].reduceRight((inner, letter) => `${letter}(?:${inner})?`, '\\d{1,9}');
}

/** `SECRET_`, or with as many more letters as it takes for no text to have it already. */
function findUnusedName(texts: readonly string[]): string {
  let name = 'SECRET_';
  while (texts.some((text) => text.includes(`<${name}`))) name += 'X_';
  return name;
}
