import { l10n } from 'vscode';
import type { BudgetStatus } from '../core/errors';
import { formatLimitUsage } from '../notifications/budgetMessages';
import { formatUsd } from '../text/formatUsd';
import type { UsageSum } from './common/aggregate';
import type { Spent } from './common/budget';
import type { RunCost } from './common/cost';

/** What a run cost and where that is from, and the rates it was computed with, as lines. */
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

/** What runs came to, and of how many of them that is not known. */
export function sumText(sum: UsageSum): string {
  const tokens = l10n.t('{0} tokens', (sum.input + sum.output).toLocaleString());
  const parts = [sum.runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', sum.runs.toLocaleString()), tokens];
  // Where nobody knows a price, the word cost is left out, and so is a sum of nothing.
  const isPriced = sum.usd > 0 || (sum.runs > 0 && sum.runsWithoutPrice === 0);
  if (isPriced) parts.push(formatUsd(sum.usd, sum.runsEstimated > 0));
  const gaps = gapsText(sum);
  return gaps === undefined ? parts.join(' · ') : `${parts.join(' · ')} (${gaps})`;
}

function gapsText({ runsWithoutTokens, runsWithoutPrice }: UsageSum): string | undefined {
  const gaps: string[] = [];
  if (runsWithoutTokens > 0) gaps.push(l10n.t('{0} without tokens', runsWithoutTokens.toLocaleString()));
  if (runsWithoutPrice > 0) gaps.push(l10n.t('{0} without a price', runsWithoutPrice.toLocaleString()));
  return gaps.length === 0 ? undefined : gaps.join(', ');
}

/** The same for a limit that may be far away. */
export function budgetLine(unit: BudgetStatus['unit'], spent: Spent, limit: number): string {
  return formatLimitUsage({ unit, used: spent[unit], limit, isEstimate: spent.isEstimate && unit !== 'runs' });
}
