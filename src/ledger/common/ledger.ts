import type { LedgerFolder } from './ledgerFiles';
import type { LedgerRow } from './ledgerRow';
import { LedgerWriter } from './ledgerWriter';
import {
  formatUnfinishedRuns,
  parseUnfinishedRuns,
  parseUnfinishedRunsName,
  type UnfinishedRuns,
  unfinishedRunsName,
} from './unfinishedRuns';

/**
 * A run that ended is written as soon as its answer is where it belongs: a window that closes lets nobody write any more,
 * not even in `deactivate` (VS Code has closed its file service by then). What ends meanwhile is written together.
 */
const ROW_MS = 20;
/** A run that takes longer is noted as begun. */
const MARK_MS = 100;
/** After a failure: doubled each time, up to a minute. */
const RETRY_MS = 5000;
const MAX_RETRY_MS = 60_000;
/** How often a window with open runs says that it lives, and after how long a silence it is taken for dead. */
const HEARTBEAT_MS = 10_000;
const LEASE_MS = 30_000;

export interface LedgerOptions {
  readonly folder: LedgerFolder;
  /** Of this window, never used before: small letters and digits. */
  readonly window: string;
  /** Of VS Code, the same when its extension host was started anew; undefined where that is not known. */
  readonly session: string | undefined;
  /** Told when rows cannot be written, once until they can again. */
  readonly onFailure: (failure: unknown) => void;
}

/**
 * Keeps the runs of this window: in memory at once, in its files a moment later. What cannot be written stays in memory and
 * is tried again; nobody ever waits for it.
 */
