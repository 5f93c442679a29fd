/** US dollars per million tokens. */
export interface Rates {
  readonly input: number;
  readonly cachedInput?: number;
  readonly output: number;
}
