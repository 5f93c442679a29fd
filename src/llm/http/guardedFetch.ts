import { MAX_KEY_LENGTH } from '../../core/apiKey';
import type { AttemptContext, Endpoint } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { sameOrigin } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath } from './errorMapping';
import { MAX_DOCUMENT_LENGTH } from './eventStream';
import { inspectBody } from './inspectBody';

// Anything else that the SDK or the environment adds (`x-stainless-*`, organization) is removed.
const ALLOWED_SDK_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

export interface GuardedFetchOptions extends Pick<AttemptContext, 'key' | 'tap'> {
  readonly endpoint: Endpoint;
  /** A stream of any length is expected, whose reader limits its parts. */
  readonly isStream?: boolean;
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * The only fetch of Quillet. It goes only to the endpoint's own origin, sets the credential itself, and never follows a
 * redirect, which would send the user's code along (see docs/sdk-notes.md, "Redirects"). `globalThis.fetch` is looked up
 * on each call, because VS Code replaces it with one that knows the user's proxy and certificates.
 */
export function createGuardedFetch(options: GuardedFetchOptions): typeof fetch {
  const { endpoint } = options;
  return async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (!sameOrigin(url, endpoint.baseUrl)) {
      throw new QuilletError('cfg.url', { providerId: endpoint.providerId, subject: 'origin' });
    }
    const headers = buildHeaders(new Headers(init?.headers), options);
    const response = await globalThis.fetch(url, { ...init, headers, redirect: 'manual' });
    options.tap?.onResponse(response.status, response.headers);
    rejectRedirect(response, url);
    rejectUnknownEncoding(response, url);
    return limitBody(response, options);
  };
}

function limitBody(response: Response, { isStream = false, tap }: GuardedFetchOptions): Response {
  const { body, status, headers } = response;
  if (body === null || status === 204 || status === 205) return response;
  const maxBytes = isStream && response.ok ? Number.POSITIVE_INFINITY : MAX_DOCUMENT_LENGTH;
  const isZstd = (headers.get('content-encoding') ?? '').toLowerCase().includes('zstd');
  let size = 0;
  const limitedBody = inspectBody(body, (chunk) => {
    tap?.onChunk(chunk);
    if (isZstd && size === 0) rejectCompressed(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new QuilletError('limit.answer', { subject: String(maxBytes) });
  });
  // Without the status text: a server may send one that the constructor rejects.
  return new Response(limitedBody, { status, headers });
}

// Older versions of Node pass the compressed bytes on as if they were text.
function rejectCompressed(chunk: Uint8Array): void {
  if (ZSTD_MAGIC.every((byte, index) => chunk[index] === byte))
    throw new QuilletError('body.encoding', { subject: 'content-encoding: zstd' });
}

function buildHeaders(requestHeaders: Headers, { endpoint, key }: GuardedFetchOptions): Headers {
  const headers = new Headers();
  for (const [name, value] of requestHeaders) {
    if (ALLOWED_SDK_HEADERS.has(name)) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(endpoint.headers)) headers.set(name, value);
  if (key !== undefined) {
    const value = validateKey(key, endpoint);
    if (endpoint.keyHeader === undefined) headers.set('authorization', `Bearer ${value}`);
    else headers.set(endpoint.keyHeader, value);
  }
  return headers;
}

// `Headers` throws an error that quotes an invalid value, which here would be the key.
function validateKey(key: string, endpoint: Endpoint): string {
  if (key.length <= MAX_KEY_LENGTH && /^[\u0021-\u007e]+$/.test(key)) return key;
  throw new QuilletError('key.format', { providerId: endpoint.providerId, providerLabel: endpoint.label });
}

function rejectRedirect(response: Response, url: string): void {
  const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  if (!isRedirect) return;
  void response.body?.cancel().catch(() => undefined);
  const location = response.headers.get('location');
  const target = location !== null && URL.canParse(location, url) ? new URL(location, url) : undefined;
  const subject = target && describeRedirectTarget(target, url);
  const details = { ...hostAndPath(url), status: response.status, ...withoutUndefined({ subject }) };
  throw new QuilletError('http.redirect', details);
}

// Never the query. On the server's own host, the path is shown too: it is the address to set.
function describeRedirectTarget(target: URL, requestUrl: string): string {
  const isOwnHost = target.host !== '' && target.host === new URL(requestUrl).host;
  return isOwnHost ? target.origin + target.pathname : target.origin;
}

// Encodings that fetch decodes. The bytes of any other would be taken for text.
const KNOWN_ENCODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity']);

function rejectUnknownEncoding(response: Response, url: string): void {
  const encodings = (response.headers.get('content-encoding') ?? '').toLowerCase().split(',');
  const unknown = encodings
    .map((encoding) => encoding.trim())
    .find((encoding) => encoding !== '' && !KNOWN_ENCODINGS.has(encoding));
  if (unknown === undefined) return;
  void response.body?.cancel().catch(() => undefined);
  const subject = `content-encoding: ${unknown.slice(0, 40)}`;
  // Not retried: the server has answered, and would bill the next answer too.
  throw new QuilletError('body.encoding', { ...hostAndPath(url), status: response.status, subject });
}
