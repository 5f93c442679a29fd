import type { Disposable } from 'vscode';
import type { LedgerRow } from '../ledger/common/ledgerRow';
import { LedgerSummary } from '../usage/common/ledgerSummary';
import { RunList } from '../usage/common/runList';
import type { UsageReport } from '../usage/common/usageReport';
import { ALL_TIME } from '../usage/common/usageReport';
import type { UsageRecorder } from '../usage/usageRecorder';
import { TimeSlicer } from '../util/timeSlicer';

/** What is needed of the book to show it. */
export type UsageSource = Pick<UsageRecorder, 'summarize' | 'folder' | 'onDidRecordRun'>;

/** Runs of a period, of which some can be had at a time. */
export interface PagedRuns {
  readonly period: string;
  readonly count: number;
  /** Some of them, the newest first; undefined where files are not there any more. */
  readonly readNewest: (first: number, count: number) => Promise<readonly LedgerRow[] | undefined>;
}

/** After so long others have their turn. */
const TIME_SLICE_MS = 12;

/**
 * Keeps the sums of the ledger while somebody looks at it. They are read in slices, so that nothing else has to wait; the
 * runs of this window are added as they end, those of other windows are seen when it is read again.
 */
export class UsageReader implements Disposable {
  private current: { readonly summary: LedgerSummary; readonly list: RunList } | undefined;
  /** Ended while files were being read: they may be in the files or not. */
  private readonly arrivedRows: LedgerRow[] = [];
  private isReading = false;
  private isDisposed = false;
  private readonly timeSlicer = new TimeSlicer(TIME_SLICE_MS);
  private readonly subscription: Disposable;

  /** @param onRunRecorded called for a run that ended. */
  constructor(
    private readonly source: UsageSource,
    onRunRecorded: () => void,
  ) {
    this.subscription = source.onDidRecordRun(({ row }) => {
      if (this.isReading) this.arrivedRows.push(row);
      else this.current?.summary.addRow(row);
      onRunRecorded();
    });
  }

  /** What could not be read. */
  get gaps(): { readonly skipped: number; readonly unreadFiles: number } {
    return this.current?.summary ?? { skipped: 0, unreadFiles: 0 };
  }

  /** What is read and summed up so far; undefined before the first reading. */
  createReport(period: string): UsageReport | undefined {
    return this.current?.summary.createReport(period);
  }

  /**
   * Runs of a report's period, the newest first; undefined where files are not there any more.
   * @throws what the file system throws.
   */
  async readNewest(report: UsageReport, first: number, count: number): Promise<LedgerRow[] | undefined> {
    return this.current && readNewest(this.current.list, report, { first, count });
  }

  /** All runs of a period, to be gone through while others end. Undefined before the first reading. */
  listAll(period: string): PagedRuns | undefined {
    const report = this.createReport(period);
    if (this.current === undefined || report === undefined) return undefined;
    const list = new RunList(this.source.folder, this.current.summary.snapshot());
    return {
      period,
      count: report.total.runs,
      readNewest: (first, count) => readNewest(list, report, { first, count }),
    };
  }

  /**
   * Reads what has to be read of the ledger.
   * @param onProgress told how much is read while nothing was read before; the report grows meanwhile.
   * @throws what the file system throws when the folder cannot be listed.
   */
  async read(onProgress: (progress: number) => Promise<void>): Promise<void> {
    const previous = this.current;
    const summary = new LedgerSummary();
    const next = { summary, list: new RunList(this.source.folder, summary) };
    if (previous === undefined) this.current = next;
    this.isReading = true;
    try {
      for await (const progress of this.source.summarize(summary)) {
        if (previous === undefined) await onProgress(progress);
        await this.timeSlicer.yieldIfDue();
        if (this.isDisposed) return;
      }
      this.current = next;
    } catch (failure) {
      // A part of it is not what anybody asked for.
      this.current = previous;
      throw failure;
    } finally {
      this.isReading = false;
      for (const row of this.arrivedRows.splice(0)) this.current?.summary.addRow(row);
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.subscription.dispose();
  }
}

/** Runs of a report's period: in the list of all runs they stand behind those of later months. */
function readNewest(
  list: RunList,
  { period, days }: UsageReport,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<LedgerRow[] | undefined> {
  let [newerRuns, periodRuns] = [0, 0];
  for (const [day, { runs }] of days) {
    const month = day.slice(0, 7);
    if (period !== ALL_TIME && month > period) newerRuns += runs;
    else if (period === ALL_TIME || month === period) periodRuns += runs;
  }
  return list.readNewest(newerRuns + first, Math.max(0, Math.min(count, periodRuns - first)));
}
