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
export interface ListedRuns {
  readonly period: string;
  readonly count: number;
  /** Some of them, the newest first; undefined where files are not there any more. */
  readonly newest: (first: number, count: number) => Promise<readonly LedgerRow[] | undefined>;
}

/** After so long others have their turn. */
const SLICE_MS = 12;

/**
 * Keeps the sums of the ledger while somebody looks at it. They are read in slices, so that nothing else has to wait; the
 * runs of this window are added as they end, those of other windows are seen when it is read again.
 */
export class UsageReader implements Disposable {
  private shown: { readonly survey: LedgerSummary; readonly list: RunList } | undefined;
  /** Ended while files were being read: they may be in the files or not. */
  private readonly arrived: LedgerRow[] = [];
  private isReading = false;
  private isDisposed = false;
  private readonly slices = new TimeSlicer(SLICE_MS);
  private readonly subscription: Disposable;

  /** @param onNews called for a run that ended. */
  constructor(
    private readonly source: UsageSource,
    onNews: () => void,
  ) {
    this.subscription = source.onDidRecordRun(({ row }) => {
      if (this.isReading) this.arrived.push(row);
      else this.shown?.survey.addRow(row);
      onNews();
    });
  }

  /** What could not be read. */
  get gaps(): { readonly skipped: number; readonly unreadFiles: number } {
    return this.shown?.survey ?? { skipped: 0, unreadFiles: 0 };
  }

  /** What is read and summed up so far; undefined before the first reading. */
  report(period: string): UsageReport | undefined {
    return this.shown?.survey.createReport(period);
  }

  /**
   * Runs of a report's period, the newest first; undefined where files are not there any more.
   * @throws what the file system throws.
   */
  async newest(report: UsageReport, first: number, count: number): Promise<LedgerRow[] | undefined> {
    return this.shown && newestIn(this.shown.list, report, { first, count });
  }

  /** All runs of a period, to be gone through while others end. Undefined before the first reading. */
  all(period: string): ListedRuns | undefined {
    const report = this.report(period);
    if (this.shown === undefined || report === undefined) return undefined;
    const list = new RunList(this.source.folder, this.shown.survey.snapshot());
    return {
      period,
      count: report.total.runs,
      newest: (first, count) => newestIn(list, report, { first, count }),
    };
  }

  /**
   * Reads what has to be read of the ledger.
   * @param onPart told how much is read while nothing was read before; the report grows meanwhile.
   * @throws what the file system throws when the folder cannot be listed.
   */
  async read(onPart: (share: number) => Promise<void>): Promise<void> {
    const before = this.shown;
    const survey = new LedgerSummary();
    const next = { survey, list: new RunList(this.source.folder, survey) };
    if (before === undefined) this.shown = next;
    this.isReading = true;
    try {
      for await (const share of this.source.summarize(survey)) {
        if (before === undefined) await onPart(share);
        await this.slices.yieldIfDue();
        if (this.isDisposed) return;
      }
      this.shown = next;
    } catch (failure) {
      // A part of it is not what anybody asked for.
      this.shown = before;
      throw failure;
    } finally {
      this.isReading = false;
      for (const row of this.arrived.splice(0)) this.shown?.survey.addRow(row);
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.subscription.dispose();
  }
}

/** Runs of a report's period: in the list of all runs they stand behind those of later months. */
function newestIn(
  list: RunList,
  { period, days }: UsageReport,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<LedgerRow[] | undefined> {
  let [newer, total] = [0, 0];
  for (const [day, { runs }] of days) {
    const month = day.slice(0, 7);
    if (period !== ALL_TIME && month > period) newer += runs;
    else if (period === ALL_TIME || month === period) total += runs;
  }
  return list.readNewest(newer + first, Math.max(0, Math.min(count, total - first)));
}
