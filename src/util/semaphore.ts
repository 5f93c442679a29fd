/** Takes somebody out of the line: with a turn, or without one. */
type Leave = (hasTurn: boolean) => void;

/** Gives out a limited number of turns. Whoever finds none free waits in line: first come, first served. */
export class Semaphore {
  private taken = 0;
  private readonly line = new Set<Leave>();

  /** @param most how many turns there are; asked each time, as the user may change it. */
  constructor(private readonly most: () => number) {}

  /**
   * Resolves to true with a turn, which must be given back once, or to false when the signal aborts before.
   * @param onWait called at once where there is no free turn.
   */
  acquire(signal: AbortSignal, onWait: () => void): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.line.size === 0 && this.taken < this.most()) {
      this.taken += 1;
      return Promise.resolve(true);
    }
    const turn = this.wait(signal);
    onWait();
    return turn;
  }

  release(): void {
    this.taken -= 1;
    for (const leave of this.line) {
      if (this.taken >= this.most()) return;
      this.taken += 1;
      leave(true);
    }
  }

  private wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const onAbort = () => leave(false);
      const leave: Leave = (hasTurn) => {
        this.line.delete(leave);
        signal.removeEventListener('abort', onAbort);
        resolve(hasTurn);
      };
      this.line.add(leave);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
