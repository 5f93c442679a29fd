import type { FileStat } from '../../util/fileStat';
import type { TimeSlicer } from '../../util/timeSlicer';
import { monthOfFile, monthOfTime, type UsageFiles } from './usageFiles';
import { getStartedId, parseUsageLine, type UsageRow } from './usageRow';

const NEWLINE = 0x0a;
/** Longer lines are skipped. */
const MAX_LINE_BYTES = 65_536;
/** Enough to contain the ID of the first run. */
const HEAD_BYTES = 100;
/** A run without an end counts as abandoned after this time. */
const ABANDONED_MS = 3_600_000;

export interface UsageContent {
  /** Runs that ended or were abandoned, oldest first. */
  readonly rows: readonly UsageRow[];
  readonly running: readonly UsageRow[];
  /** Lines that are damaged or of a newer version. */
  readonly skipped: number;
  /** Files that exist and could not be read. */
  readonly unreadFiles: number;
  /** Whether nothing was ever recorded, before the time either. */
  readonly isEmpty: boolean;
}

/** Reads the usage log of all windows. Files only grow, so each line is parsed once. */
export class UsageReader {
  private readonly known = new Map<string, UsageFile>();

  constructor(
    private readonly files: UsageFiles,
    private readonly slicer: TimeSlicer,
  ) {}

  /**
   * Reads all runs since a time, in epoch milliseconds.
   * @param pending rows of this window that may not be in a file yet.
   */
  async read(since: number, pending: readonly UsageRow[]): Promise<UsageContent> {
    const from = since > 0 ? new Date(since).toISOString() : '';
    const names = (await this.files.list()).filter((name) => monthOfFile(name) !== undefined);
    for (const name of this.known.keys()) if (!names.includes(name)) this.known.delete(name);
    const wanted = names.filter((name) => (monthOfFile(name) ?? '') >= monthOfTime(from));
    const unparsed = await Promise.allSettled(wanted.map((name) => this.load(name)));
    // One at a time, because the parsers share their time slices.
    for (const result of unparsed) {
      if (result.status === 'fulfilled') await result.value?.parse(this.slicer);
    }
    const unreadFiles = unparsed.filter(({ status }) => status === 'rejected').length;
    const months = Map.groupBy(wanted, (name) => monthOfFile(name) ?? '');
    for (const { time } of pending) if (!months.has(monthOfTime(time))) months.set(monthOfTime(time), []);
    const content = { rows: [] as UsageRow[], running: [] as UsageRow[], skipped: 0 };
    for (const [month, monthNames] of [...months].sort(([left], [right]) => (left < right ? -1 : 1))) {
      await this.slicer.yieldIfDue();
      const files = monthNames.flatMap((name) => this.known.get(name) ?? []);
      const pendingRows = pending.filter(({ time }) => monthOfTime(time) === month);
      for (const row of mergeRows(files, pendingRows)) {
        if (row.time < from) continue;
        if (row.outcome === 'started') content.running.push(row);
        else content.rows.push(row);
      }
      content.skipped += files.reduce((sum, { skipped }) => sum + skipped, 0);
    }
    return { ...content, unreadFiles, isEmpty: names.length === 0 && pending.length === 0 };
  }

  /** Returns the file if it has grown, to be parsed. */
  private async load(name: string): Promise<UsageFile | undefined> {
    const stat = await this.files.stat(name);
    const known = this.known.get(name);
    if (known !== undefined && stat?.size === known.stat.size && stat.mtime === known.stat.mtime) return undefined;
    const bytes = await this.files.read(name);
    if (stat === undefined || bytes === undefined) {
      this.known.delete(name);
      return undefined;
    }
    const file = known?.isStartOf(bytes) === true ? known : new UsageFile();
    this.known.set(name, file);
    file.stat = stat;
    file.unparsed = bytes;
    return file;
  }
}

/** What has been parsed of a file. */
class UsageFile {
  stat: FileStat = { size: -1, mtime: -1 };
  /** The whole file, until it has been parsed. */
  unparsed: Uint8Array = new Uint8Array(0);
  readonly ended = new Map<string, UsageRow>();
  /** Lines of the runs without an end, by ID. */
  private readonly started = new Map<string, string>();
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

  async parse(slicer: TimeSlicer): Promise<void> {
    const bytes = this.unparsed;
    this.unparsed = new Uint8Array(0);
    const decoder = new TextDecoder();
    while (this.parsedBytes < bytes.length) {
      const start = this.parsedBytes;
      const lastBreak = bytes.subarray(start, start + MAX_LINE_BYTES).lastIndexOf(NEWLINE);
      const end = lastBreak === -1 ? bytes.indexOf(NEWLINE, start) + 1 : start + lastBreak + 1;
      if (end === 0) break;
      this.parsedBytes = end;
      if (lastBreak === -1) this.skippedLines += 1;
      else for (const line of decoder.decode(bytes.subarray(start, end)).split('\n')) this.parseLine(line);
      await slicer.yieldIfDue();
    }
    this.hasRest = this.parsedBytes < bytes.length;
    this.head = headOf(bytes, this.parsedBytes);
  }

  /** The runs without an end. */
  unfinished(): UsageRow[] {
    return [...this.started].flatMap(([id, line]) => {
      const row = parseUsageLine(line);
      if (row !== undefined) return [row];
      this.skippedLines += 1;
      this.started.delete(id);
      return [];
    });
  }

  private parseLine(line: string): void {
    if (line === '') return;
    const startedId = getStartedId(line);
    if (startedId !== undefined) {
      if (!this.ended.has(startedId)) this.started.set(startedId, line);
      return;
    }
    const row = parseUsageLine(line);
    if (row === undefined) {
      this.skippedLines += 1;
      return;
    }
    this.ended.set(row.id, row);
    this.started.delete(row.id);
  }
}

function headOf(bytes: Uint8Array, length: number): string {
  return new TextDecoder().decode(bytes.subarray(0, Math.min(HEAD_BYTES, length)));
}

/** The rows of a month by time, without duplicates. */
function mergeRows(files: readonly UsageFile[], pending: readonly UsageRow[]): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const { ended } of files) for (const [id, row] of ended) rows.set(id, row);
  for (const row of pending) if (row.outcome !== 'started') rows.set(row.id, row);
  const started = files.flatMap((file) => file.unfinished());
  const latest = Date.now() - ABANDONED_MS;
  for (const row of [...started, ...pending]) {
    if (rows.has(row.id)) continue;
    rows.set(row.id, Date.parse(row.time) < latest ? { ...row, outcome: 'abandoned' } : row);
  }
  return [...rows.values()].sort((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0));
}
