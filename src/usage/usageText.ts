import { l10n } from 'vscode';
import type { Endpoint, ParameterSet } from '../core/chat';
import type { CustomPrice } from '../settings/common/spendingSettings';
import { formatUsd } from '../text/formatUsd';
import { withoutUndefined } from '../util/withoutUndefined';
import { estimateCost, type RunCost } from './common/cost';

export function costLines({ usd, source, isEstimate, rates, date }: RunCost): string[] {
  const amount = formatUsd(usd, isEstimate);
  if (source === 'server') return [l10n.t('cost: {0} (reported by the server)', amount)];
  const origin = source === 'settings' ? l10n.t('your prices') : l10n.t('built-in prices');
  const dated = date === undefined ? origin : l10n.t('{0} as of {1}', origin, date);
  const line = l10n.t('cost: {0} (estimated from {1})', amount, dated);
  if (rates === undefined) return [line];
  const { input, cachedInput = input, cacheWrite = input, output } = rates;
  const [inText = '', cachedText = '', writeText = '', outText = ''] = [input, cachedInput, cacheWrite, output].map(
    (rate) => formatUsd(rate, false),
  );
  const perMillion =
    cacheWrite === input
      ? l10n.t('per million tokens: {0} input, {1} cached, {2} output', inText, cachedText, outText)
      : l10n.t(
          'per million tokens: {0} input, {1} cached, {2} written to the cache, {3} output',
          inText,
          cachedText,
          writeText,
          outText,
        );
  return [line, perMillion];
}

export interface RequestEstimate {
  readonly ready: { readonly endpoint: Endpoint; readonly model: string };
  /** Of all requests together. */
  readonly inputTokens: number;
  readonly requestCount?: number;
  readonly parameters: ParameterSet;
  readonly prices: Readonly<Record<string, CustomPrice>>;
}

/** The size and the cost of requests before they are sent. */
export async function estimateText(estimate: RequestEstimate): Promise<string> {
  const { ready, inputTokens, requestCount = 1, parameters, prices } = estimate;
  const maxOutputTokens = parameters.maxOutputTokens && parameters.maxOutputTokens * requestCount;
  const tokens = { inputTokens, ...withoutUndefined({ maxOutputTokens }) };
  const { input, max } = await estimateCost({ ...ready.endpoint, model: ready.model }, tokens, prices);
  const size = inputTokens.toLocaleString();
  if (input === undefined) return l10n.t('≈ {0} tokens', size);
  const cost = formatUsd(input, false);
  if (max === undefined || maxOutputTokens === undefined) return l10n.t('≈ {0} tokens, ≈ {1}', size, cost);
  const limit = maxOutputTokens.toLocaleString();
  return l10n.t('≈ {0} tokens, ≈ {1}, at most {2} for {3} tokens of answer', size, cost, formatUsd(max, false), limit);
}
