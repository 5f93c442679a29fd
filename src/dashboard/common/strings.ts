import type { LedgerOutcome } from '../../ledger/common/ledgerRow';
import type { NumberStrings } from './numberFormatter';
import type { DashboardLabels } from './viewModel';

/** The translated texts of the dashboard. `{0}`, `{1}` and so on stand for values. */
export interface DashboardStrings {
  readonly labels: DashboardLabels;
  readonly numbers: NumberStrings;
  readonly outcomes: Readonly<Record<LedgerOutcome, string>>;
  readonly allTime: string;
  readonly empty: string;
  /** {0} is a percentage. */
  readonly loading: string;
  readonly cost: string;
  readonly allPriced: string;
  /** {0} runs of {1}. */
  readonly unpriced: string;
  readonly tokens: string;
  /** {0} input and {1} output. */
  readonly tokenDetail: string;
  /** {0} runs of {1}. */
  readonly unreported: string;
  readonly runs: string;
  /** {0} ended well, {1} did not. */
  readonly runDetail: string;
  readonly today: string;
  readonly noRuns: string;
  /** {0} runs with {1} tokens. */
  readonly todayDetail: string;
  readonly timeToFirstToken: string;
  /** {0} is the duration within which 95 % came. */
  readonly timeToFirstTokenDetail: string;
  readonly totalTime: string;
  /** {0} lines. */
  readonly skipped: string;
  /** {0} files. */
  readonly unreadFiles: string;
  readonly estimates: string;
  readonly byModel: string;
  readonly byPrompt: string;
  readonly byOutcome: string;
  /** {0} groups that are not in the table one by one. */
  readonly others: string;
  readonly model: string;
  readonly prompt: string;
  readonly outcome: string;
  readonly latency: string;
  readonly duration: string;
  readonly half: string;
  readonly measuredRuns: string;
  readonly runsCaption: string;
  readonly time: string;
  readonly destination: string;
  readonly input: string;
  readonly output: string;
  /** {0} tokens, of which {1} came from a cache. */
  readonly cached: string;
  /** {0} tokens, of which {1} were spent on reasoning. */
  readonly reasoning: string;
  /** {0} is an outcome, {1} a number. */
  readonly attempts: string;
  readonly byDay: string;
  readonly byMonth: string;
  readonly day: string;
  readonly month: string;
  /** {0} day or month, {1} runs, {2} tokens, {3} cost. */
  readonly barDescription: string;
  readonly failed: string;
  readonly succeeded: string;
  /** {0} chart and measure, {1} the whole, {2} day or month, {3} its value. */
  readonly summary: string;
  /** {0} chart and measure. */
  readonly emptySummary: string;
  /** {0} to {1} of {2} runs. */
  readonly range: string;
}
