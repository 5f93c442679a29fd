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

const RECOVER_DELAY_MS = 2000;
/** Digests are written in the background after startup and then every thousand runs. */
const DIGEST_DELAY_MS = 5000;
const RUNS_PER_DIGEST = 1000;
const DIGEST_SLICE_MS = 8;
const DIGEST_PAUSE_MS = 20;

export interface UsageRecorderServices {
  readonly context: Pick<ExtensionContext, 'globalStorageUri'>;
  readonly settings: Configuration;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly onWriteFailure: () => void;
}

export interface RecordedRun {
  readonly runId: number;
  readonly cost: RunCost | undefined;
  readonly row: LedgerRow;
}

export type PendingEntry = Pick<RunFacts, 'id' | 'time'>;

/** Records every run in the usage log and reads it. Does no I/O before the first run is sent. */
export class UsageRecorder implements Disposable {
  readonly folder: LedgerFolder;
  private readonly ledger: Ledger;
  private readonly lazyRecentUsage = asyncLazy(async () => {
    const { RecentUsage } = await import('./common/recentUsage');
    return new RecentUsage(this.folder, () => this.ledger.unwritten);
  });
  private readonly windowId = createWindowId();
  private lastSerial = -1;
  private isFailureReported = false;
  private readonly pendingRecords = new Set<Promise<void>>();
  private recovery: Promise<void> | undefined;
  private recoverTimer: ReturnType<typeof setTimeout> | undefined;
  private digestTimer: ReturnType<typeof setTimeout> | undefined;
  private sentCount = 0;
  private isClosed = false;
  private readonly recorded = new EventEmitter<RecordedRun>();
  /** Fires once per completed run, after its price has been looked up. */
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

  createEntry(): PendingEntry {
    this.lastSerial += 1;
    return { id: `${this.windowId}-${this.lastSerial.toString(36)}`, time: new Date() };
  }

  /**
   * Records a run in progress; if it never completes, it counts as lost. `reserved` is what budgets set aside for it.
   */
  recordSent(entry: PendingEntry, plan: RunPlan, charactersIn: number, reserved: LedgerEstimate | undefined): void {
    this.ledger.begin(abandonedRow(this.toFacts(entry, plan), charactersIn, reserved));
    this.recoverTimer ??= setTimeout(() => void this.recover(), RECOVER_DELAY_MS);
    if (this.sentCount % RUNS_PER_DIGEST === 0)
      this.digestTimer ??= setTimeout(() => void this.updateDigests(), DIGEST_DELAY_MS);
    this.sentCount += 1;
  }

  recordCompleted(entry: PendingEntry, plan: RunPlan, record: RunRecord): void {
    const work = this.recordCompletedNow(entry, plan, record)
      .catch((failure: unknown) => this.services.log.error('usage', failure))
      .finally(() => this.pendingRecords.delete(work));
    this.pendingRecords.add(work);
  }

  /** Tables with at least all runs of a range within the current month, from all windows. Cached. */
  async readRecent(range: TimeRange): Promise<readonly LedgerTable[]> {
    const recent = await this.lazyRecentUsage();
    await Promise.all(this.pendingRecords);
    return recent.read(range);
  }

  /** This window's runs that are not in a file yet, including those in progress. */
  get pendingRows(): readonly LedgerRow[] {
    return this.ledger.pending;
  }

  async readOpenElsewhere(): Promise<readonly LedgerRow[]> {
    return this.ledger.readOpenElsewhere().catch(() => []);
  }

  /** Aggregates the whole log, newest months first, and yields the progress from 0 to 1. */
  async *summarize(summary: LedgerSummary): AsyncGenerator<number> {
    const { summarizeLedger } = await import('./common/ledgerSummarizer');
    await this.recover();
    await this.flush();
    // Taken first: these rows may be written, and then read, while the files are read.
    const { unwritten } = this.ledger;
    yield* summarizeLedger(this.folder, summary);
    for (const row of unwritten) summary.addRow(row);
  }

  async deleteAll(): Promise<void> {
    await this.flush();
    await this.ledger.deleteAbandoned();
    await deleteLedger(this.folder);
  }

  /** Flushes pending rows; await this on deactivation. */
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
      this.services.log.error('usage', failure);
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
    this.services.log.error('usage', failure);
    if (this.isFailureReported) return;
    this.isFailureReported = true;
    this.services.onWriteFailure();
  }
}

/** Builds of VS Code without telemetry use the same placeholder as the session ID of every window. */
function getSessionId(): string | undefined {
  return env.sessionId.startsWith('someValue') ? undefined : env.sessionId;
}

function createWindowId(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
