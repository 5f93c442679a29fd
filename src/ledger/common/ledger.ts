import { Queue } from '../../util/queue';
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
 * Completed runs are written almost immediately: when a window closes, VS Code shuts its file service down before
 * `deactivate`, so nothing can be written then.
 */
const ROW_MS = 20;
const MARK_MS = 100;
const RETRY_MS = 5000;
const MAX_RETRY_MS = 60_000;
/** A window with unfinished runs writes a heartbeat; without one for the lease time it counts as crashed. */
const HEARTBEAT_MS = 10_000;
const LEASE_MS = 30_000;

export interface LedgerOptions {
  readonly folder: LedgerFolder;
  readonly window: string;
  /** VS Code's session ID; it survives a restart of the extension host. */
  readonly session: string | undefined;
  readonly onFailure: (failure: unknown) => void;
}

/** Collects this window's runs in memory and writes them to its files in the background, with retries. */
export class Ledger {
  private readonly writer: LedgerWriter;
  private unwrittenRows: LedgerRow[] = [];
  private readonly open = new Map<string, LedgerRow>();
  private takenOver: string[] = [];
  private lastHeartbeat = 0;
  private isOpenChanged = false;
  private flushTimer: ReturnType<typeof setTimeout> | undefined;
  private flushDue = Number.POSITIVE_INFINITY;
  private recheckTimer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = 0;
  private readonly queue = new Queue();
  private isClosed = false;

  constructor(private readonly options: LedgerOptions) {
    this.writer = new LedgerWriter(options.folder, options.window);
  }

  get unwritten(): readonly LedgerRow[] {
    return this.unwrittenRows;
  }

  get pending(): readonly LedgerRow[] {
    return [...this.open.values(), ...this.unwrittenRows];
  }

  async readOpenElsewhere(): Promise<readonly LedgerRow[]> {
    const rows: LedgerRow[] = [];
    for await (const { runs } of this.otherWindows()) rows.push(...runs.rows);
    return rows;
  }

  begin(row: LedgerRow): void {
    this.open.set(row.id, row);
    this.isOpenChanged = true;
    this.flushIn(MARK_MS);
  }

  end(row: LedgerRow): void {
    if (this.open.delete(row.id)) this.isOpenChanged = true;
    this.unwrittenRows.push(row);
    if (this.isClosed) void this.flush();
    else this.flushIn(ROW_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.flushTimer);
    this.flushDue = Number.POSITIVE_INFINITY;
    return this.queue.add(() => this.flushNow());
  }

  /**
   * Records the unfinished runs of crashed windows as lost. Clocks can change, so a window that wrote recently is
   * checked a second time. Never throws.
   */
  async recover(): Promise<void> {
    const lastHeard = await this.checkOtherWindows(new Map());
    if (lastHeard.size === 0 || this.isClosed) return;
    this.recheckTimer = setTimeout(() => void this.checkOtherWindows(lastHeard), LEASE_MS);
  }

  /** Deletes the files of unfinished runs of crashed windows only: runs of live windows are still in progress. */
  async deleteAbandoned(): Promise<void> {
    for await (const { name, isGone } of this.otherWindows()) if (isGone) await this.options.folder.delete(name);
  }

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
      // Written last so that a run is always in at least one file; readers drop duplicates.
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

function monthOfRow({ time }: LedgerRow): string {
  return time.slice(0, 7);
}
