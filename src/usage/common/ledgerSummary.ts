import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { DigestedFile } from './monthlyDigest';
import { UsageAggregator, type UsageReport } from './usageReport';

/** The rows of one file. */
export interface LoadedFile {
  readonly name: string;
  readonly table: LedgerTable;
}

/**
 * What the whole ledger comes to. Of files that will not change any more it has the sums only, which a digest beside them
 * mostly has already: a million runs are summed up without reading them again.
 */
export class LedgerSummary {
  /** When it was begun, in milliseconds since 1970. */
  readonly startedAt = Date.now();
  /** Lines that could not be read: torn, damaged, or of a newer version. */
  skipped = 0;
  /** Files that are there and could not be read. */
  unreadFiles = 0;
  /** Files that are summed up and not kept in memory. */
  readonly digestedFiles: DigestedFile[] = [];
  /** All others. */
  readonly loadedFiles: LoadedFile[] = [];
  /** Runs that were lost, and those that are in no file yet. */
  readonly looseRows = new LedgerTable();
  private readonly aggregators: UsageAggregator[] = [];
  private readonly looseTotals = new UsageAggregator();

  createReport(period: string): UsageReport {
    const totals = new UsageAggregator();
    for (const aggregator of [...this.aggregators, this.looseTotals]) totals.merge(aggregator);
    return totals.createReport(period);
  }

  /** Enters a run, unless it is there. It must be none of a file that was old when this was begun. */
  addRow(row: LedgerRow): void {
    if (this.looseRows.has(row.id) || this.loadedFiles.some(({ table }) => table.has(row.id))) return;
    this.looseRows.add(row);
    this.looseTotals.add(this.looseRows, this.looseRows.length - 1);
  }

  /** The same runs, to be listed while others are entered here. */
  snapshot(): LedgerSummary {
    const copy = new LedgerSummary();
    copy.digestedFiles.push(...this.digestedFiles);
    copy.loadedFiles.push(...this.loadedFiles);
    for (let index = 0; index < this.looseRows.length; index += 1) copy.looseRows.add(this.looseRows.row(index));
    return copy;
  }

  /** Sums that are still growing may be given. */
  addAggregator(aggregator: UsageAggregator): void {
    this.aggregators.push(aggregator);
  }
}
