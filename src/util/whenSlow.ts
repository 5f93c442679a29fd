/** Calls `onSlow` once if the work is not done after a delay, and returns the result of the work. */
export async function whenSlow<T>(work: Promise<T>, delayMs: number, onSlow: () => void): Promise<T> {
  const timer = setTimeout(onSlow, delayMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
