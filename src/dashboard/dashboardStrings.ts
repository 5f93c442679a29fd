import { l10n } from 'vscode';
import type { DashboardStrings } from './common/strings';
import type { DashboardLabels } from './common/viewModel';

/** The page has no localization of its own, so its strings are translated here. */
export function createDashboardStrings(): DashboardStrings {
  return {
    labels: labelStrings(),
    numbers: {
      unknown: l10n.t('unknown'),
      none: l10n.t('none'),
      plusUnknown: l10n.t('{0} + {1} unknown'),
      seconds: l10n.t('{0} s'),
      milliseconds: l10n.t('{0} ms'),
    },
    outcomes: {
      ok: l10n.t('ok'),
      truncated: l10n.t('cut off'),
      failed: l10n.t('failed'),
      cancelled: l10n.t('stopped'),
      refused: l10n.t('refused'),
      lost: l10n.t('lost'),
    },
    ...cardStrings(),
    ...tableStrings(),
    ...chartStrings(),
  };
}

function labelStrings(): DashboardLabels {
  return {
    title: l10n.t('Usage'),
    period: l10n.t('Period'),
    measure: l10n.t('Charts show'),
    measures: { cost: l10n.t('cost'), tokens: l10n.t('tokens'), runs: l10n.t('runs') },
    exportCsv: l10n.t('Export CSV…'),
    exportJson: l10n.t('Export JSON…'),
    deleteAll: l10n.t('Delete All…'),
    asTable: l10n.t('As a table'),
    newest: l10n.t('Newest'),
    newer: l10n.t('Newer'),
    older: l10n.t('Older'),
    oldest: l10n.t('Oldest'),
  };
}

function cardStrings() {
  return {
    allTime: l10n.t('All time'),
    empty: l10n.t('Nothing has been sent yet. Each run of a prompt will be listed here: what it used, cost and took.'),
    loading: l10n.t('Reading the ledger, {0}. The numbers are not whole yet.'),
    cost: l10n.t('Cost'),
    allPriced: l10n.t('of all runs'),
    unpriced: l10n.t('{0} of {1} runs could not be priced'),
    tokens: l10n.t('Tokens'),
    tokenDetail: l10n.t('{0} input, {1} output'),
    unreported: l10n.t('{0} of {1} runs had no usage'),
    runs: l10n.t('Runs'),
    runDetail: l10n.t('{0} ended well, {1} did not'),
    today: l10n.t('Today'),
    noRuns: l10n.t('no runs'),
    todayDetail: l10n.t('runs: {0}, tokens: {1}'),
    timeToFirstToken: l10n.t('First text'),
    timeToFirstTokenDetail: l10n.t('half within; 95% within {0}'),
    totalTime: l10n.t('Whole answer'),
    skipped: l10n.t(
      'Lines of the ledger that are not counted, because they are damaged or were written by a newer Quillet: {0}',
    ),
    unreadFiles: l10n.t('Files of the ledger that could not be opened and are not counted: {0}'),
    estimates: l10n.t('Costs with ≈ are computed from prices; those without were reported by the server.'),
  };
}

function tableStrings() {
  return {
    byModel: l10n.t('By model'),
    byPrompt: l10n.t('By prompt'),
    byOutcome: l10n.t('By outcome'),
    others: l10n.t('{0} others'),
    model: l10n.t('Model'),
    prompt: l10n.t('Prompt'),
    outcome: l10n.t('Outcome'),
    latency: l10n.t('Time within which runs answered'),
    duration: l10n.t('Duration'),
    half: l10n.t('half'),
    measuredRuns: l10n.t('runs'),
    runsCaption: l10n.t('Runs'),
    time: l10n.t('Time'),
    destination: l10n.t('Destination'),
    input: l10n.t('Input'),
    output: l10n.t('Output'),
    cached: l10n.t('{0} ({1} cached)'),
    reasoning: l10n.t('{0} ({1} reasoning)'),
    attempts: l10n.t('{0}, {1} attempts'),
    range: l10n.t('{0} to {1} of {2}'),
  };
}

function chartStrings() {
  return {
    byDay: l10n.t('By day'),
    byMonth: l10n.t('By month'),
    day: l10n.t('Day'),
    month: l10n.t('Month'),
    barDescription: l10n.t('{0}: runs {1}, tokens {2}, cost {3}'),
    succeeded: l10n.t('ended well'),
    failed: l10n.t('did not'),
    summary: l10n.t('{0}. {1} in all, most on {2}: {3}'),
    emptySummary: l10n.t('{0}. No runs.'),
  };
}
