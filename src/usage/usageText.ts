import { l10n } from 'vscode';
import type { BudgetStatus } from '../core/errors';
import { formatLimitUsage } from '../notifications/budgetMessages';
import { formatUsd } from '../text/formatUsd';
import type { Spending } from './common/budget';
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
  const [inText, cachedText, outText] = [
    formatUsd(input, false),
    formatUsd(cachedInput, false),
    formatUsd(output, false),
  ];
  return [line, l10n.t('per million tokens: {0} input, {1} cached, {2} output', inText, cachedText, outText)];
}

/** Totals with the number of runs whose tokens or prices are missing. */
export interface ReportedTotals extends UsageTotals {
  readonly missingTokens: number;
  readonly missingPrices: number;
}

/** Requests, tokens and cost, with the number of requests for which they are missing. */
export function formatTotals(totals: ReportedTotals): string {
  const tokens = totals.input + totals.output;
  const segments = [totals.runs === 1 ? l10n.t('1 request') : l10n.t('{0} requests', totals.runs.toLocaleString())];
  // Unknown is not 0.
  if (tokens > 0 || totals.runsWithoutTokens === 0) segments.push(l10n.t('{0} tokens', tokens.toLocaleString()));
  // Show no cost if no price is known.
  const isPriced = totals.usd > 0 || (totals.runs > 0 && totals.runsWithoutPrice === 0);
  if (isPriced) segments.push(formatUsd(totals.usd, totals.runsEstimated > 0));
  const gaps = formatGaps(totals);
  return gaps === undefined ? segments.join(' · ') : `${segments.join(' · ')} (${gaps})`;
}

function formatGaps({ missingTokens, missingPrices }: ReportedTotals): string | undefined {
  const [tokens, prices] = [missingTokens.toLocaleString(), missingPrices.toLocaleString()];
  if (missingTokens > 0 && missingPrices > 0) {
    return l10n.t('token counts missing for {0}, prices for {1}', tokens, prices);
  }
  if (missingTokens > 0) return l10n.t('token counts missing for {0}', tokens);
  return missingPrices > 0 ? l10n.t('prices missing for {0}', prices) : undefined;
}

export function formatBudgetLine(unit: BudgetStatus['unit'], spending: Spending, limit: number): string {
  return formatLimitUsage({ unit, used: spending[unit], limit, isEstimate: spending.isEstimate && unit !== 'runs' });
}
