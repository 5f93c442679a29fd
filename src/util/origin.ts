/**
 * The name a key is stored under: a key saved for one scope is never sent to another.
 *
 * The scope is the origin for loopback addresses and for paths that only name an API and its version (`/openai/v1`,
 * `/api/paas/v4`). Any other path may name a tenant of a shared host, as gateways do
 * (`/v1/<account>/<gateway>/openai`), and becomes part of the scope. Expects the base URL of an endpoint.
 */
export function keyScope(baseUrl: string): string {
  const url = new URL(baseUrl);
  // VS Code's own models have no origin.
  if (url.origin === 'null') return baseUrl;
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (isLoopback(baseUrl) || segments.every(isApiSegment)) return url.origin;
  return `${url.origin}/${segments.join('/')}`;
}

// Names that resolve to a loopback address do not count.
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

// Schemes other than http and https have no origin to share.
export function sameOrigin(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const first = new URL(a);
  return /^https?:$/.test(first.protocol) && first.origin === new URL(b).origin;
}

function isApiSegment(segment: string): boolean {
  return /^(?:api|openai|inference|paas|compatible-mode|v\d+(?:alpha|beta)?\d*)$/.test(segment);
}
