/** `size` in bytes, `mtime` in milliseconds since 1970. */
export interface FileStat {
  readonly size: number;
  readonly mtime: number;
}
