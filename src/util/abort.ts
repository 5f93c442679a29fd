/** Waits for work, but no longer than the signal allows: rejects with the signal's reason as soon as it aborts. */
export async function raceAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // Whichever loses the race must not surface as an unhandled rejection later.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
