/**
 * Does a piece of work whenever somebody asks, one time after the other. Whoever asks while one waits to begin shares it, as it
 * finds whatever is there by then: so there are never more than one under way and one behind it, however slow they are.
 */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  return () => {
    if (waiting !== undefined) return waiting;
    const next = last
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return work();
      });
    waiting = next;
    last = next;
    return next;
  };
}
