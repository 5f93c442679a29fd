import { SecretPlaceholders, type SecretRange } from '../sanitize/secretPlaceholders';
import type { JsonValue } from '../util/json';

/**
 * What was decided about the texts of one conversation before they left: each is asked about once, and what follows in
 * the conversation is sent the same way. It lives as long as the conversation, in memory only.
 */
export class ReviewDecisions {
  /** Text as it is known here → text as it is sent. What is sent is decided too. */
  private readonly outboundTexts = new Map<string, string>();
  /** Parts of texts, secrets or hidden characters, that the user sent knowingly. */
  private readonly allowed = new Set<string>();
  private secrets: SecretPlaceholders | undefined;

  /** Absent while no secret was replaced. */
  get secretPlaceholders(): SecretPlaceholders | undefined {
    return this.secrets;
  }

  isDecided(text: string): boolean {
    return this.outboundTexts.has(text);
  }

  /** The text as it is sent. One that was never decided about still loses the secrets that are known. */
  toOutboundText(text: string): string {
    return this.outboundTexts.get(text) ?? this.replaceKnownSecrets(text);
  }

  setOutboundText(text: string, outboundText: string): void {
    this.outboundTexts.set(text, outboundText);
    this.outboundTexts.set(outboundText, outboundText);
  }

  replaceKnownSecrets(text: string): string {
    return this.secrets?.replaceKnownSecrets(text) ?? text;
  }

  /** @param allTexts Every text of the request: no placeholder is written like a part of one. */
  replaceSecrets(text: string, findings: readonly SecretRange[], allTexts: readonly string[]): string {
    this.secrets ??= new SecretPlaceholders(allTexts);
    return this.secrets.replaceSecrets(text, findings);
  }

  allow(part: string): void {
    this.allowed.add(part);
  }

  isAllowed(part: string): boolean {
    return this.allowed.has(part);
  }
}

/** Every string in a JSON value, names of fields aside. */
export function collectStrings(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item: JsonValue) => collectStrings(item));
}

/** The value with each of its strings changed. */
export function mapStrings(value: JsonValue, transform: (text: string) => string): JsonValue {
  if (typeof value === 'string') return transform(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapStrings(item, transform));
  const fields = Object.entries(value) as [string, JsonValue][];
  return Object.fromEntries(fields.map(([name, field]) => [name, mapStrings(field, transform)]));
}
