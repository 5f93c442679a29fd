export class TimeSlicer {
  private sliceEnd = 0;

  constructor(
    private readonly sliceMs: number,
    private readonly pauseMs = 0,
  ) {}

  /** Yields to the event loop if the current slice is over. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() < this.sliceEnd) return;
    await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    this.sliceEnd = performance.now() + this.sliceMs;
  }
}
