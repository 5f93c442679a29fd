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
    this.addStep(stepOf(milliseconds), 1);
  }

  /** Takes in what others counted. */
  addAll(other: Latencies): void {
    for (let step = 0; step < STEPS; step += 1) this.addStep(step, other.steps[step] ?? 0);
  }

  /** Takes in what {@link Latencies.pairs} gave. Steps that there are not are passed over. */
  addPairs(pairs: readonly (readonly [step: number, count: number])[]): void {
    for (const [step, count] of pairs) if (step < STEPS) this.addStep(step, count);
  }

  /** The steps in which there are some, with how many. */
  pairs(): [step: number, count: number][] {
    return [...this.steps].flatMap((count, step): [number, number][] => (count === 0 ? [] : [[step, count]]));
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

  private addStep(step: number, count: number): void {
    this.steps[step] = (this.steps[step] ?? 0) + count;
    this.count += count;
  }
}

/** The steps of durations in whole milliseconds up to a minute, once they were asked for: a logarithm takes its time. */
const knownSteps = new Uint16Array(60_000);

function stepOf(milliseconds: number): number {
  const known = knownSteps[milliseconds] ?? 0;
  if (known > 0) return known;
  const step = Math.min(STEPS - 1, Math.round(Math.log(Math.max(1, milliseconds)) / RATIO));
  // Where there is no such place, nothing is kept.
  knownSteps[milliseconds] = step;
  return step;
}
