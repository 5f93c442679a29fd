import type { FileStat } from '../../util/fileStat';
import { TimeSlicer } from '../../util/timeSlicer';
import { monthOfFile, monthOfTime, type UsageFiles } from './usageFiles';
import { parseUsageLine, type UsageRow } from './usageRow';

const NEWLINE = 0x0a;
/** Enough to contain the ID of the first run. */
const HEAD_BYTES = 100;
const LINES_PER_SLICE = 100;
const ABANDONED_MS = 3_600_000;

export interface UsageContent {
  readonly rows: readonly UsageRow[];
  readonly running: readonly UsageRow[];
  /** Lines that are damaged or of a newer version. */
  readonly skipped: number;
  readonly unreadFiles: number;
  /** Whether nothing was ever recorded, before the time either. */
  readonly isEmpty: boolean;
}

/** Reads the usage log of all windows. Files only grow, so each line is parsed once. */
export class UsageReader {
  private readonly known = new Map<string, UsageFile>();
  private readonly slicer = new TimeSlicer();

  constructor(private readonly files: UsageFiles) {}

  /** Includes `pending` rows of this window that may not be in a file yet. */
  async read(since: number, pending: readonly UsageRow[]): Promise<UsageContent> {
    const from = since > 0 ? new Date(since).toISOString() : '';
    const names = (await this.files.list()).filter((name) => monthOfFile(name) !== undefined).sort();
    for (const name of this.known.keys()) if (!names.includes(name)) this.known.delete(name);
    const unwritten = new Map<string, UsageRow>();
    for (const row of pending) if (row.outcome !== 'started' || !unwritten.has(row.id)) unwritten.set(row.id, row);
    const content = { rows: [] as UsageRow[], running: [] as UsageRow[], skipped: 0, unreadFiles: 0 };
    const latest = new Date(Date.now() - ABANDONED_MS).toISOString();
    const add = (row: UsageRow) => {
      if (row.time < from) return;
      if (row.outcome !== 'started') content.rows.push(row);
      else if (row.time < latest) content.rows.push({ ...row, outcome: 'abandoned' });
      else content.running.push(row);
    };
    for (const name of names.filter((candidate) => (monthOfFile(candidate) ?? '') >= monthOfTime(from))) {
      await this.update(name).catch(() => {
        content.unreadFiles += 1;
      });
      await this.slicer.yieldIfDue();
      const file = this.known.get(name);
      for (const row of file?.rows.values() ?? []) {
        if (row.outcome !== 'started') unwritten.delete(row.id);
        if (!unwritten.has(row.id)) add(row);
      }
      content.skipped += file?.skipped ?? 0;
    }
    for (const row of unwritten.values()) add(row);
    await this.slicer.yieldIfDue();
    content.rows.sort((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0));
    return { ...content, isEmpty: names.length === 0 && pending.length === 0 };
  }

  private async update(name: string): Promise<void> {
    const stat = await this.files.stat(name);
    const known = this.known.get(name);
    if (known !== undefined && stat?.size === known.stat?.size && stat?.mtime === known.stat?.mtime) return;
    const bytes = await this.files.read(name);
    const file = known !== undefined && bytes !== undefined && known.isStartOf(bytes) ? known : new UsageFile();
    this.known.set(name, file);
    if (bytes !== undefined) await file.parse(bytes, this.slicer);
    file.stat = stat;
  }
}

class UsageFile {
  stat: FileStat | undefined;
  /** By ID. The end of a run replaces its start. */
  readonly rows = new Map<string, UsageRow>();
  private head = '';
  private parsedBytes = 0;
  private skippedLines = 0;
  private hasRest = false;

  /** Includes an incomplete last line, which may still be being written. */
  get skipped(): number {
    return this.skippedLines + (this.hasRest ? 1 : 0);
  }

  /** False if the file was deleted and created again. */
  isStartOf(bytes: Uint8Array): boolean {
    return bytes.length >= this.parsedBytes && headOf(bytes, this.parsedBytes) === this.head;
  }

  async parse(bytes: Uint8Array, slicer: TimeSlicer): Promise<void> {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = new TextDecoder().decode(bytes.subarray(this.parsedBytes, end)).split('\n');
    this.parsedBytes = end;
    this.head = headOf(bytes, end);
    this.hasRest = end < bytes.length;
    for (const [index, line] of lines.entries()) {
      if (index % LINES_PER_SLICE === 0) await slicer.yieldIfDue();
      // Every second line is empty, and an exception for each would take most of the time.
      if (line === '') continue;
      const row = parseUsageLine(line);
      if (row === undefined) this.skippedLines += 1;
      else if (row.outcome !== 'started' || !this.rows.has(row.id)) this.rows.set(row.id, row);
    }
  }
}

function headOf(bytes: Uint8Array, length: number): string {
  return new TextDecoder().decode(bytes.subarray(0, Math.min(HEAD_BYTES, length)));
}
