import type { LedgerOutcome } from '../../ledger/common/ledgerRow';
import type { NumberStrings } from './numberFormatter';
import type { DashboardLabels } from './viewModel';

/** Localized strings. `{0}`, `{1}` etc. stand for values. */
export interface DashboardStrings {
  readonly labels: DashboardLabels;
  readonly numbers: NumberStrings;
  readonly outcomes: Readonly<Record<LedgerOutcome, string>>;
  readonly allTime: string;
  readonly empty: string;
  readonly loading: string;
  readonly cost: string;
  readonly allPriced: string;
  readonly unpriced: string;
  readonly tokens: string;
  readonly tokenDetail: string;
  readonly unreported: string;
  readonly runs: string;
  readonly runDetail: string;
  readonly today: string;
  readonly noRuns: string;
  readonly todayDetail: string;
  readonly timeToFirstToken: string;
  readonly timeToFirstTokenDetail: string;
  readonly totalTime: string;
  readonly skipped: string;
  readonly unreadFiles: string;
  readonly estimates: string;
  readonly byModel: string;
  readonly byPrompt: string;
  readonly byOutcome: string;
  readonly others: string;
  readonly model: string;
  readonly prompt: string;
  readonly outcome: string;
  readonly latency: string;
  readonly duration: string;
  readonly measuredRuns: string;
  readonly runsCaption: string;
  readonly time: string;
  readonly destination: string;
  readonly input: string;
  readonly output: string;
  readonly cached: string;
  readonly reasoning: string;
  readonly attempts: string;
  readonly byDay: string;
  readonly byMonth: string;
  readonly day: string;
  readonly month: string;
  readonly barDescription: string;
  readonly failed: string;
  readonly succeeded: string;
  /** {0} chart and measure, {1} total, {2} day or month with the maximum, {3} the maximum. */
  readonly summary: string;
  readonly emptySummary: string;
  readonly range: string;
}
