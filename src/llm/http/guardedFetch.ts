import type { Endpoint } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import type { ResponseTap } from '../../core/responseTap';
import { sameOrigin } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import { type BodyTransform, transformBody } from './bodyTransform';
import { hostAndPath } from './errorMapping';
import { createSseFilter, type StreamStatus } from './sseFilter';

/** Headers the SDK may add. Everything else it or the environment invents (`x-stainless-*`, organisation) stays here. */
const ALLOWED_SDK_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

export interface GuardedFetchOptions {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** Given where the answer is read as server-sent events: they then pass the filter, which writes down what it saw. */
  readonly streamStatus?: StreamStatus;
  /** Given where somebody wants to see the response as it came. */
  readonly tap?: ResponseTap;
}

/** The most bytes of a body that is no event stream; an answer in one piece is far smaller (B11). */
const MAX_BODY_BYTES = 20_000_000;

/**
 * The one fetch of Quillet. It goes only to the endpoint's own origin, sets the credential itself so that no library or
 * environment variable can choose another, and never follows a redirect: `fetch` would carry the user's code along
 * (sdk-facts: 307 and 308 are posted again to the other origin). The call goes through `globalThis.fetch` at the moment
 * of use, which in VS Code knows the user's proxy and certificates.
 * @throws QuilletError `cfg.url` for a foreign origin, `key.format`, `http.redirect`, `body.encoding` for an encoding that
 * nobody can undo; otherwise whatever fetch throws.
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

/** The same response with a body that cannot grow without end, and that the SDK's parser can read. */
function limitBody(response: Response, { streamStatus, tap }: GuardedFetchOptions): Response {
  const { body, status, headers } = response;
  if (body === null || status === 204 || status === 205) return response;
  const isEvents = streamStatus !== undefined && response.ok && isEventStream(headers.get('content-type'));
  const bodyTransform = isEvents ? createSseFilter(streamStatus) : limitBytes(MAX_BODY_BYTES);
  const limitedBody = transformBody(body, tap === undefined ? bodyTransform : withTap(bodyTransform, tap));
  // Without the status text: a server may write what the constructor does not take.
  return new Response(limitedBody, { status, headers });
}

/** The same step, behind a tap that gets each chunk first. */
function withTap(bodyTransform: BodyTransform, tap: ResponseTap): BodyTransform {
  return {
    ...bodyTransform,
    transform: (chunk, enqueue) => {
      tap.onChunk(chunk);
      bodyTransform.transform(chunk, enqueue);
    },
  };
}

/** A stream without a type is taken for events: some servers send none (B06). */
export function isEventStream(contentType: string | null): boolean {
  return contentType === null || contentType.toLowerCase().startsWith('text/event-stream');
}

function limitBytes(maxBytes: number): BodyTransform {
  let size = 0;
  return {
    transform(chunk, enqueue) {
      size += chunk.length;
      if (size > maxBytes) throw new QuilletError('limit.answer', { subject: String(maxBytes) });
      enqueue(chunk);
    },
  };
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

/** More than any real key, and less than what makes servers refuse the whole request with 431 (H24, K07). */
const MAX_KEY_LENGTH = 4096;

/** `Headers` throws an error that quotes a value it cannot send, and the value here is the key (faults 0.6). */
function validateKey(key: string, endpoint: Endpoint): string {
  if (key.length <= MAX_KEY_LENGTH && /^[\u0021-\u007e]+$/.test(key)) return key;
  throw new QuilletError('key.format', { providerId: endpoint.providerId, providerLabel: endpoint.label });
}

function rejectRedirect(response: Response, url: string): void {
  const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  if (!isRedirect) return;
  void response.body?.cancel().catch(() => undefined);
  const location = response.headers.get('location');
  throw new QuilletError('http.redirect', {
    ...hostAndPath(url),
    status: response.status,
    ...withoutUndefined({
      subject:
        location === null || !URL.canParse(location, url)
          ? undefined
          : describeRedirectTarget(new URL(location, url), url),
    }),
  });
}

/** The origin; on the server's own host with the path, because that is the address to be set (V24). Never the query. */
function describeRedirectTarget(target: URL, requestUrl: string): string {
  const isOwnHost = target.host !== '' && target.host === new URL(requestUrl).host;
  return isOwnHost ? target.origin + target.pathname : target.origin;
}

/** Codings that fetch undoes. The bytes of another one would be taken for text (B12). */
const KNOWN_ENCODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity']);

function rejectUnknownEncoding(response: Response, url: string): void {
  const encodings = (response.headers.get('content-encoding') ?? '').toLowerCase().split(',');
  const unknown = encodings
    .map((encoding) => encoding.trim())
    .find((encoding) => encoding !== '' && !KNOWN_ENCODINGS.has(encoding));
  if (unknown === undefined) return;
  void response.body?.cancel().catch(() => undefined);
  const subject = `content-encoding: ${unknown.slice(0, 40)}`;
  // Not a kind that is tried again: the server has answered, and would be paid for answering again.
  throw new QuilletError('body.encoding', { ...hostAndPath(url), status: response.status, subject });
}
