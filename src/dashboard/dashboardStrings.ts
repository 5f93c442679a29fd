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
      truncated: l10n.t('truncated'),
      failed: l10n.t('failed'),
      cancelled: l10n.t('stopped'),
      refused: l10n.t('refused'),
      lost: l10n.t('abandoned'),
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
    measures: { cost: l10n.t('cost'), tokens: l10n.t('tokens'), runs: l10n.t('requests') },
    exportCsv: l10n.t('Export CSV…'),
    exportJson: l10n.t('Export JSON…'),
    deleteAll: l10n.t('Delete All…'),
    asTable: l10n.t('Show as table'),
    newest: l10n.t('Newest'),
    newer: l10n.t('Newer'),
    older: l10n.t('Older'),
    oldest: l10n.t('Oldest'),
  };
}

function cardStrings() {
  return {
    allTime: l10n.t('All time'),
    empty: l10n.t('No requests yet. Each request will be listed here with its tokens, cost and duration.'),
    loading: l10n.t('Reading the usage log ({0}). Totals are incomplete.'),
    cost: l10n.t('Cost'),
    allPriced: l10n.t('for all requests'),
    unpriced: l10n.t('No price for {0} of {1} requests'),
    tokens: l10n.t('Tokens'),
    tokenDetail: l10n.t('{0} input, {1} output'),
    unreported: l10n.t('No token counts for {0} of {1} requests'),
    runs: l10n.t('Requests'),
    runDetail: l10n.t('{0} succeeded, {1} failed'),
    today: l10n.t('Today'),
    noRuns: l10n.t('no requests'),
    todayDetail: l10n.t('requests: {0}, tokens: {1}'),
    timeToFirstToken: l10n.t('Time to first token'),
    timeToFirstTokenDetail: l10n.t('p50 · p95 {0}'),
    totalTime: l10n.t('Total time'),
    skipped: l10n.t('Ignored usage log lines (damaged, or written by a newer version of Quillet): {0}'),
    unreadFiles: l10n.t('Usage log files that could not be read: {0}'),
    estimates: l10n.t('Costs marked ≈ are estimated from prices; all others were reported by the server.'),
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
    latency: l10n.t('Latency'),
    duration: l10n.t('Duration'),
    measuredRuns: l10n.t('Requests'),
    runsCaption: l10n.t('Requests'),
    time: l10n.t('Time'),
    destination: l10n.t('Destination'),
    input: l10n.t('Input'),
    output: l10n.t('Output'),
    cached: l10n.t('{0} ({1} cached)'),
    reasoning: l10n.t('{0} ({1} reasoning)'),
    attempts: l10n.t('{0}, {1} attempts'),
    range: l10n.t('{0}–{1} of {2}'),
  };
}

function chartStrings() {
  return {
    byDay: l10n.t('By day'),
    byMonth: l10n.t('By month'),
    day: l10n.t('Day'),
    month: l10n.t('Month'),
    barDescription: l10n.t('{0} · requests: {1} · tokens: {2} · cost: {3}'),
    succeeded: l10n.t('succeeded'),
    failed: l10n.t('failed'),
    summary: l10n.t('{0}. Total: {1}. Maximum: {3} ({2}).'),
    emptySummary: l10n.t('{0}. No requests.'),
  };
}
