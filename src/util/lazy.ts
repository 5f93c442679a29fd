/** Something that is made by the first who asks for it. */
export interface Later<T> {
  (): Promise<T>;
  /** What was made; undefined as long as nobody has asked. */
  readonly made: T | undefined;
}

/**
 * Makes something on first use, and once. What failed is tried again by the next who asks: in a browser code comes over the
 * network.
 */
export function later<T>(make: () => Promise<T>): Later<T> {
  let making: Promise<T> | undefined;
  let made: T | undefined;
  const get = (): Promise<T> => {
    making ??= make().then(
      (one) => {
        made = one;
        return one;
      },
      (failure: unknown) => {
        making = undefined;
        throw failure;
      },
    );
    return making;
  };
  return Object.defineProperty(get, 'made', { get: () => made }) as Later<T>;
}
