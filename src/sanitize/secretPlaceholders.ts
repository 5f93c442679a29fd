export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

// Shorter secrets are replaced only where they were found: elsewhere they may be ordinary words.
const MIN_GLOBAL_SECRET_LENGTH = 8;

/**
 * Replaces secrets with placeholders such as `<SECRET_1>` and restores them in answers. A secret keeps its placeholder
 * for the whole conversation. The mapping exists only in memory.
 */
export class SecretPlaceholders {
  private readonly placeholderBySecret = new Map<string, string>();
  private readonly secretByPlaceholder = new Map<string, string>();
  private knownSecrets: RegExp | undefined;
  private readonly name: string;

  /** @param texts All texts of the request. Placeholders are named so that none occurs in them. */
  constructor(texts: readonly string[]) {
    this.name = findUnusedName(texts);
  }

  get size(): number {
    return this.placeholderBySecret.size;
  }

  /** @param ranges Sorted, without overlaps. */
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

  /** Replaces the secrets found so far, in text that is sent without a scan. */
  replaceKnownSecrets(text: string): string {
    if (this.placeholderBySecret.size === 0) return text;
    this.knownSecrets ??= patternFor([...this.placeholderBySecret.keys()]);
    return text.replace(this.knownSecrets, (secret) => this.placeholderFor(secret));
  }

  /** Replaces secrets in URLs only: a link in an answer must not send a restored secret to a server. */
  replaceSecretsInUrls(text: string): string {
    return text.replace(/(?:https?:\/\/|www\.)\S+/gi, (url) => this.replaceKnownSecrets(url));
  }

  /** Restores secrets in a single pass, so that a secret that looks like a placeholder is not replaced again. */
  restoreSecrets(text: string): string {
    return text.replace(
      new RegExp(`<${this.name}\\d{1,9}>`, 'g'),
      (found) => this.secretByPlaceholder.get(found) ?? found,
    );
  }

  createFilter(): PlaceholderFilter {
    return new PlaceholderFilter(this, `<${this.name}`);
  }

  private placeholderFor(secret: string): string {
    const known = this.placeholderBySecret.get(secret);
    if (known !== undefined) return known;
    const placeholder = `<${this.name}${this.placeholderBySecret.size + 1}>`;
    this.placeholderBySecret.set(secret, placeholder);
    this.secretByPlaceholder.set(placeholder, secret);
    this.knownSecrets = undefined;
    return placeholder;
  }
}

/** The longest come first, because a secret may be a prefix of another. */
function patternFor(secrets: readonly string[]): RegExp {
  const escaped = secrets
    .filter(({ length }) => length >= MIN_GLOBAL_SECRET_LENGTH)
    .sort((left, right) => right.length - left.length)
    .map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  // Without a secret, the pattern must match nothing.
  return new RegExp(escaped.length === 0 ? '(?!)' : escaped.join('|'), 'g');
}

/** Restores secrets in a streamed answer. `push` returns the text that is ready, `end` the rest. */
export class PlaceholderFilter {
  private buffer = '';

  constructor(
    private readonly placeholders: SecretPlaceholders,
    private readonly opening: string,
  ) {}

  push(chunk: string): string {
    const text = this.buffer + chunk;
    // An incomplete placeholder starts at the last `<`, because placeholders contain only one.
    const last = text.lastIndexOf('<');
    const isOpen = last !== -1 && this.isPartial(text.slice(last));
    this.buffer = isOpen ? text.slice(last) : '';
    return this.placeholders.restoreSecrets(isOpen ? text.slice(0, last) : text);
  }

  end(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }

  private isPartial(text: string): boolean {
    if (!text.startsWith(this.opening)) return this.opening.startsWith(text);
    return /^\d{0,9}$/.test(text.slice(this.opening.length));
  }
}

function findUnusedName(texts: readonly string[]): string {
  let name = 'SECRET_';
  while (texts.some((text) => text.includes(`<${name}`))) name += 'X_';
  return name;
}
