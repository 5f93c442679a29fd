import { type Disposable, EventEmitter, type ExtensionContext, env, workspace } from 'vscode';
import type { RunPlan } from '../core/run';
import type { RunRecord } from '../core/runRecord';
import { Ledger } from '../ledger/common/ledger';
import { deleteLedger, type LedgerFolder } from '../ledger/common/ledgerFiles';
import type { LedgerEstimate, LedgerRow } from '../ledger/common/ledgerRow';
import type { LedgerTable } from '../ledger/common/ledgerTable';
import { ledgerFolder } from '../ledger/ledgerFolder';
import type { Log } from '../platform/log';
import type { Redactor } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { asyncLazy } from '../util/lazy';
import { TimeSlicer } from '../util/timeSlicer';
import type { TimeRange } from './common/aggregate';
import type { RunCost } from './common/cost';
import type { LedgerSummary } from './common/ledgerSummary';
import { abandonedRow, completedRow, type RunFacts } from './common/runRow';

/** What other windows left behind is looked for once the first request is on its way. */
const RECOVER_DELAY_MS = 2000;
/** And what is not summed up yet, a little later, and again after so many runs. Nobody waits for it, so it takes its time. */
const DIGEST_DELAY_MS = 5000;
const RUNS_PER_DIGEST = 1000;
const DIGEST_SLICE_MS = 8;
const DIGEST_PAUSE_MS = 20;

export interface UsageRecorderServices {
  readonly context: Pick<ExtensionContext, 'globalStorageUri'>;
  readonly settings: Configuration;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Tells the user that rows cannot be written; called once. */
  readonly onWriteFailure: () => void;
}

/** A run that is in the ledger now. */
export interface RecordedRun {
  /** Of its record. */
  readonly runId: number;
  /** Undefined where nobody knows it. */
  readonly cost: RunCost | undefined;
  readonly row: LedgerRow;
}

/** A run that the book was told of, from its beginning to its end. */
export type PendingEntry = Pick<RunFacts, 'id' | 'time'>;

/** Enters every run into the ledger and reads it. Nothing is read or written before the first run ends or takes long. */
export class UsageRecorder implements Disposable {
  /** Of the ledger. */
  readonly folder: LedgerFolder;
  private readonly ledger: Ledger;
  private readonly lazyRecentUsage = asyncLazy(async () => {
    const { RecentUsage } = await import('./common/recentUsage');
    return new RecentUsage(this.folder, () => this.ledger.unwritten);
  });
  private readonly windowId = createWindowId();
  private lastSerial = -1;
  private isFailureReported = false;
  /** Rows whose cost is being looked up. */
  private readonly pendingRecords = new Set<Promise<void>>();
  private recovery: Promise<void> | undefined;
  private recoverTimer: ReturnType<typeof setTimeout> | undefined;
  private digestTimer: ReturnType<typeof setTimeout> | undefined;
  private sentCount = 0;
  private isClosed = false;
  private readonly recorded = new EventEmitter<RecordedRun>();
  /** Fires once for each run that ended, when its cost is known or is known to be unknown. */
  readonly onDidRecordRun = this.recorded.event;

  constructor(private readonly services: UsageRecorderServices) {
    this.folder = ledgerFolder(services.context.globalStorageUri);
    this.ledger = new Ledger({
      folder: this.folder,
      window: this.windowId,
      session: getSessionId(),
      onFailure: (failure) => this.reportFailure(failure),
    });
  }

  /** A run that is about to be planned, queued or sent; it costs no more than a number. */
  createEntry(): PendingEntry {
    this.lastSerial += 1;
    return { id: `${this.windowId}-${this.lastSerial.toString(36)}`, time: new Date() };
  }

  /** The request is on its way: if nothing more is heard of it, it was lost. @param reserved what budgets hold back for it. */
  recordSent(entry: PendingEntry, plan: RunPlan, charactersIn: number, reserved: LedgerEstimate | undefined): void {
    this.ledger.begin(abandonedRow(this.toFacts(entry, plan), charactersIn, reserved));
    this.recoverTimer ??= setTimeout(() => void this.recover(), RECOVER_DELAY_MS);
    if (this.sentCount % RUNS_PER_DIGEST === 0)
      this.digestTimer ??= setTimeout(() => void this.updateDigests(), DIGEST_DELAY_MS);
    this.sentCount += 1;
  }

