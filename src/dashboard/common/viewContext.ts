import type { LedgerRow } from '../../ledger/common/ledgerRow';
import type { UsageReport } from '../../usage/common/usageReport';
import type { NumberFormatter } from './numberFormatter';
import type { DashboardStrings } from './strings';

/** What a view of the dashboard is made from. */
export interface DashboardInput {
  readonly report: UsageReport;
  /** Of the list of runs, from 0; one that there is (`pageThere`). */
  readonly page: number;
  /** The runs on that page. */
  readonly rows: readonly LedgerRow[];
  /** Lines and files that could not be read. */
  readonly skipped: number;
  readonly unreadFiles: number;
  readonly strings: DashboardStrings;
  /** A BCP 47 tag. */
  readonly language: string;
  readonly now: Date;
  /** How much of the ledger is read, from 0 to 1. */
  readonly progress: number;
}

/** The same for its parts. */
export interface DashboardContext extends DashboardInput {
  readonly formatter: NumberFormatter;
}
