import { l10n } from 'vscode';
import { formatUsd } from '../text/formatUsd';
import type { RunCost } from './common/cost';

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
