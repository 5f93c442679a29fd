const LOG_BUCKET_WIDTH = Math.log(1.005);
const BUCKET_COUNT = 4000;

/** Durations in logarithmic buckets: constant memory, and percentiles accurate to 0.3 %. */
export class LatencyHistogram {
  count = 0;
  private readonly buckets = new Uint32Array(BUCKET_COUNT);

  add(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return;
    this.addToBucket(bucketOf(milliseconds), 1);
  }

  merge(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket += 1) this.addToBucket(bucket, other.buckets[bucket] ?? 0);
  }

  addBucketCounts(bucketCounts: readonly (readonly [step: number, count: number])[]): void {
    for (const [bucket, count] of bucketCounts) if (bucket < BUCKET_COUNT) this.addToBucket(bucket, count);
  }

  toBucketCounts(): [step: number, count: number][] {
    return [...this.buckets].flatMap((count, bucket): [number, number][] => (count === 0 ? [] : [[bucket, count]]));
  }

  /** In milliseconds; undefined if the histogram is empty. */
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

/** Buckets of whole milliseconds up to a minute, to avoid computing the logarithm again. */
const bucketCache = new Uint16Array(60_000);

function bucketOf(milliseconds: number): number {
  const cached = bucketCache[milliseconds] ?? 0;
  if (cached > 0) return cached;
  const bucket = Math.min(BUCKET_COUNT - 1, Math.round(Math.log(Math.max(1, milliseconds)) / LOG_BUCKET_WIDTH));
  // Writes outside the typed array are ignored.
  bucketCache[milliseconds] = bucket;
  return bucket;
}
