import type { LedgerRow } from '../../ledger/common/ledgerRow';
import type { UsageReport } from '../../usage/common/usageReport';
import type { NumberFormatter } from './numberFormatter';
import type { DashboardStrings } from './strings';

export interface DashboardInput {
  readonly report: UsageReport;
  readonly page: number;
  readonly rows: readonly LedgerRow[];
  /** Lines of the usage log that could not be parsed. */
  readonly skipped: number;
  readonly unreadFiles: number;
  readonly strings: DashboardStrings;
  /** BCP 47 tag. */
  readonly language: string;
  readonly now: Date;
  /** From 0 to 1. */
  readonly progress: number;
}

export interface DashboardContext extends DashboardInput {
  readonly formatter: NumberFormatter;
}
