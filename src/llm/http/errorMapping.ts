import { type ErrorDetails, type ErrorKind, isQuilletError, QuilletError } from '../../core/errors';
import { withoutUndefined } from '../../util/withoutUndefined';
import { parseRetryAfter } from './retryPolicy';
import { cleanMessage, readServerError } from './serverError';

// Innermost codes of Node, undici and OpenSSL (see docs/sdk-notes.md, "Errors").
const KIND_BY_CODE: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'net.refused',
  ENOTFOUND: 'net.dns',
  EAI_AGAIN: 'net.dns',
  ECONNRESET: 'net.reset',
  EPIPE: 'net.reset',
  UND_ERR_SOCKET: 'net.reset',
  EHOSTUNREACH: 'net.refused',
  ENETUNREACH: 'net.refused',
  ETIMEDOUT: 'time.headers',
  UND_ERR_CONNECT_TIMEOUT: 'time.headers',
  UND_ERR_HEADERS_TIMEOUT: 'time.headers',
  UND_ERR_BODY_TIMEOUT: 'time.idle',
  UND_ERR_HEADERS_OVERFLOW: 'net.protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'net.protocol',
};

// Limits of Node's own fetch, which no setting can raise.
const FETCH_TIMEOUTS_MS: Readonly<Record<string, number>> = {
  UND_ERR_HEADERS_TIMEOUT: 300_000,
  UND_ERR_BODY_TIMEOUT: 300_000,
  UND_ERR_CONNECT_TIMEOUT: 10_000,
};

// Those with an error kind of their own.
const KNOWN_STATUSES = [400, 401, 403, 404, 408, 409, 413, 422, 429] as const;

// The common shape of the SDK's error classes. With two copies of the SDK, `instanceof` would fail.
interface ServerFailure {
  readonly status: number | undefined;
  readonly error?: unknown;
  readonly message: string;
  readonly headers?: { get(name: string): string | null };
  readonly requestID?: unknown;
}

/** Splits a URL for error messages. Neither part contains credentials or a query. */
export function hostAndPath(url: string): { host: string; path: string } {
  const { hostname, port, protocol, pathname } = new URL(url);
  const portText = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return { host: `${hostname}:${portText}`, path: pathname };
}

export function toRequestError(thrown: unknown, requestDetails: ErrorDetails, isStreaming: boolean): QuilletError {
  const known = [...causes(thrown)].find(isQuilletError);
  if (known !== undefined)
    return new QuilletError(known.kind, { ...requestDetails, ...known.details }, { cause: known.cause });
  if (isAbort(thrown)) return new QuilletError('cancelled');
  if (isServerFailure(thrown) && thrown.status !== undefined) return statusError(thrown, thrown.status, requestDetails);
  return connectionError(thrown, requestDetails, isStreaming);
}

function connectionError(thrown: unknown, requestDetails: ErrorDetails, isStreaming: boolean): QuilletError {
  const code = proxyStatusCode(thrown) ?? innermostCode(thrown);
  const limitMs = code === undefined ? undefined : FETCH_TIMEOUTS_MS[code];
  const details = { ...requestDetails, ...withoutUndefined({ code, limitMs }) };
  const proxy = proxyAddress(thrown, requestDetails.host);
  if (proxy !== undefined) return new QuilletError('net.proxy', { ...details, subject: proxy }, { cause: thrown });
  const kind = isParserError(thrown) ? 'net.protocol' : kindForCode(code);
  const keepsKind = kind === 'net.protocol' || kind === 'body.encoding' || kind === 'time.idle';
  return new QuilletError(isStreaming && !keepsKind ? 'net.midstream' : kind, details, { cause: thrown });
}

function kindForCode(code: string | undefined): ErrorKind {
  if (code === undefined) return 'net.other';
  if (/^ERR_(SSL|TLS)|CERT|SELF_SIGNED|SIGNATURE|ISSUER/.test(code)) return 'net.tls';
  if (/^Z_|^ERR__ERROR_|^ZSTD_/.test(code)) return 'body.encoding';
  if (code.startsWith('proxy: ')) return 'net.proxy';
  return KIND_BY_CODE[code] ?? 'net.other';
}

// A proxy that refuses the tunnel says so only in the error's message.
function proxyStatusCode(thrown: unknown): string | undefined {
  for (const cause of causes(thrown)) {
    const status = cause instanceof Error && /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1];
    if (status) return `proxy: ${status}`;
  }
  return undefined;
}

// A connection that failed to another port or name than the server's was one to a proxy.
function proxyAddress(thrown: unknown, serverHost: string | undefined): string | undefined {
  const [, serverName, serverPort] = /^(.*):(\d+)$/.exec(serverHost ?? '') ?? [];
  if (serverName === undefined) return undefined;
  for (const cause of causes(thrown)) {
    const { errors, syscall } = cause as { errors?: unknown; syscall?: unknown };
    const failure: unknown = Array.isArray(errors) ? errors[0] : cause;
    const { address, port, hostname } = (failure ?? {}) as { address?: unknown; port?: unknown; hostname?: unknown };
    if (typeof port === 'number' && typeof address === 'string' && String(port) !== serverPort)
      return `${address}:${port}`;
    if (syscall === 'getaddrinfo' && typeof hostname === 'string' && hostname !== serverName) return hostname;
  }
  return undefined;
}

