import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { sameOrigin } from '../core/origin';
import { requestPlace } from './wireErrors';

/** Headers the SDK may add. Everything else it or the environment invents (`x-stainless-*`, organisation) stays here. */
const SDK_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

export interface FetchGuard {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** Told of every response that was let through, before its body is read. */
  readonly onResponse?: (response: Response) => void;
}

/**
 * The one fetch of Quillet. It goes only to the endpoint's own origin, sets the credential itself so that no library or
 * environment variable can choose another, and never follows a redirect: `fetch` would carry the user's code along
 * (sdk-facts: 307 and 308 are posted again to the other origin). The call goes through `globalThis.fetch` at the moment
 * of use, which in VS Code knows the user's proxy and certificates.
 * @throws QuilletError `cfg.url` for a foreign origin, `key.format`, `http.redirect`; otherwise whatever fetch throws.
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
    refuseRedirect(response, url);
    guard.onResponse?.(response);
    return response;
  };
}

function allowedHeaders(offered: Headers, { endpoint, key }: FetchGuard): Headers {
  const headers = new Headers();
  for (const [name, value] of offered) {
    if (SDK_HEADERS.has(name)) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(endpoint.headers)) headers.set(name, value);
  if (key !== undefined) headers.set('authorization', bearer(key, endpoint));
  return headers;
}

/** `Headers` throws an error that quotes a value it cannot send, and the value here is the key (faults 0.6). */
function bearer(key: string, endpoint: Endpoint): string {
  if (/^[\u0021-\u007e]+$/.test(key)) return `Bearer ${key}`;
  throw new QuilletError('key.format', { providerId: endpoint.providerId, providerLabel: endpoint.label });
}

function refuseRedirect(response: Response, url: string): void {
  const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  if (!isRedirect) return;
  void response.body?.cancel().catch(() => undefined);
  const target = response.headers.get('location');
  const subject = target === null || !URL.canParse(target, url) ? undefined : new URL(target, url).origin;
  throw new QuilletError('http.redirect', {
    ...requestPlace(url),
    status: response.status,
    ...(subject === undefined ? {} : { subject }),
  });
}
