/** US dollars per million tokens. */
export interface Rates {
  readonly input: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  /** For a lifetime of one hour. */
  readonly cacheWriteHour?: number;
  readonly output: number;
}