function statusError(failure: ServerFailure, status: number, requestDetails: ErrorDetails): QuilletError {
  const retryAfterMs = failure.headers === undefined ? undefined : parseRetryAfter(failure.headers, Date.now());
  const { message, codes, parameter } = readServerError(failure.error);
  const serverMessage = message ?? cleanMessage(failure.message.replace(/^\d{3} /, ''));
  const details: ErrorDetails = {
    ...requestDetails,
    status,
    ...withoutUndefined({
      serverMessage: serverMessage?.includes('status code (no body)') === true ? undefined : serverMessage,
      parameter,
      requestId: typeof failure.requestID === 'string' ? failure.requestID : undefined,
      retryAfterMs,
    }),
  };
  const kind = status >= 500 && isLoading(message ?? failure.message) ? 'http.loading' : kindForStatus(status, codes);
  return new QuilletError(kind, details, { cause: failure });
}

function kindForStatus(status: number, codes: readonly string[]): ErrorKind {
  if (status === 429 && codes.includes('insufficient_quota')) return 'http.quota';
  if (status < 500 && isContentFilter(codes)) return 'finish.filter';
  // Groq sends 413 for a request that exceeds the tokens of one minute.
  if (status === 413 && codes.some((code) => code.includes('rate_limit'))) return 'http.429';
  if (status >= 300 && status < 400) return 'http.redirect';
  const known = KNOWN_STATUSES.find((knownStatus) => knownStatus === status);
  return known === undefined ? `http.${status >= 500 ? '5xx' : '4xx'}` : `http.${known}`;
}

// llama.cpp says "Loading model", Hugging Face "Model x is currently loading".
function isLoading(message: string): boolean {
  // Gateways put names such as `InternalServerError` and "Error code: 503" in front of the server's words.
  const isFailure = /\bfail|\berrors?\b(?! code)|unable|cannot|can't|could not|couldn't|memory|not found/i.test(
    message,
  );
  return (
    !isFailure &&
    /\bloading (?:the |a )?model|\bmodel\b.{0,200}\b(?:loading|starting|warming up|spinning up|not (?:ready|loaded))\b/i.test(
      message,
    )
  );
}

function isContentFilter(codes: readonly string[]): boolean {
  return codes.some((code) => /content_?filter|content_?policy|responsible_?ai|data_?inspection/.test(code));
}

export function toReportedError(kind: 'body.error' | 'sse.error', body: unknown, details: ErrorDetails): QuilletError {
  const { message, codes } = readServerError(body);
  const isUnavailable = codes.some((code) => UNAVAILABLE_CODE.test(code));
  const known = withoutUndefined({
    ...details,
    serverMessage: message ?? details.serverMessage,
    isUnavailable: isUnavailable || undefined,
  });
  return new QuilletError(isContentFilter(codes) ? 'finish.filter' : kind, known);
}

/** Of errors that are reported with status 200: overloaded, over quota, or out of order. */
const UNAVAILABLE_CODE = /^(?:429|5\d\d)$|overload|unavailable|rate_?limit|quota/i;

export function toResponseError(response: Response, body: unknown, requestDetails: ErrorDetails): QuilletError {
  const failure = Object.assign(new Error(''), {
    status: response.status,
    error: body,
    headers: response.headers,
    requestID: requestIdOf(response),
  });
  return statusError(failure, response.status, requestDetails);
}

/** Anthropic's name has no prefix. */
export function requestIdOf({ headers }: Response): string | undefined {
  return headers.get('x-request-id') ?? headers.get('request-id') ?? undefined;
}

function* causes(thrown: unknown): Generator<unknown> {
  let current = thrown;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    yield current;
    current = (current as { cause?: unknown }).cause;
  }
}

function innermostCode(thrown: unknown): string | undefined {
  const codes = [...causes(thrown)].map((cause) => (cause as { code?: unknown }).code);
  return codes.findLast((code) => typeof code === 'string');
}

// Minifying removes the class names of the SDK, so its abort error is recognized by the message.
function isAbort(thrown: unknown): boolean {
  return isNamed(thrown, 'AbortError') || (isServerFailure(thrown) && thrown.message === 'Request was aborted.');
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && (thrown.name === name || thrown.constructor.name === name);
}

function isServerFailure(thrown: unknown): thrown is ServerFailure {
  return thrown instanceof Error && 'status' in thrown && 'error' in thrown;
}

// The response is not HTTP. Node 24 gives these errors no code.
function isParserError(thrown: unknown): boolean {
  return (
    [...causes(thrown)].some((cause) => isNamed(cause, 'HTTPParserError')) ||
    innermostCode(thrown)?.startsWith('HPE_') === true
  );
}
