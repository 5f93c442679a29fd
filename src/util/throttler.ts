/**
 * Does a piece of work whenever somebody asks, one time after the other. Whoever asks while one waits to begin shares it, as it
 * finds whatever is there by then: so there are never more than one under way and one behind it, however slow they are.
 */
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
