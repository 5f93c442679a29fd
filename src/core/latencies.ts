/** The width of a step: each is five thousandths longer than the one before. */
const RATIO = Math.log(1.005);
/** The last step ends after more than a day. */
const STEPS = 4000;

/**
 * Durations, counted in steps of half a hundredth, so that a million of them take no more room or time than ten. What it
 * says is right to three in a thousand, which is finer than what is shown.
 */
export class Latencies {
  count = 0;
  private readonly steps = new Uint32Array(STEPS);

  /** @param milliseconds a value that is no number is unknown, and not counted. */
  add(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return;
    const step = Math.round(Math.log(Math.max(1, milliseconds)) / RATIO);
    const index = Math.min(STEPS - 1, step);
    this.steps[index] = (this.steps[index] ?? 0) + 1;
    this.count += 1;
  }

  /** The duration in milliseconds within which this part of the runs ended; undefined where there is none. */
  percentile(part: number): number | undefined {
    if (this.count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(part * this.count));
    let seen = 0;
    for (const [index, count] of this.steps.entries()) {
      seen += count;
      if (seen >= wanted) return Math.exp(index * RATIO);
    }
    return undefined;
  }
}
