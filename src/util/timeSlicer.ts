/** Long work in slices, between which everything else in the extension host has its turn. */
export class TimeSlicer {
  private sliceEnd = 0;

  /** @param pauseMs between two slices, for work that nobody waits for. */
  constructor(
    private readonly sliceMs: number,
    private readonly pauseMs = 0,
  ) {}

  /** To be awaited between small parts of the work. While a slice lasts it waits for nothing. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() < this.sliceEnd) return;
    await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    this.sliceEnd = performance.now() + this.sliceMs;
  }
}
