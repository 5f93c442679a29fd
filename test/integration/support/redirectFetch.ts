import { baseUrl } from './modelServer';

let originalFetch: typeof fetch | undefined;

/** Redirects requests to these origins to the fake model server. Returns the list of redirected URLs. */
export function redirectFetch(...origins: readonly string[]): readonly string[] {
  const requested: string[] = [];
  originalFetch ??= globalThis.fetch;
  const original = originalFetch;
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const origin = origins.find((candidate) => url.startsWith(`${candidate}/`));
    if (origin === undefined) return original(input, init);
    requested.push(url);
    return original(url.replace(origin, new URL(baseUrl()).origin), init);
  };
  return requested;
}

export function restoreFetch(): void {
  if (originalFetch !== undefined) globalThis.fetch = originalFetch;
  originalFetch = undefined;
}
