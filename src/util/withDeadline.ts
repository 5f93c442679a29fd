/** Resolves to undefined if the work takes longer. A later failure of the work is ignored. */
export async function withDeadline<T>(work: PromiseLike<T>, milliseconds: number): Promise<T | undefined> {
  const deadline = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => deadline.resolve(undefined), milliseconds);
  try {
    return await Promise.race([work, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}
