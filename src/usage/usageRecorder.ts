import { type Disposable, EventEmitter, type ExtensionContext, workspace } from 'vscode';
import type { RunPlan } from '../core/run';
import type { RunRecord } from '../core/runRecord';
import type { Log } from '../platform/log';
import type { Redactor } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { throttled } from '../util/throttler';
import { periodRange } from './common/budget';
import type { RunCost } from './common/cost';
import { completedRow, type RunFacts, startedRow } from './common/runRow';
import type { UsageFiles } from './common/usageFiles';
import { UsageLog } from './common/usageLog';
import { type UsageContent, UsageReader } from './common/usageReader';
import type { UsageEstimate, UsageRow } from './common/usageRow';
import { createUsageFiles } from './usageFiles';

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
}

export type PendingEntry = Pick<RunFacts, 'id' | 'time'>;

/** Records every run in the usage log and reads it. Does no I/O before the first run is sent. */
export class UsageRecorder implements Disposable {
  private readonly windowId = createWindowId();
  private readonly files: UsageFiles;
  private readonly usageLog: UsageLog;
  private runCount = 0;
  private isFailureReported = false;
  private readonly pendingRecords = new Set<Promise<void>>();
  private readonly recorded = new EventEmitter<RecordedRun>();
  readonly onDidRecordRun = this.recorded.event;
  /** Reads this month's runs of all windows. Uses the last result if the files can't be read. */
  readonly readMonth: () => Promise<UsageContent>;

  constructor(private readonly services: UsageRecorderServices) {
    this.files = createUsageFiles(services.context.globalStorageUri, this.windowId);
    this.usageLog = new UsageLog(this.files, (failure) => this.reportFailure(failure));
    let lastNames: readonly string[] = [];
    const list = async () => {
      lastNames = await this.files.list().catch(() => lastNames);
      return lastNames;
    };
    const read = this.createReader({ ...this.files, list });
    this.readMonth = throttled(() => read(periodRange('monthly', Date.now()).from));
  }

  /** Returns a function that reads the runs since a time, in epoch milliseconds. Calls must not overlap. */
  createReader(files = this.files): (since: number) => Promise<UsageContent> {
    const reader = new UsageReader(files);
    return async (since) => {
      await Promise.all(this.pendingRecords);
      return reader.read(since, this.pendingRows);
    };
  }

  get pendingRows(): readonly UsageRow[] {
    return this.usageLog.pending;
  }

  createEntry(): PendingEntry {
    this.runCount += 1;
    return { id: `${this.windowId}-${this.runCount.toString(36)}`, time: new Date() };
  }

  recordSent(entry: PendingEntry, plan: RunPlan, charactersIn: number, reserved: UsageEstimate | undefined): void {
    this.usageLog.start(startedRow(this.toFacts(entry, plan), charactersIn, reserved));
  }

  recordCompleted(entry: PendingEntry, plan: RunPlan, record: RunRecord): void {
    const work = this.recordCompletedNow(entry, plan, record)
      .catch((failure: unknown) => this.services.log.error('usage', failure))
      .finally(() => this.pendingRecords.delete(work));
    this.pendingRecords.add(work);
  }

  async deleteAll(): Promise<void> {
    await Promise.all(this.pendingRecords);
    await this.usageLog.deleteAll();
  }

  /** Writes pending rows; await this on deactivation. */
  async close(): Promise<void> {
    await Promise.all(this.pendingRecords);
    await this.usageLog.close();
  }

  dispose(): void {
    this.recorded.dispose();
  }

  private async recordCompletedNow(entry: PendingEntry, plan: RunPlan, record: RunRecord): Promise<void> {
    const { prices } = this.services.settings.read();
    const { row, cost } = await completedRow(this.toFacts(entry, plan), record, prices);
    this.usageLog.end(row);
    this.recorded.fire({ runId: record.id, cost });
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

function createWindowId(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
