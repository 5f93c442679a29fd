import type { Endpoint } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import type { ResponseTap } from '../../core/responseTap';
import { sameOrigin } from '../../util/origin';
import { type BodyStep, throughStep } from './bodyTransform';
import { requestPlace } from './errorMapping';
import { eventStreamFilter, type StreamNotes } from './sseFilter';

/** Headers the SDK may add. Everything else it or the environment invents (`x-stainless-*`, organisation) stays here. */
const SDK_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

export interface FetchGuard {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** Given where the answer is read as server-sent events: they then pass the filter, which writes down what it saw. */
  readonly notes?: StreamNotes;
  /** Given where somebody wants to see the response as it came. */
  readonly tap?: ResponseTap;
}

/** The most bytes of a body that is no event stream; an answer in one piece is far smaller (B11). */
const LARGEST_BODY = 20_000_000;

/**
 * The one fetch of Quillet. It goes only to the endpoint's own origin, sets the credential itself so that no library or
 * environment variable can choose another, and never follows a redirect: `fetch` would carry the user's code along
 * (sdk-facts: 307 and 308 are posted again to the other origin). The call goes through `globalThis.fetch` at the moment
 * of use, which in VS Code knows the user's proxy and certificates.
 * @throws QuilletError `cfg.url` for a foreign origin, `key.format`, `http.redirect`, `body.encoding` for an encoding that
 * nobody can undo; otherwise whatever fetch throws.
 */
export function guardFetch(guard: FetchGuard): typeof fetch {
  const { endpoint } = guard;
  return async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (!sameOrigin(url, endpoint.baseUrl)) {
      throw new QuilletError('cfg.url', { providerId: endpoint.providerId, subject: 'origin' });
    }
    const headers = allowedHeaders(new Headers(init?.headers), guard);
    const response = await globalThis.fetch(url, { ...init, headers, redirect: 'manual' });
    guard.tap?.begin(response.status, response.headers);
    refuseRedirect(response, url);
    refuseEncoding(response, url);
    return boundBody(response, guard);
  };
}

/** The same response with a body that cannot grow without end, and that the SDK's parser can read. */
function boundBody(response: Response, { notes, tap }: FetchGuard): Response {
  const { body, status, headers } = response;
  if (body === null || status === 204 || status === 205) return response;
  const isEvents = notes !== undefined && response.ok && isEventStream(headers.get('content-type'));
  const step = isEvents ? eventStreamFilter(notes) : byteLimit(LARGEST_BODY);
  const bounded = throughStep(body, tap === undefined ? step : tapped(step, tap));
  // Without the status text: a server may write what the constructor does not take.
  return new Response(bounded, { status, headers });
}

/** The same step, behind a tap that gets each chunk first. */
function tapped(step: BodyStep, tap: ResponseTap): BodyStep {
  return {
    ...step,
    take: (chunk, pass) => {
      tap.add(chunk);
      step.take(chunk, pass);
    },
  };
}

/** A stream without a type is taken for events: some servers send none (B06). */
export function isEventStream(contentType: string | null): boolean {
  return contentType === null || contentType.toLowerCase().startsWith('text/event-stream');
}

function byteLimit(most: number): BodyStep {
  let size = 0;
  return {
    take(chunk, pass) {
      size += chunk.length;
      if (size > most) throw new QuilletError('limit.answer', { subject: String(most) });
      pass(chunk);
    },
  };
}

function allowedHeaders(offered: Headers, { endpoint, key }: FetchGuard): Headers {
  const headers = new Headers();
  for (const [name, value] of offered) {
    if (SDK_HEADERS.has(name)) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(endpoint.headers)) headers.set(name, value);
  if (key !== undefined) {
    const value = sendable(key, endpoint);
    if (endpoint.keyHeader === undefined) headers.set('authorization', `Bearer ${value}`);
    else headers.set(endpoint.keyHeader, value);
  }
  return headers;
}

/** More than any real key, and less than what makes servers refuse the whole request with 431 (H24, K07). */
const LONGEST_KEY = 4096;

/** `Headers` throws an error that quotes a value it cannot send, and the value here is the key (faults 0.6). */
function sendable(key: string, endpoint: Endpoint): string {
  if (key.length <= LONGEST_KEY && /^[\u0021-\u007e]+$/.test(key)) return key;
  throw new QuilletError('key.format', { providerId: endpoint.providerId, providerLabel: endpoint.label });
}

function refuseRedirect(response: Response, url: string): void {
  const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  if (!isRedirect) return;
  void response.body?.cancel().catch(() => undefined);
  const location = response.headers.get('location');
  throw new QuilletError('http.redirect', {
    ...requestPlace(url),
    status: response.status,
    ...(location === null || !URL.canParse(location, url) ? {} : { subject: shownTarget(new URL(location, url), url) }),
  });
}

/** The origin; on the server's own host with the path, because that is the address to be set (V24). Never the query. */
function shownTarget(target: URL, from: string): string {
  const isOwnHost = target.host !== '' && target.host === new URL(from).host;
  return isOwnHost ? target.origin + target.pathname : target.origin;
}

/** Codings that fetch undoes. The bytes of another one would be taken for text (B12). */
const KNOWN_CODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity']);

function refuseEncoding(response: Response, url: string): void {
  const codings = (response.headers.get('content-encoding') ?? '').toLowerCase().split(',');
  const unknown = codings.map((coding) => coding.trim()).find((coding) => coding !== '' && !KNOWN_CODINGS.has(coding));
  if (unknown === undefined) return;
  void response.body?.cancel().catch(() => undefined);
  const subject = `content-encoding: ${unknown.slice(0, 40)}`;
  // Not a kind that is tried again: the server has answered, and would be paid for answering again.
  throw new QuilletError('body.encoding', { ...requestPlace(url), status: response.status, subject });
}
