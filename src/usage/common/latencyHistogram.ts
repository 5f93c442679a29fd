/** The width of a step: each is five thousandths longer than the one before. */
const LOG_BUCKET_WIDTH = Math.log(1.005);
/** The last step ends after more than a day. */
const BUCKET_COUNT = 4000;

/**
 * Durations, counted in steps of half a hundredth, so that a million of them take no more room or time than ten. What it
 * says is right to three in a thousand, which is finer than what is shown.
 */
export class LatencyHistogram {
  count = 0;
  private readonly buckets = new Uint32Array(BUCKET_COUNT);

  /** @param milliseconds a value that is no number is unknown, and not counted. */
  add(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return;
    this.addToBucket(bucketOf(milliseconds), 1);
  }

  /** Takes in what others counted. */
  merge(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 1) this.addToBucket(bucket, other.buckets[bucket] ?? 0);
  }

  /** Takes in what {@link LatencyHistogram.toBucketCounts} gave. Steps that there are not are passed over. */
  addBucketCounts(bucketCounts: readonly (readonly [step: number, count: number])[]): void {
    for (const [bucket, count] of bucketCounts) if (bucket < BUCKET_COUNT) this.addToBucket(bucket, count);
  }

  /** The steps in which there are some, with how many. */
  toBucketCounts(): [step: number, count: number][] {
    return [...this.buckets].flatMap((count, bucket): [number, number][] => (count === 0 ? [] : [[bucket, count]]));
  }

  /** The duration in milliseconds within which this part of the runs ended; undefined where there is none. */
  percentile(fraction: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(fraction * this.count));
    let seen = 0;
    for (const [index, count] of this.buckets.entries()) {
      seen += count;
      if (seen >= rank) return Math.exp(index * LOG_BUCKET_WIDTH);
    }
    return undefined;
  }

  private addToBucket(bucket: number, count: number): void {
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + count;
    this.count += count;
  }
}

/** The steps of durations in whole milliseconds up to a minute, once they were asked for: a logarithm takes its time. */
const bucketCache = new Uint16Array(60_000);

function bucketOf(milliseconds: number): number {
  const cached = bucketCache[milliseconds] ?? 0;
  if (cached > 0) return cached;
  const bucket = Math.min(BUCKET_COUNT - 1, Math.round(Math.log(Math.max(1, milliseconds)) / LOG_BUCKET_WIDTH));
  // Where there is no such place, nothing is kept.
  bucketCache[milliseconds] = bucket;
  return bucket;
}
