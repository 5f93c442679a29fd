/** Long work in slices, between which everything else in the extension host has its turn. */
export class Slices {
  private end = 0;

  /** @param pauseMs between two slices, for work that nobody waits for. */
  constructor(
    private readonly sliceMs: number,
    private readonly pauseMs = 0,
  ) {}

  /** To be awaited between small parts of the work. While a slice lasts it waits for nothing. */
  async rest(): Promise<void> {
    if (performance.now() < this.end) return;
    await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    this.end = performance.now() + this.sliceMs;
  }
}
