import type { Disposable } from 'vscode';
import type { LedgerRow } from '../core/ledgerRow';
import { LedgerTable } from '../core/ledgerTable';
import { UsageReport } from '../core/usageReport';
import type { UsageBook } from './usageBook';

/** What is needed of the book to show it. */
export type UsageSource = Pick<UsageBook, 'readInParts' | 'onDidEnter'>;

/** After so long the other work of the extension host has its turn. */
const SLICE_MS = 12;
/** Rows that are summed up in one go, which is far below that. */
const SLICE_ROWS = 5000;

/**
 * Keeps the ledger in memory while somebody looks at it. It is read once, in slices, so that nothing else has to wait; the
 * runs of this window are added as they end, those of other windows are seen when it is read again.
 */
export class UsageReader implements Disposable {
  private table: LedgerTable | undefined;
  private current: UsageReport | undefined;
  /** Ended while files were being read: they may be in the files or not. */
  private arrived: LedgerRow[] = [];
  private isReading = false;
  private isDisposed = false;
  private sliceEnd = 0;
  private readonly subscription: Disposable;

  /** @param onNews called for a run that ended. */
  constructor(
    private readonly source: UsageSource,
    onNews: () => void,
  ) {
    this.subscription = source.onDidEnter(({ row }) => {
      if (this.isReading) this.arrived.push(row);
      else this.table?.add(row);
      onNews();
    });
  }

  /** What is read and summed up so far; undefined before the first reading. */
  get report(): UsageReport | undefined {
    return this.current;
  }

  /**
   * Reads the ledger from its files.
   * @param onPart told how much is read while nothing was read before; the report grows meanwhile.
   * @throws what the file system throws when the folder cannot be listed.
   */
  async read(period: string, onPart: (share: number) => void): Promise<void> {
    const isFirst = this.current === undefined;
    const table = new LedgerTable();
    const report = new UsageReport(table, period);
    if (isFirst) this.current = report;
    this.isReading = true;
    try {
      for await (const share of this.source.readInParts(table)) {
        report.add(Number.POSITIVE_INFINITY);
        if (isFirst) onPart(share);
        await this.rest();
        if (this.isDisposed) return;
      }
      for (const row of this.arrived) if (!table.has(row.id)) table.add(row);
    } finally {
      this.arrived = [];
      this.isReading = false;
    }
    this.table = table;
    // Rows of runs that were not lost after all were taken out of the table at the end.
    this.current = report.length > table.length ? new UsageReport(table, period) : report;
  }

  /** Sums up what is read. Resolves when every row is in the report. */
  async sum(period: string): Promise<void> {
    if (this.table === undefined) return;
    let report = this.current;
    if (report?.table !== this.table || report.period !== period) report = new UsageReport(this.table, period);
    while (!report.isWhole && !this.isDisposed) {
      report.add(SLICE_ROWS);
      await this.rest();
    }
    this.current = report;
  }

  dispose(): void {
    this.isDisposed = true;
    this.subscription.dispose();
  }

  /** Lets others work where this has worked long enough. */
  private async rest(): Promise<void> {
    if (performance.now() < this.sliceEnd) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.sliceEnd = performance.now() + SLICE_MS;
  }
}
