/** What can be told of a file without reading it. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** In milliseconds since 1970. */
  readonly modified: number;
}
