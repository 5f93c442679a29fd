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
  // Longest first, because a secret may be a prefix of another.
  private readonly lengthsByPrefix = new Map<string, number[]>();
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
    if (this.lengthsByPrefix.size === 0) return text;
    const parts: string[] = [];
    let end = 0;
    for (let start = 0; start + MIN_GLOBAL_SECRET_LENGTH <= text.length; start += 1) {
      const lengths = this.lengthsByPrefix.get(text.slice(start, start + MIN_GLOBAL_SECRET_LENGTH));
      const length = lengths?.find((candidate) => this.placeholderBySecret.has(text.slice(start, start + candidate)));
      if (length === undefined) continue;
      parts.push(text.slice(end, start), this.placeholderFor(text.slice(start, start + length)));
      end = start + length;
      start = end - 1;
    }
    return parts.join('') + text.slice(end);
  }

  /** Replaces secrets in URLs only: a link in an answer must not send a restored secret to a server. */
  replaceSecretsInUrls(text: string): string {
    return text.replace(/(?:https?:\/\/|www\.)\S+/gi, (url) => this.replaceKnownSecrets(url));
  }

  /** Restores secrets in a single pass, so that a secret that looks like a placeholder is not replaced again. */
  restoreSecrets(text: string): string {
    return text.replace(this.createPattern(), (found) => this.secretByPlaceholder.get(found) ?? found);
  }

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
      const lengths = this.lengthsByPrefix.get(prefix) ?? [];
      if (!lengths.includes(secret.length)) lengths.push(secret.length);
      this.lengthsByPrefix.set(
        prefix,
        lengths.sort((left, right) => right - left),
      );
    }
    return placeholder;
  }

  private createPattern(): RegExp {
    return new RegExp(`<${this.name}\\d{1,9}>`, 'g');
  }
}

/** Restores secrets in a streamed answer. `push` returns the text that is ready, `end` the rest. */
export class PlaceholderFilter {
  private buffer = '';

  constructor(
    private readonly placeholders: SecretPlaceholders,
    private readonly partialPattern: RegExp,
  ) {}

  push(chunk: string): string {
    const text = this.buffer + chunk;
    // An incomplete placeholder starts at the last `<`, because placeholders contain only one.
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

// Matches every prefix of the name and number.
function partialPlaceholderPattern(name: string): string {
  return [...name].reduceRight((inner, letter) => `${letter}(?:${inner})?`, '\\d{1,9}');
}

function findUnusedName(texts: readonly string[]): string {
  let name = 'SECRET_';
  while (texts.some((text) => text.includes(`<${name}`))) name += 'X_';
  return name;
}
