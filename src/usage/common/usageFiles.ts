import type { FileStat } from '../../util/fileStat';

export interface UsageFiles {
  list(): Promise<readonly string[]>;
  /** Undefined if the file does not exist: another window may have deleted it. */
  stat(name: string): Promise<FileStat | undefined>;
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  append(month: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** The month of a file: `2026-11.jsonl`, or `2026-11.<window>.jsonl` where files can't be appended to. */
export function monthOfFile(name: string): string | undefined {
  return /^(\d{4}-\d\d)(?:\.[0-9a-z]+)?\.jsonl$/.exec(name)?.[1];
}

export function monthOfTime(time: string): string {
  return time.slice(0, 7);
}
