import { calcPrice, findProvider } from '@pydantic/genai-prices';
import type { Rates } from '../../core/rates';
import { withoutUndefined } from '../../util/withoutUndefined';

/** A model as a price is looked up for it. */
export interface PriceQuery {
  readonly baseUrl: string;
  readonly model: string;
  /** Prices change, and some depend on the time of day. */
  readonly time: Date;
}

/** Counts of tokens; the cached ones are among the input. */
export interface PricedTokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

export interface ListedPrice {
  /** US dollars. */
  readonly usd: number;
  /** Undefined where the price has steps. */
  readonly rates?: Rates;
}

/**
 * What a run costs by the public prices of its provider; where the address is none of a known provider, by the model's
 * name. Undefined where there is no such model. The list is the one that was current when Quillet was built.
 */
export function findListedPrice(query: PriceQuery, tokens: PricedTokens): ListedPrice | undefined {
  const usage = { input_tokens: tokens.input, cache_read_tokens: tokens.cached, output_tokens: tokens.output };
  const provider = findProvider({ providerApiUrl: query.baseUrl });
  const result = calcPrice(usage, query.model, {
    ...withoutUndefined({ providerId: provider === undefined ? undefined : provider.id }),
    timestamp: query.time,
  });
  if (result === null) return undefined;
  const { input_mtok: input, cache_read_mtok: cached = input, output_mtok: output } = result.model_price;
  // A model that is priced by something else, such as pages or seconds, is not one whose price is known.
  if (input === undefined || output === undefined) return undefined;
  const hasRates = typeof input === 'number' && typeof output === 'number' && typeof cached === 'number';
  return {
    usd: result.total_price,
    ...withoutUndefined({ rates: hasRates ? { input, cachedInput: cached, output } : undefined }),
  };
}
