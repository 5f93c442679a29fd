import type { Disposable } from 'vscode';
import type { LedgerRow } from '../ledger/common/ledgerRow';
import { LedgerSummary } from '../usage/common/ledgerSummary';
import { RunList } from '../usage/common/runList';
import type { UsageReport } from '../usage/common/usageReport';
import { ALL_TIME } from '../usage/common/usageReport';
import type { UsageRecorder } from '../usage/usageRecorder';
import { TimeSlicer } from '../util/timeSlicer';

export type UsageSource = Pick<UsageRecorder, 'summarize' | 'folder' | 'onDidRecordRun'>;

export interface PagedRuns {
  readonly period: string;
  readonly count: number;
  readonly readNewest: (first: number, count: number) => Promise<readonly LedgerRow[] | undefined>;
}

const TIME_SLICE_MS = 12;

/**
 * Keeps the aggregated usage while the dashboard is open. Reads in time slices; adds this window's runs as they
 * complete, and those of other windows on the next read.
 */
export class UsageReader implements Disposable {
  private current: { readonly summary: LedgerSummary; readonly list: RunList } | undefined;
  /** Runs completed while reading: they may or may not be in the files. */
  private readonly arrivedRows: LedgerRow[] = [];
  private isReading = false;
  private isDisposed = false;
  private readonly timeSlicer = new TimeSlicer(TIME_SLICE_MS);
  private readonly subscription: Disposable;

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

  get gaps(): { readonly skipped: number; readonly unreadFiles: number } {
    return this.current?.summary ?? { skipped: 0, unreadFiles: 0 };
  }

  /** Undefined before the first read; partial while reading. */
  createReport(period: string): UsageReport | undefined {
    return this.current?.summary.createReport(period);
  }

  /** Newest first; undefined if files have been deleted. */
  async readNewest(report: UsageReport, first: number, count: number): Promise<LedgerRow[] | undefined> {
    return this.current && readNewest(this.current.list, report, { first, count });
  }

  /** A snapshot of all runs of a period; undefined before the first read. */
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

  /** Reads the usage log. `onProgress` is called only during the first read, when nothing else can be shown. */
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
      // Do not show partial totals as if they were complete.
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

/** In the list of all runs, those of a month come after those of later months. */
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
