/** What can be told of a file without reading it. */
export interface FileStat {
  /** In bytes. */
  readonly size: number;
  /** In milliseconds since 1970. */
  readonly mtime: number;
}
