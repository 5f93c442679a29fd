import type { Endpoint } from '../core/chat';

type Headers = Endpoint['headers'];

const SECRET = /\$\{secret:([A-Za-z0-9_-]{1,64})\}/g;

/** The names of the secrets that headers contain as `${secret:name}`. */
export function findHeaderSecrets(headers: Headers): readonly string[] {
  const names = Object.values(headers).flatMap((value) => [...value.matchAll(SECRET)].map(([, name = '']) => name));
  return [...new Set(names)];
}

export function fillHeaderSecrets(headers: Headers, secrets: ReadonlyMap<string, string>): Headers {
  const fill = (value: string) =>
    value.replace(SECRET, (placeholder, name: string) => secrets.get(name) ?? placeholder);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

/** Alternating text and names of secrets, starting and ending with text. */
export function splitHeaderSecrets(value: string): readonly string[] {
  return value.split(SECRET);
}
