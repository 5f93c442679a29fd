import { SecretPlaceholders, type SecretRange } from '../sanitize/secretPlaceholders';
import type { JsonValue } from '../util/json';

/** What the user decided about the texts of one conversation. Kept in memory only. */
export class OutboundDecisions {
  // From the original text to the text that is sent. Sent texts map to themselves.
  private readonly outboundTexts = new Map<string, string>();
  // Secrets and invisible characters that the user chose to send.
  private readonly allowed = new Set<string>();
  private placeholders: SecretPlaceholders | undefined;

  get secretPlaceholders(): SecretPlaceholders | undefined {
    return this.placeholders;
  }

  isDecided(text: string): boolean {
    return this.outboundTexts.has(text);
  }

  // A text that was never reviewed still loses its known secrets.
  toOutboundText(text: string): string {
    return this.outboundTexts.get(text) ?? this.replaceKnownSecrets(text);
  }

  setOutboundText(text: string, outboundText: string): void {
    this.outboundTexts.set(text, outboundText);
    this.outboundTexts.set(outboundText, outboundText);
  }

  replaceKnownSecrets(text: string): string {
    return this.placeholders?.replaceKnownSecrets(text) ?? text;
  }

  /** @param allTexts all texts of the request; a placeholder must not occur in any of them. */
  replaceSecrets(text: string, findings: readonly SecretRange[], allTexts: readonly string[]): string {
    this.placeholders ??= new SecretPlaceholders(allTexts);
    return this.placeholders.replaceSecrets(text, findings);
  }

  allow(part: string): void {
    this.allowed.add(part);
  }

  isAllowed(part: string): boolean {
    return this.allowed.has(part);
  }
}

export function collectStrings(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item: JsonValue) => collectStrings(item));
}

export function mapStrings(value: JsonValue, transform: (text: string) => string): JsonValue {
  if (typeof value === 'string') return transform(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapStrings(item, transform));
  const fields = Object.entries(value) as [string, JsonValue][];
  return Object.fromEntries(fields.map(([name, field]) => [name, mapStrings(field, transform)]));
}
