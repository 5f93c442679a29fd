/** Gets what a server answers to one attempt, before anything is done with it. */
export interface ResponseTap {
  onResponse(status: number, headers: Iterable<readonly [string, string]>): void;
  /** Called for every chunk: it may keep a copy and nothing more. */
  onChunk(chunk: Uint8Array): void;
}
