/** Yields to the event loop during long work, which shares its thread with every other extension. */
export class TimeSlicer {
  private turnStart: number | undefined;

  constructor(private readonly sliceMs = 12) {}

  /** Returns a promise to await before more work, or undefined while the current turn is short. */
  yieldIfDue(): Promise<void> | undefined {
    const now = performance.now();
    if (this.turnStart === undefined) {
      this.turnStart = now;
      setTimeout(() => {
        this.turnStart = undefined;
      }, 0);
      return undefined;
    }
    if (now - this.turnStart < this.sliceMs) return undefined;
    return new Promise((resolve) => setTimeout(resolve, 0));
  }
}
