import { SecretPlaceholders, type SecretRange } from '../sanitize/secretPlaceholders';
import type { JsonValue } from '../util/json';

/**
 * What was decided about the texts of one conversation before they left: each is asked about once, and what follows in
 * the conversation is sent the same way. It lives as long as the conversation, in memory only.
 */
export class OutgoingRecord {
  /** Text as it is known here → text as it is sent. What is sent is decided too. */
  private readonly decided = new Map<string, string>();
  /** Parts of texts, secrets or hidden characters, that the user sent knowingly. */
  private readonly allowed = new Set<string>();
  private hidden: SecretPlaceholders | undefined;

  /** Absent while no secret was replaced. */
  get placeholders(): SecretPlaceholders | undefined {
    return this.hidden;
  }

  isDecided(text: string): boolean {
    return this.decided.has(text);
  }

  /** The text as it is sent. One that was never decided about still loses the secrets that are known. */
  sentFor(text: string): string {
    return this.decided.get(text) ?? this.hideKnown(text);
  }

  decide(text: string, sent: string): void {
    this.decided.set(text, sent);
    this.decided.set(sent, sent);
  }

  hideKnown(text: string): string {
    return this.hidden?.replaceKnownSecrets(text) ?? text;
  }

  /** @param all Every text of the request: no placeholder is written like a part of one. */
  hide(text: string, places: readonly SecretRange[], all: readonly string[]): string {
    this.hidden ??= new SecretPlaceholders(all);
    return this.hidden.replaceSecrets(text, places);
  }

  allow(part: string): void {
    this.allowed.add(part);
  }

  isAllowed(part: string): boolean {
    return this.allowed.has(part);
  }
}

/** Every string in a JSON value, names of fields aside. */
export function stringsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one: JsonValue) => stringsIn(one));
}

/** The value with each of its strings changed. */
export function mapStrings(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: JsonValue) => mapStrings(one, change));
  const fields = Object.entries(value) as [string, JsonValue][];
  return Object.fromEntries(fields.map(([name, one]) => [name, mapStrings(one, change)]));
}
