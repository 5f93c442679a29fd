import { isLoopback } from '../util/origin';

/** Why a base URL is rejected. Never includes the text itself, which may contain a password. */
export type BaseUrlProblem =
  | 'empty'
  | 'noScheme'
  | 'badScheme'
  | 'userInfo'
  | 'fragment'
  | 'insecure'
  | 'badPort'
  | 'invalid';

/** A normalized base URL (no trailing slash, query kept), or the problem and a URL that would be accepted. */
export type BaseUrlResult = AcceptedBaseUrl | { ok: false; problem: BaseUrlProblem; suggestion?: string };

export interface AcceptedBaseUrl {
  readonly ok: true;
  readonly url: string;
  /** The text to save if the normalized URL would be read as another base. */
  readonly setting?: string;
  readonly api?: 'responses' | 'messages';
}

const MAX_URL_LENGTH = 2048;

// Users paste complete request URLs. These endings are removed, and added again for each request.
const REQUEST_PATHS = ['/chat/completions', '/completions', '/responses', '/messages', '/models'];

const STYLES_BY_PATH: ReadonlyMap<string, 'responses' | 'messages'> = new Map([
  ['/responses', 'responses'],
  ['/messages', 'messages'],
]);

const VERTEX_MODEL = /(\/publishers\/anthropic)\/models(?:\/[^/]+)?$/;

// Text copied from a web page may have invisible characters at its ends that `trim` does not remove.
const INVISIBLE_EDGES = /^[\s\u{200b}-\u{200f}\u{2060}]+|[\s\u{200b}-\u{200f}\u{2060}]+$/gu;

const FORBIDDEN_CHARACTERS = /[\s\p{Cc}\p{Cf}]/u;

/** Parses and normalizes a base URL as typed or pasted. Idempotent. */
export function parseBaseUrl(text: string): BaseUrlResult {
  if (text.length > MAX_URL_LENGTH) return reject('invalid');
  const trimmed = unwrap(text.replace(INVISIBLE_EDGES, ''));
  if (trimmed === '') return reject('empty');
  if (FORBIDDEN_CHARACTERS.test(trimmed)) return reject('invalid');

  const scheme = schemeOf(trimmed);
  if (scheme === undefined) return rejectWithSuggestion('noScheme', suggestScheme(trimmed));
  if (scheme !== 'http' && scheme !== 'https') return reject('badScheme');
  if (!URL.canParse(trimmed)) return reject(hasBadPort(trimmed) ? 'badPort' : 'invalid');
  return checkUrl(new URL(trimmed));
}

/** Google Vertex AI serves Anthropic's API below another path for each model. */
export function isVertexMessages(baseUrl: string): boolean {
  return isVertexPath(new URL(baseUrl).pathname);
}

function isVertexPath(path: string): boolean {
  return path.endsWith('/publishers/anthropic');
}

/** Inserts the path before the query string of the base URL, which gateways need. */
export function requestUrl(baseUrl: string, path: string): string {
  const queryStart = baseUrl.indexOf('?');
  if (queryStart === -1) return `${baseUrl}/${path}`;
  return `${baseUrl.slice(0, queryStart)}/${path}${baseUrl.slice(queryStart)}`;
}

/** Sets parameters in the query of a URL. The rest stays as written. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const queryStart = `${url}?`.indexOf('?');
  const parameters = new URLSearchParams(url.slice(queryStart));
  for (const [name, value] of Object.entries(query)) parameters.set(name, value);
  if (Object.keys(query).length === 0) return url;
  // As the SDK writes spaces.
  return `${url.slice(0, queryStart)}?${parameters.toString().replaceAll('+', '%20')}`;
}

function checkUrl(url: URL): BaseUrlResult {
  // No suggestion for a URL with user info: the host after the @ may be an attacker's.
  if (url.username !== '' || url.password !== '') return reject('userInfo');
  if (url.href.includes('#')) return rejectWithSuggestion('fragment', url.href.slice(0, url.href.indexOf('#')));
  if (url.port !== '' && BLOCKED_PORTS.has(Number(url.port))) return reject('badPort');
  // Servers listen at this address, but browsers and proxies do not connect to it.
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  if (url.protocol === 'http:' && !isLoopback(url.href)) {
    return rejectWithSuggestion('insecure', url.href.replace(/^http:/, 'https:'));
  }
  return acceptUrl(url);
}

function acceptUrl(url: URL): AcceptedBaseUrl {
  let path = withoutTrailingSlashes(url.pathname).replace(VERTEX_MODEL, '$1');
  const pastedPath = REQUEST_PATHS.find((end) => path.endsWith(end) && !(end === '/models' && isModelsBase(url)));
  if (pastedPath !== undefined) path = withoutTrailingSlashes(path.slice(0, -pastedPath.length));
  if (path.endsWith('/v1/v1')) path = path.slice(0, -'/v1'.length);
  // Gateways serve Anthropic's API below this path, and document it without the version.
  const isAnthropic = pastedPath === undefined && /\/anthropic(?:\/v1)?$/.test(path);
  const api = isAnthropic ? 'messages' : STYLES_BY_PATH.get(pastedPath ?? '');
  const style = api === undefined ? {} : { api };
  if (path.endsWith('/anthropic') && !isVertexPath(path)) path += '/v1';
  // A complete request URL proves its base, also one without a path.
  if (path === '' && pastedPath !== undefined && !/^\/(?:completions|messages|models)$/.test(pastedPath)) {
    return { ok: true, url: url.origin + url.search, setting: url.origin + pastedPath + url.search, ...style };
  }
  return { ok: true, url: url.origin + (path === '' ? defaultPath(url) : path) + url.search, ...style };
}

function defaultPath({ hostname }: URL): string {
  return isAzureHost(hostname) ? '/openai/v1' : '/v1';
}

/** Whether a host is a resource of Azure OpenAI or Microsoft Foundry. */
export function isAzureHost(hostname: string): boolean {
  return /\.(?:openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/.test(hostname);
}

// Azure AI serves chat completions below `/models`.
function isModelsBase({ hostname, pathname }: URL): boolean {
  return hostname.endsWith('.services.ai.azure.com') && /^\/+models\/*$/.test(pathname);
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

// In `localhost:1234`, the colon starts a port, not a scheme.
function schemeOf(text: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))/i.exec(text);
  return match?.[1]?.toLowerCase();
}

function suggestScheme(text: string): string {
  const rest = text.replace(/^(?:https?(?=\/\/))?:?[\\/]+/i, '');
  const local = `http://${rest}`;
  return isLoopback(local) || /^(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/.test(rest) ? local : `https://${rest}`;
}

function rejectWithSuggestion(problem: BaseUrlProblem, candidate: string): BaseUrlResult {
  const result = parseBaseUrl(candidate);
  return result.ok ? { ok: false, problem, suggestion: result.setting ?? result.url } : reject(problem);
}

function reject(problem: BaseUrlProblem): BaseUrlResult {
  return { ok: false, problem };
}

function unwrap(text: string): string {
  const closing = new Map([
    ['"', '"'],
    ["'", "'"],
    ['`', '`'],
    ['<', '>'],
  ]).get(text.charAt(0));
  return closing !== undefined && text.length > 1 && text.endsWith(closing) ? text.slice(1, -1).trim() : text;
}

function hasBadPort(text: string): boolean {
  const port = /^[a-z]+:[\\/]*[^\\/?#]*:(\d+)(?:[\\/?#]|$)/i.exec(text)?.[1];
  return port !== undefined && Number(port) > 65_535;
}

// The ports that `fetch` blocks (Fetch Standard, "block bad port").
const BLOCKED_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
