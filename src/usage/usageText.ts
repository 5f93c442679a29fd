import { l10n } from 'vscode';
import type { Spent } from './common/budget';
import type { RunCost } from './common/cost';
import type { BudgetFacts } from '../core/errors';
import type { UsageSum } from './common/aggregate';

/** What is less is shown as this, and not as nothing. */
const LEAST_SHOWN = 0.000001;

/** An amount of dollars; small ones have as many digits as it takes to tell them from nothing. */
export function moneyText(usd: number, isEstimate: boolean): string {
  const maximumFractionDigits = usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6;
  const format = { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits } as const;
  const text = Math.max(usd, usd > 0 ? LEAST_SHOWN : 0).toLocaleString([], format);
  return isEstimate ? `≈${text}` : text;
}

/** How far a limit is used up: `≈$0.12 of $2.00`, `1 of 3 requests`. */
function ofLimit({ unit, used, limit, isEstimate }: Omit<BudgetFacts, 'period' | 'endsAt'>): string {
  if (unit === 'usd') return l10n.t('{0} of {1}', moneyText(used, isEstimate), moneyText(limit, false));
  const [count, most] = [`${isEstimate ? '≈' : ''}${used.toLocaleString()}`, limit.toLocaleString()];
  return unit === 'tokens' ? l10n.t('{0} of {1} tokens', count, most) : l10n.t('{0} of {1} requests', count, most);
}

/** What a run cost and where that is from, and the rates it was computed with, as lines. */
export function costLines({ usd, source, isEstimate, rates, date }: RunCost): string[] {
  const amount = moneyText(usd, isEstimate);
  if (source === 'server') return [l10n.t('cost: {0}, as the server reported it', amount)];
  const origin = source === 'settings' ? l10n.t('your prices') : l10n.t('public prices');
  const dated = date === undefined ? origin : l10n.t('{0} of {1}', origin, date);
  const line = l10n.t('cost: {0}, an estimate by {1}', amount, dated);
  if (rates === undefined) return [line];
  const { input, cachedInput = input, output } = rates;
  const [inText, cachedText, outText] = [
    moneyText(input, false),
    moneyText(cachedInput, false),
    moneyText(output, false),
  ];
  return [line, l10n.t('({0} in, {1} cached, {2} out per million tokens)', inText, cachedText, outText)];
}

/** What runs came to, and of how many of them that is not known. */
export function sumText(sum: UsageSum): string {
  const tokens = l10n.t('{0} tokens', (sum.input + sum.output).toLocaleString());
  const parts = [sum.runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', sum.runs.toLocaleString()), tokens];
  // Where nobody knows a price, the word cost is left out, and so is a sum of nothing.
  const isPriced = sum.usd > 0 || (sum.runs > 0 && sum.runsWithoutPrice === 0);
  if (isPriced) parts.push(moneyText(sum.usd, sum.runsEstimated > 0));
  const gaps = gapsText(sum);
  return gaps === undefined ? parts.join(' · ') : `${parts.join(' · ')} (${gaps})`;
}

function gapsText({ runsWithoutTokens, runsWithoutPrice }: UsageSum): string | undefined {
  const gaps: string[] = [];
  if (runsWithoutTokens > 0) gaps.push(l10n.t('{0} without tokens', runsWithoutTokens.toLocaleString()));
  if (runsWithoutPrice > 0) gaps.push(l10n.t('{0} without a price', runsWithoutPrice.toLocaleString()));
  return gaps.length === 0 ? undefined : gaps.join(', ');
}

/** Why nothing was sent, and until when. */
export function budgetRefusal(facts: BudgetFacts | undefined): string {
  if (facts === undefined) return l10n.t('Your budget is used up, so nothing was sent.');
  const used = ofLimit(facts);
  return facts.period === 'daily'
    ? l10n.t('Your budget for today is used up ({0}), so nothing was sent. It begins anew {1}.', used, end(facts))
    : l10n.t('Your budget for this month is used up ({0}), so nothing was sent. It begins anew {1}.', used, end(facts));
}

/** That a soft limit is reached; sending goes on. */
export function budgetWarning(facts: BudgetFacts): string {
  const used = ofLimit(facts);
  return facts.period === 'daily'
    ? l10n.t('Your soft budget for today is reached: {0}. It begins anew {1}.', used, end(facts))
    : l10n.t('Your soft budget for this month is reached: {0}. It begins anew {1}.', used, end(facts));
}

/** The same for a limit that may be far away. */
export function budgetLine(unit: BudgetFacts['unit'], spent: Spent, limit: number): string {
  return ofLimit({ unit, used: spent[unit], limit, isEstimate: spent.isEstimate && unit !== 'runs' });
}

function end({ endsAt }: BudgetFacts): string {
  return new Date(endsAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