export class Ledger {
  private readonly writer: LedgerWriter;
  private unwrittenRows: LedgerRow[] = [];
  private readonly open = new Map<string, LedgerRow>();
  /** Files of open runs of windows that are gone, to be deleted when their rows are written. */
  private takenOver: string[] = [];
  private lastHeartbeat = 0;
  private isOpenChanged = false;
  private flushTimer: ReturnType<typeof setTimeout> | undefined;
  private flushDue = Number.POSITIVE_INFINITY;
  private recheckTimer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = 0;
  private flushing: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly options: LedgerOptions) {
    this.writer = new LedgerWriter(options.folder, options.window);
  }

  /** Rows that are not in a file yet. */
  get unwritten(): readonly LedgerRow[] {
    return this.unwrittenRows;
  }

  /** Runs that have not ended, and those that have and are not in a file yet. */
  get pending(): readonly LedgerRow[] {
    return [...this.open.values(), ...this.unwrittenRows];
  }

  /** Runs of other windows that have not ended, as they were noted last. @throws what the folder throws. */
  async readOpenElsewhere(): Promise<readonly LedgerRow[]> {
    const rows: LedgerRow[] = [];
    for await (const { runs } of this.otherWindows()) rows.push(...runs.rows);
    return rows;
  }

  /** A run that began, as the row that it is if nothing more is heard of it. */
  begin(row: LedgerRow): void {
    this.open.set(row.id, row);
    this.isOpenChanged = true;
    this.flushIn(MARK_MS);
  }

  /** A run that ended. */
  end(row: LedgerRow): void {
    if (this.open.delete(row.id)) this.isOpenChanged = true;
    this.unwrittenRows.push(row);
    if (this.isClosed) void this.flush();
    else this.flushIn(ROW_MS);
  }

  /** Writes what waits. Resolves when that was tried, and never throws. */
  flush(): Promise<void> {
    clearTimeout(this.flushTimer);
    this.flushDue = Number.POSITIVE_INFINITY;
    this.flushing = this.flushing.then(() => this.flushNow());
    return this.flushing;
  }

  /**
   * Enters the runs of windows that are gone as lost. A window is gone when it was silent for long, or when this one was it
   * before its extension host was started anew. Clocks can be set, so whoever was heard of lately is looked at once more.
   * Never throws.
   */
  async recover(): Promise<void> {
    const lastHeard = await this.checkOtherWindows(new Map());
    if (lastHeard.size === 0 || this.isClosed) return;
    this.recheckTimer = setTimeout(() => void this.checkOtherWindows(lastHeard), LEASE_MS);
  }

  /**
   * Deletes what windows that are gone left of runs which had not ended. Those of windows that were heard of lately stay, and
   * so do this one's: their runs are under way. @throws what the folder throws.
   */
  async deleteAbandoned(): Promise<void> {
    for await (const { name, isGone } of this.otherWindows()) if (isGone) await this.options.folder.delete(name);
  }

  /** Writes what waits a last time. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.recheckTimer);
    await this.flush();
  }

  private flushIn(delayMs: number): void {
    const delay = Math.max(delayMs, this.retryMs);
    const due = performance.now() + delay;
    if (due >= this.flushDue || this.isClosed) return;
    clearTimeout(this.flushTimer);
    this.flushDue = due;
    this.flushTimer = setTimeout(() => void this.flush(), delay);
  }

  private async flushNow(): Promise<void> {
    try {
      await this.writeRows();
      // Last, so that a run is never in neither file; in both it counts once, as whoever reads them sees to.
      await this.writeOpenRuns();
      this.retryMs = 0;
    } catch (failure) {
      if (this.retryMs === 0) this.options.onFailure(failure);
      this.retryMs = Math.min(Math.max(2 * this.retryMs, RETRY_MS), MAX_RETRY_MS);
    }
    if (this.unwrittenRows.length > 0) this.flushIn(ROW_MS);
    else if (this.open.size > 0) this.flushIn(HEARTBEAT_MS);
  }

  private async writeRows(): Promise<void> {
    const months = new Set(this.unwrittenRows.map(monthOfRow));
    for (const month of months) {
      const rows = this.unwrittenRows.filter((row) => monthOfRow(row) === month);
      await this.writer.write(month, rows);
      const written = new Set(rows);
      this.unwrittenRows = this.unwrittenRows.filter((row) => !written.has(row));
    }
    for (const name of this.takenOver) await this.options.folder.delete(name);
    this.takenOver = [];
  }

  private async writeOpenRuns(): Promise<void> {
    const { folder, window, session } = this.options;
    const beat = Date.now();
    const rows = [...this.open.values()];
    const isDue = rows.length > 0 && Math.abs(beat - this.lastHeartbeat) >= HEARTBEAT_MS / 2;
    if (!this.isOpenChanged && !isDue) return;
    this.isOpenChanged = false;
    try {
      if (rows.length > 0)
        await folder.write(unfinishedRunsName(window), formatUnfinishedRuns({ session, beat, rows }));
      else if (this.lastHeartbeat > 0) await folder.delete(unfinishedRunsName(window));
      this.lastHeartbeat = rows.length > 0 ? beat : 0;
    } catch (failure) {
      this.isOpenChanged = true;
      throw failure;
    }
  }

  /** @param lastHeard the windows that were heard of lately, with when. Returns them for the next look. */
  private async checkOtherWindows(
    lastHeard: ReadonlyMap<string, UnfinishedRuns['beat']>,
  ): Promise<ReadonlyMap<string, UnfinishedRuns['beat']>> {
    const stillAlive = new Map<string, UnfinishedRuns['beat']>();
    try {
      for await (const { name, runs, isGone } of this.otherWindows()) {
        if (isGone || (lastHeard.has(name) && lastHeard.get(name) === runs.beat)) this.takeOver(name, runs);
        else stillAlive.set(name, runs.beat);
      }
    } catch (failure) {
      this.options.onFailure(failure);
    }
    return stillAlive;
  }

  /** The files of open runs of other windows, and whether those are gone for sure. */
  private async *otherWindows(): AsyncGenerator<{ name: string; runs: UnfinishedRuns; isGone: boolean }> {
    const { folder, window: ownWindow, session } = this.options;
    for (const name of await folder.list()) {
      const window = parseUnfinishedRunsName(name);
      if (window === undefined || window === ownWindow || this.takenOver.includes(name)) continue;
      const bytes = await folder.read(name);
      if (bytes === undefined) continue;
      const runs = parseUnfinishedRuns(bytes);
      const isSilent = runs.beat !== undefined && Math.abs(Date.now() - runs.beat) > LEASE_MS;
      yield { name, runs, isGone: isSilent || (runs.session !== undefined && runs.session === session) };
    }
  }

  private takeOver(name: string, { beat, rows }: UnfinishedRuns): void {
    this.takenOver.push(name);
    for (const row of rows) {
      const ms = beat === undefined ? 0 : Math.max(beat - Date.parse(row.time), 0);
      this.end({ ...row, totalMs: ms });
    }
    this.flushIn(ROW_MS);
  }
}

/** In UTC, as in the names of the files. */
function monthOfRow({ time }: LedgerRow): string {
  return time.slice(0, 7);
}
