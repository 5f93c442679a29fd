/** Headers that carry credentials or steer the connection: a setting may never send them. */
const FORBIDDEN = new Set([
  'authorization',
  'proxy-authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'cookie',
  'host',
  'content-length',
  'content-type',
  'connection',
  'transfer-encoding',
  'origin',
]);

const MOST_HEADERS = 20;
/** RFC 9110 section 5.6.2, "token". */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Printable Latin-1 and tab: what `fetch` accepts without throwing an error that repeats the value. */
const VALUE = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/;

export type HeaderProblem = 'forbidden' | 'name' | 'value' | 'tooMany';

/** Why a header of the user's settings cannot be sent, or undefined. The value is never part of the result. */
export function headerProblem(name: string, value: string): HeaderProblem | undefined {
  if (!TOKEN.test(name)) return 'name';
  if (FORBIDDEN.has(name.toLowerCase())) return 'forbidden';
  return VALUE.test(value) ? undefined : 'value';
}

/** Splits headers into those that can be sent and the names of those that cannot. */
export function sortHeaders(headers: Readonly<Record<string, string>>): {
  allowed: Record<string, string>;
  refused: { name: string; problem: HeaderProblem }[];
} {
  const allowed: Record<string, string> = {};
  const refused: { name: string; problem: HeaderProblem }[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const tooMany = Object.keys(allowed).length >= MOST_HEADERS;
    const problem = tooMany ? 'tooMany' : headerProblem(name, value);
    if (problem === undefined) allowed[name] = value;
    else refused.push({ name, problem });
  }
  return { allowed, refused };
}
