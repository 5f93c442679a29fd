import { baseUrl } from './modelServer';

let real: typeof fetch | undefined;

/**
 * Puts servers behind addresses that are not on this machine: what is sent to one of them arrives at the fake model
 * server. Everything else goes its way. Gives the addresses that were asked for.
 */
export function redirectFetch(...origins: readonly string[]): readonly string[] {
  const asked: string[] = [];
  real ??= globalThis.fetch;
  const original = real;
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const origin = origins.find((one) => url.startsWith(`${one}/`));
    if (origin === undefined) return original(input, init);
    asked.push(url);
    return original(url.replace(origin, new URL(baseUrl()).origin), init);
  };
  return asked;
}

export function restoreFetch(): void {
  if (real !== undefined) globalThis.fetch = real;
  real = undefined;
}
