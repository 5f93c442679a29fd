/** As long as this thread may be kept in one go: it is shared with every other extension (perf.md: 50 ms at the most). */
const MAX_TURN_MS = 15;

/**
 * Gives the event loop its turn in the middle of a flood. A stream whose data is already there is read without a pause
 * between two chunks, and nothing else happens until all of it is read.
 */
export class EventLoopYielder {
  private turnStart: number | undefined;

  /** To be waited for before the next piece of work; undefined while this turn has not lasted long. */
  yieldIfDue(): Promise<void> | undefined {
    const now = performance.now();
    if (this.turnStart === undefined) {
      this.turnStart = now;
      setTimeout(() => {
        this.turnStart = undefined;
      });
      return undefined;
    }
    return now - this.turnStart < MAX_TURN_MS ? undefined : new Promise((resolve) => setTimeout(resolve));
  }
}
