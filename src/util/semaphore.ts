// Removes a waiter: granted, or aborted.
type Waiter = (isGranted: boolean) => void;

/** FIFO. `acquire` resolves to true with a permit, which needs one `release`, or to false if the signal aborts. */
export class Semaphore {
  private acquired = 0;
  private readonly waiters = new Set<Waiter>();

  // A function, because the limit is a setting that may change while runs wait.
  constructor(private readonly maxPermits: () => number) {}

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
