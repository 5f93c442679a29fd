import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { DigestedFile } from './monthlyDigest';
import { UsageAggregator, type UsageReport } from './usageReport';

export interface LoadedFile {
  readonly name: string;
  readonly table: LedgerTable;
}

/**
 * Totals of the whole usage log. Closed files are represented by their totals only, mostly taken from digests, so that
 * a million runs need not be read again.
 */
export class LedgerSummary {
  readonly startedAt = Date.now();
  /** Lines that were truncated, damaged, or of a newer version. */
  skipped = 0;
  unreadFiles = 0;
  readonly digestedFiles: DigestedFile[] = [];
  readonly loadedFiles: LoadedFile[] = [];
  readonly looseRows = new LedgerTable();
  private readonly aggregators: UsageAggregator[] = [];
  private readonly looseTotals = new UsageAggregator();

  createReport(period: string): UsageReport {
    const totals = new UsageAggregator();
    for (const aggregator of [...this.aggregators, this.looseTotals]) totals.merge(aggregator);
    return totals.createReport(period);
  }

  /** Adds a run unless it is known. Must not be used for runs of files older than `startedAt`. */
  addRow(row: LedgerRow): void {
    if (this.looseRows.has(row.id) || this.loadedFiles.some(({ table }) => table.has(row.id))) return;
    this.looseRows.add(row);
    this.looseTotals.add(this.looseRows, this.looseRows.length - 1);
  }

  snapshot(): LedgerSummary {
    const copy = new LedgerSummary();
    copy.digestedFiles.push(...this.digestedFiles);
    copy.loadedFiles.push(...this.loadedFiles);
    for (let index = 0; index < this.looseRows.length; index += 1) copy.looseRows.add(this.looseRows.row(index));
    return copy;
  }

  addAggregator(aggregator: UsageAggregator): void {
    this.aggregators.push(aggregator);
  }
}
