export interface ResponseTap {
  onResponse(status: number, headers: Iterable<readonly [string, string]>): void;
  onChunk(chunk: Uint8Array): void;
}
