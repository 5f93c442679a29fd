/** US dollars for a million tokens. */
export interface Rates {
  readonly input: number;
  /** Of input that the provider had in its cache; without it such input costs the same. */
  readonly cachedInput?: number;
  readonly output: number;
}
