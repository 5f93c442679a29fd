/** Runs at most one task at a time and queues at most one more, whose result later calls share. */
export function throttled<T>(task: () => Promise<T>): () => Promise<T> {
  let previous: Promise<unknown> = Promise.resolve();
  let queued: Promise<T> | undefined;
  return () => {
    if (queued !== undefined) return queued;
    const next = previous
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        return task();
      });
    queued = next;
    previous = next;
    return next;
  };
}
