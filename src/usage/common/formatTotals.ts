import { formatUsd } from '../../text/formatUsd';
import type { UsageTotals } from './usageReport';

/** VS Code's `l10n`, which pure code can't import. */
export interface Localizer {
  t(message: string, ...values: readonly string[]): string;
}

/** Requests, tokens and cost, with the number of requests for which they are missing. Unknown is not 0. */
export function formatTotals(totals: UsageTotals, l10n: Localizer, language?: string): string {
  const { runs, input, output, usd, runsWithoutTokens, runsWithoutPrice } = totals;
  const format = (count: number) => count.toLocaleString(language);
  const segments = [runs === 1 ? l10n.t('1 request') : l10n.t('{0} requests', format(runs))];
  if (input + output > 0) segments.push(l10n.t('{0} tokens', format(input + output)));
  if (usd > 0) segments.push(formatUsd(usd, totals.runsEstimated > 0, language));
  const gaps: string[] = [];
  if (runsWithoutTokens > 0) gaps.push(l10n.t('token counts missing for {0}', format(runsWithoutTokens)));
  if (runsWithoutPrice > 0) gaps.push(l10n.t('prices missing for {0}', format(runsWithoutPrice)));
  return gaps.length === 0 ? segments.join(' · ') : `${segments.join(' · ')} (${gaps.join(', ')})`;
}
