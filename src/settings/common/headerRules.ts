// Headers that carry credentials or control the connection.
const FORBIDDEN_HEADERS = new Set([
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

const MAX_HEADERS = 20;
// RFC 9110 section 5.6.2, "token".
const TOKEN_PATTERN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// Printable Latin-1 and tab. For other values, `fetch` throws an error that contains the value.
const VALUE_PATTERN = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/;

export type HeaderProblem = 'forbidden' | 'name' | 'value' | 'tooMany';

/** Returns why a header in the settings cannot be sent. Never includes its value. */
export function checkHeader(name: string, value: string): HeaderProblem | undefined {
  if (!TOKEN_PATTERN.test(name)) return 'name';
  if (FORBIDDEN_HEADERS.has(name.toLowerCase())) return 'forbidden';
  return VALUE_PATTERN.test(value) ? undefined : 'value';
}

export function partitionHeaders(headers: Readonly<Record<string, string>>): {
  allowed: Record<string, string>;
  rejected: { name: string; problem: HeaderProblem }[];
} {
  const allowed: Record<string, string> = {};
  const rejected: { name: string; problem: HeaderProblem }[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const tooMany = Object.keys(allowed).length >= MAX_HEADERS;
    const problem = tooMany ? 'tooMany' : checkHeader(name, value);
    if (problem === undefined) allowed[name] = value;
    else rejected.push({ name, problem });
  }
  return { allowed, rejected };
}
