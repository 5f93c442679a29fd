import { l10n } from 'vscode';
import type { BudgetStatus } from '../core/errors';
import { formatLimitUsage } from '../notifications/budgetMessages';
import { formatUsd } from '../text/formatUsd';
import type { UsageTotals } from './common/aggregate';
import type { Spending } from './common/budget';
import type { RunCost } from './common/cost';

export function costLines({ usd, source, isEstimate, rates, date }: RunCost): string[] {
  const amount = formatUsd(usd, isEstimate);
  if (source === 'server') return [l10n.t('cost: {0}, as the server reported it', amount)];
  const origin = source === 'settings' ? l10n.t('your prices') : l10n.t('public prices');
  const dated = date === undefined ? origin : l10n.t('{0} of {1}', origin, date);
  const line = l10n.t('cost: {0}, an estimate by {1}', amount, dated);
  if (rates === undefined) return [line];
  const { input, cachedInput = input, output } = rates;
  const [inText, cachedText, outText] = [
    formatUsd(input, false),
    formatUsd(cachedInput, false),
    formatUsd(output, false),
  ];
  return [line, l10n.t('({0} in, {1} cached, {2} out per million tokens)', inText, cachedText, outText)];
}

/** Requests, tokens and cost, with the number of requests for which they are unknown. */
export function formatTotals(totals: UsageTotals): string {
  const tokens = l10n.t('{0} tokens', (totals.input + totals.output).toLocaleString());
  const segments = [totals.runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', totals.runs.toLocaleString()), tokens];
  // Show no cost if no price is known.
  const isPriced = totals.usd > 0 || (totals.runs > 0 && totals.runsWithoutPrice === 0);
  if (isPriced) segments.push(formatUsd(totals.usd, totals.runsEstimated > 0));
  const gaps = formatGaps(totals);
  return gaps === undefined ? segments.join(' · ') : `${segments.join(' · ')} (${gaps})`;
}

function formatGaps({ runsWithoutTokens, runsWithoutPrice }: UsageTotals): string | undefined {
  const gaps: string[] = [];
  if (runsWithoutTokens > 0) gaps.push(l10n.t('{0} without tokens', runsWithoutTokens.toLocaleString()));
  if (runsWithoutPrice > 0) gaps.push(l10n.t('{0} without a price', runsWithoutPrice.toLocaleString()));
  return gaps.length === 0 ? undefined : gaps.join(', ');
}

export function formatBudgetLine(unit: BudgetStatus['unit'], spending: Spending, limit: number): string {
  return formatLimitUsage({ unit, used: spending[unit], limit, isEstimate: spending.isEstimate && unit !== 'runs' });
}
