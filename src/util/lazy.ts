export interface AsyncLazy<T> {
  (): Promise<T>;
  readonly value: T | undefined;
}

/** A lazily created async value. A failed creation is retried on the next call: in a browser, code is downloaded. */
export function asyncLazy<T>(create: () => Promise<T>): AsyncLazy<T> {
  let pending: Promise<T> | undefined;
  let value: T | undefined;
  const get = (): Promise<T> => {
    pending ??= create().then(
      (created) => {
        value = created;
        return created;
      },
      (failure: unknown) => {
        pending = undefined;
        throw failure;
      },
    );
    return pending;
  };
  return Object.defineProperty(get, 'value', { get: () => value }) as AsyncLazy<T>;
}
