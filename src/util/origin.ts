/**
 * The name a key is stored under: a key saved for one of these never goes to another.
 *
 * It is the origin alone for this machine and for paths that only name an API and its version (`/v1`, `/openai/v1`,
 * `/api/paas/v4`, `/v1beta/openai`). Any other path may name a tenant of a shared host, as gateways do
 * (`/v1/<account>/<gateway>/openai`), and then the path is part of the name.
 *
 * Expects a base URL as `parseBaseUrl` gives it.
 */
export function keyScope(baseUrl: string): string {
  const url = new URL(baseUrl);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (isLoopback(baseUrl) || segments.every(isApiSegment)) return url.origin;
  return `${url.origin}/${segments.join('/')}`;
}

/** Whether a URL points at this machine by a literal address or by `localhost`; a name that resolves to it does not count. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether two URLs share scheme, host and port. Anything but http and https shares an origin with nothing. */
export function sameOrigin(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const first = new URL(a);
  return /^https?:$/.test(first.protocol) && first.origin === new URL(b).origin;
}

/** Path segments that name an API or its version, never a customer. */
function isApiSegment(segment: string): boolean {
  return /^(?:api|openai|inference|paas|compatible-mode|v\d+(?:alpha|beta)?\d*)$/.test(segment);
}
