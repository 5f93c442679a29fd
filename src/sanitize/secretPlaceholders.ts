/** A place in a text that is hidden from the model. */
export interface HiddenPlace {
  readonly start: number;
  readonly end: number;
}

/** Shorter secrets are hidden where they were found only: everywhere else the same letters are an ordinary word. */
const shortestElsewhere = 8;

/**
 * Puts placeholders such as `<SECRET_1>` in the place of secrets and takes them back out of what the model answers. The
 * same secret always has the same placeholder, also in the questions that follow in a conversation. Nothing here leaves
 * the memory of the extension host.
 */
export class SecretPlaceholders {
  private readonly bySecret = new Map<string, string>();
  private readonly byPlaceholder = new Map<string, string>();
  /** By their first characters, the longest first: one may be the beginning of another one. */
  private readonly byBeginning = new Map<string, string[]>();
  private readonly name: string;

  /** @param texts Everything that the request is made of: no placeholder is written like a part of it. */
  constructor(texts: readonly string[]) {
    this.name = unusedName(texts);
  }

  /** How many secrets are hidden. */
  get size(): number {
    return this.bySecret.size;
  }

  /** The text with a placeholder in each of the places, which are in order and do not overlap. */
  hide(text: string, places: readonly HiddenPlace[]): string {
    for (const { start, end } of places) this.remember(text.slice(start, end));
    let end = 0;
    const parts = places.flatMap((place) => {
      const before = text.slice(end, place.start);
      end = place.end;
      return [this.hideKnown(before), this.remember(text.slice(place.start, place.end))];
    });
    return parts.join('') + this.hideKnown(text.slice(end));
  }

  /** The text without any secret that was hidden before, for what is sent along unscanned. */
  hideKnown(text: string): string {
    if (this.byBeginning.size === 0) return text;
    const parts: string[] = [];
    let end = 0;
    for (let start = 0; start + shortestElsewhere <= text.length; start += 1) {
      const likely = this.byBeginning.get(text.slice(start, start + shortestElsewhere));
      const secret = likely?.find((one) => text.startsWith(one, start));
      if (secret === undefined) continue;
      parts.push(text.slice(end, start), this.remember(secret));
      end = start + secret.length;
      start = end - 1;
    }
    return parts.join('') + text.slice(end);
  }

  /**
   * The text with its secrets, but for those in addresses: the server never had them, and a link in an answer must not be
   * what brings them there.
   */
  hideInAddresses(text: string): string {
    return text.replace(/(?:https?:\/\/|www\.)\S+/gi, (address) => this.hideKnown(address));
  }

  /** The answer with the secrets in their places again. A secret that looks like a placeholder is not read again. */
  restore(text: string): string {
    return text.replace(this.pattern(), (found) => this.byPlaceholder.get(found) ?? found);
  }

  /** {@link restore} for an answer that comes in pieces. */
  filter(): PlaceholderFilter {
    return new PlaceholderFilter(this, new RegExp(`<(?:${optional(this.name)})?$`));
  }

  private remember(secret: string): string {
    const known = this.bySecret.get(secret);
    if (known !== undefined) return known;
    const placeholder = `<${this.name}${this.bySecret.size + 1}>`;
    this.bySecret.set(secret, placeholder);
    this.byPlaceholder.set(placeholder, secret);
    if (secret.length >= shortestElsewhere) {
      const beginning = secret.slice(0, shortestElsewhere);
      const others = this.byBeginning.get(beginning) ?? [];
      this.byBeginning.set(
        beginning,
        [...others, secret].sort((a, b) => b.length - a.length),
      );
    }
    return placeholder;
  }

  private pattern(): RegExp {
    return new RegExp(`<${this.name}\\d{1,9}>`, 'g');
  }
}

/**
 * Puts secrets back into an answer that comes in pieces. `push` returns what a piece adds to the text that can be shown,
 * `end` what was held back; together they are what `restore` makes of the whole.
 */
export class PlaceholderFilter {
  private held = '';

  constructor(
    private readonly placeholders: SecretPlaceholders,
    private readonly beginning: RegExp,
  ) {}

  push(chunk: string): string {
    const text = this.held + chunk;
    // What could still become a placeholder begins at the last `<`, and a placeholder has no second one.
    const last = text.lastIndexOf('<');
    const isOpen = last !== -1 && this.beginning.test(text.slice(last, last + 64)) && text.length - last < 64;
    this.held = isOpen ? text.slice(last) : '';
    return this.placeholders.restore(isOpen ? text.slice(0, last) : text);
  }

  end(): string {
    const text = this.held;
    this.held = '';
    return text;
  }
}

/** A pattern for every beginning of the name and of the number behind it. */
function optional(name: string): string {
  return [...name].reduceRight((inner, letter) => `${letter}(?:${inner})?`, '\\d{1,9}');
}

/** `SECRET_`, or with as many more letters as it takes for no text to have it already. */
function unusedName(texts: readonly string[]): string {
  let name = 'SECRET_';
  while (texts.some((text) => text.includes(`<${name}`))) name += 'X_';
  return name;
}
