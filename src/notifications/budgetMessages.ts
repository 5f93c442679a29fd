import { l10n } from 'vscode';
import type { BudgetStatus } from '../core/errors';
import { formatUsd } from '../text/formatUsd';

/** Formats usage against a limit: `≈$0.12 of $2.00`, `1 of 3 requests`. */
export function formatLimitUsage({ unit, used, limit, isEstimate }: Omit<BudgetStatus, 'period' | 'endsAt'>): string {
  if (unit === 'usd') return l10n.t('{0} of {1}', formatUsd(used, isEstimate), formatUsd(limit, false));
  const [count, max] = [`${isEstimate ? '≈' : ''}${used.toLocaleString()}`, limit.toLocaleString()];
  return unit === 'tokens' ? l10n.t('{0} of {1} tokens', count, max) : l10n.t('{0} of {1} requests', count, max);
}

export function budgetExceededMessage(facts: BudgetStatus | undefined): string {
  if (facts === undefined) return l10n.t('Your budget is used up, so nothing was sent.');
  const used = formatLimitUsage(facts);
  return facts.period === 'daily'
    ? l10n.t("Today's budget is used up ({0}), so nothing was sent. It resets on {1}.", used, formatPeriodEnd(facts))
    : l10n.t(
        "This month's budget is used up ({0}), so nothing was sent. It resets on {1}.",
        used,
        formatPeriodEnd(facts),
      );
}

export function budgetWarningMessage(facts: BudgetStatus): string {
  const used = formatLimitUsage(facts);
  return facts.period === 'daily'
    ? l10n.t("You've reached today's soft limit: {0}. It resets on {1}.", used, formatPeriodEnd(facts))
    : l10n.t("You've reached this month's soft limit: {0}. It resets on {1}.", used, formatPeriodEnd(facts));
}

export function formatPeriodEnd({ endsAt }: BudgetStatus): string {
  return new Date(endsAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
