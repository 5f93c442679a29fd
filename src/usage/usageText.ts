import { l10n } from 'vscode';
import { formatUsd } from '../text/formatUsd';
import type { RunCost } from './common/cost';
import type { UsageTotals } from './common/usageReport';

export function costLines({ usd, source, isEstimate, rates, date }: RunCost): string[] {
  const amount = formatUsd(usd, isEstimate);
  if (source === 'server') return [l10n.t('cost: {0} (reported by the server)', amount)];
  const origin = source === 'settings' ? l10n.t('your prices') : l10n.t('built-in prices');
  const dated = date === undefined ? origin : l10n.t('{0} as of {1}', origin, date);
  const line = l10n.t('cost: {0} (estimated from {1})', amount, dated);
  if (rates === undefined) return [line];
  const { input, cachedInput = input, output } = rates;
  const [inText = '', cachedText = '', outText = ''] = [input, cachedInput, output].map((rate) =>
    formatUsd(rate, false),
  );
  return [line, l10n.t('per million tokens: {0} input, {1} cached, {2} output', inText, cachedText, outText)];
}

/** Requests, tokens and cost, with the number of requests for which they are missing. Unknown is not 0. */
export function formatTotals({ runs, input, output, usd, ...totals }: UsageTotals): string {
  const segments = [runs === 1 ? l10n.t('1 request') : l10n.t('{0} requests', runs.toLocaleString())];
  if (input + output > 0) segments.push(l10n.t('{0} tokens', (input + output).toLocaleString()));
  if (usd > 0) segments.push(formatUsd(usd, totals.runsEstimated > 0));
  const gaps: string[] = [];
  const { runsWithoutTokens, runsWithoutPrice } = totals;
  if (runsWithoutTokens > 0) gaps.push(l10n.t('token counts missing for {0}', runsWithoutTokens.toLocaleString()));
  if (runsWithoutPrice > 0) gaps.push(l10n.t('prices missing for {0}', runsWithoutPrice.toLocaleString()));
  return gaps.length === 0 ? segments.join(' · ') : `${segments.join(' · ')} (${gaps.join(', ')})`;
}
