/** Something that is made by the first who asks for it. */
export interface AsyncLazy<T> {
  (): Promise<T>;
  /** What was made; undefined as long as nobody has asked. */
  readonly value: T | undefined;
}

/**
 * Makes something on first use, and once. What failed is tried again by the next who asks: in a browser code comes over the
 * network.
 */
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
