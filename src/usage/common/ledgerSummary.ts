import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { CountedFile } from './monthlyDigest';
import { type UsageReport, UsageTotals } from './usageReport';

/** The rows of one file. */
export interface HeldFile {
  readonly name: string;
  readonly table: LedgerTable;
}

/**
 * What the whole ledger comes to. Of files that will not change any more it has the sums only, which a digest beside them
 * mostly has already: a million runs are summed up without reading them again.
 */
export class LedgerSurvey {
  /** When it was begun, in milliseconds since 1970. */
  readonly started = Date.now();
  /** Lines that could not be read: torn, damaged, or of a newer version. */
  skipped = 0;
  /** Files that are there and could not be read. */
  unreadFiles = 0;
  /** Files that are summed up and not kept in memory. */
  readonly counted: CountedFile[] = [];
  /** All others. */
  readonly held: HeldFile[] = [];
  /** Runs that were lost, and those that are in no file yet. */
  readonly loose = new LedgerTable();
  private readonly parts: UsageTotals[] = [];
  private readonly ofLoose = new UsageTotals();

  report(period: string): UsageReport {
    const totals = new UsageTotals();
    for (const part of [...this.parts, this.ofLoose]) totals.merge(part);
    return totals.report(period);
  }

  /** Enters a run, unless it is there. It must be none of a file that was old when this was begun. */
  enter(row: LedgerRow): void {
    if (this.loose.has(row.id) || this.held.some(({ table }) => table.has(row.id))) return;
    this.loose.add(row);
    this.ofLoose.add(this.loose, this.loose.length - 1);
  }

  /** The same runs, to be listed while others are entered here. */
  still(): LedgerSurvey {
    const survey = new LedgerSurvey();
    survey.counted.push(...this.counted);
    survey.held.push(...this.held);
    for (let index = 0; index < this.loose.length; index += 1) survey.loose.add(this.loose.row(index));
    return survey;
  }

  /** Sums that are still growing may be given. */
  include(part: UsageTotals): void {
    this.parts.push(part);
  }
}