  /** The run ended. Nobody waits for the row: its price may have to be loaded first. */
  recordCompleted(entry: PendingEntry, plan: RunPlan, record: RunRecord): void {
    const work = this.recordCompletedNow(entry, plan, record)
      .catch((failure: unknown) => this.services.log.error('ledger', failure))
      .finally(() => this.pendingRecords.delete(work));
    this.pendingRecords.add(work);
  }

  /** Tables that hold all runs of a range within this month and the days beside it, of all windows. Cheap to call again. */
  async readRecent(range: TimeRange): Promise<readonly LedgerTable[]> {
    const recent = await this.lazyRecentUsage();
    await Promise.all(this.pendingRecords);
    return recent.read(range);
  }

  /** Runs of this window that are in no file yet, with those under way as what is held back for them. */
  get pendingRows(): readonly LedgerRow[] {
    return this.ledger.pending;
  }

  /** The same for runs under way in other windows; none where the folder cannot be read. */
  async readOpenElsewhere(): Promise<readonly LedgerRow[]> {
    return this.ledger.readOpenElsewhere().catch(() => []);
  }

  /**
   * Sums everything up for whoever shows it meanwhile, the newest months first. Says after each part how much is done, from
   * 0 to 1; the survey is right when that is over. @throws what the file system throws.
   */
  async *summarize(summary: LedgerSummary): AsyncGenerator<number> {
    const { summarizeLedger } = await import('./common/ledgerSummarizer');
    await this.recover();
    await this.flush();
    // Taken first, as what is written while the files are read may be among them.
    const { unwritten } = this.ledger;
    yield* summarizeLedger(this.folder, summary);
    for (const row of unwritten) summary.addRow(row);
  }

  /** Deletes what was entered, by all windows. @throws what the file system throws. */
  async deleteAll(): Promise<void> {
    await this.flush();
    await this.ledger.deleteAbandoned();
    await deleteLedger(this.folder);
  }

  /** Writes what waits; to be awaited before the extension ends. */
  async close(): Promise<void> {
    this.stopTimers();
    await Promise.all(this.pendingRecords);
    await this.ledger.close();
  }

  dispose(): void {
    this.stopTimers();
    this.recorded.dispose();
  }

  private stopTimers(): void {
    this.isClosed = true;
    clearTimeout(this.recoverTimer);
    clearTimeout(this.digestTimer);
  }

  /** What fails here is done by whoever looks at the usage. */
  private async updateDigests(): Promise<void> {
    this.digestTimer = undefined;
    const slices = new TimeSlicer(DIGEST_SLICE_MS, DIGEST_PAUSE_MS);
    try {
      const { writeDigests } = await import('./common/ledgerSummarizer');
      for await (const _ of writeDigests(this.folder)) {
        if (this.isClosed) return;
        await slices.yieldIfDue();
      }
    } catch (failure) {
      this.services.log.error('ledger', failure);
    }
  }

  private async flush(): Promise<void> {
    await Promise.all(this.pendingRecords);
    await this.ledger.flush();
  }

  private recover(): Promise<void> {
    this.recovery ??= this.ledger.recover();
    return this.recovery;
  }

  private async recordCompletedNow(entry: PendingEntry, plan: RunPlan, record: RunRecord): Promise<void> {
    const { prices } = this.services.settings.read();
    const { row, cost } = await completedRow(this.toFacts(entry, plan), record, prices);
    this.ledger.end(row);
    this.recorded.fire({ runId: record.id, cost, row });
  }

  private toFacts(entry: PendingEntry, plan: RunPlan): RunFacts {
    const { redactor } = this.services;
    return { ...entry, plan, workspace: workspace.name, redact: (text) => redactor.redact(text) };
  }

  private reportFailure(failure: unknown): void {
    this.services.log.error('ledger', failure);
    if (this.isFailureReported) return;
    this.isFailureReported = true;
    this.services.onWriteFailure();
  }
}

/** Builds of VS Code without telemetry give every window the same placeholder, which says nothing. */
function getSessionId(): string | undefined {
  return env.sessionId.startsWith('someValue') ? undefined : env.sessionId;
}

function createWindowId(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
