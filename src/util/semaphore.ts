/** Takes somebody out of the line: with a turn, or without one. */
type Waiter = (isGranted: boolean) => void;

/** Gives out a limited number of turns. Whoever finds none free waits in line: first come, first served. */
export class Semaphore {
  private acquired = 0;
  private readonly waiters = new Set<Waiter>();

  /** @param maxPermits how many turns there are; asked each time, as the user may change it. */
  constructor(private readonly maxPermits: () => number) {}

  /**
   * Resolves to true with a turn, which must be given back once, or to false when the signal aborts before.
   * @param onQueued called at once where there is no free turn.
   */
  acquire(signal: AbortSignal, onQueued: () => void): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.waiters.size === 0 && this.acquired < this.maxPermits()) {
      this.acquired += 1;
      return Promise.resolve(true);
    }
    const granted = this.enqueue(signal);
    onQueued();
    return granted;
  }

  release(): void {
    this.acquired -= 1;
    for (const waiter of this.waiters) {
      if (this.acquired >= this.maxPermits()) return;
      this.acquired += 1;
      waiter(true);
    }
  }

  private enqueue(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const onAbort = () => waiter(false);
      const waiter: Waiter = (isGranted) => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        resolve(isGranted);
      };
      this.waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
