// The thread is shared with every other extension.
const MAX_TURN_MS = 15;

/** Yields to the event loop while draining a stream whose data is already buffered. */
export class EventLoopYielder {
  private turnStart: number | undefined;

  /** Returns a promise to await before more work, or undefined if the current turn is still short. */
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
