import { calcPrice, findProvider } from '@pydantic/genai-prices';
import type { Rates } from '../../core/rates';
import { withoutUndefined } from '../../util/withoutUndefined';

export interface PriceQuery {
  readonly baseUrl: string;
  readonly model: string;
  /** Some prices depend on the date or the time of day. */
  readonly time: Date;
}

export interface PricedTokens {
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  /** A part of `written`. */
  readonly writtenForHour: number;
  readonly output: number;
}

export interface ListedPrice {
  readonly usd: number;
  readonly rates?: Rates;
}

/** Looks up the built-in price list by the provider's URL, otherwise by model name alone. */
export function findListedPrice(query: PriceQuery, tokens: PricedTokens): ListedPrice | undefined {
  const usage = {
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cached,
    cache_write_tokens: tokens.written,
    cache_write_1h_tokens: tokens.writtenForHour,
    output_tokens: tokens.output,
  };
  const providerId = findProvider({ providerApiUrl: query.baseUrl })?.id;
  const result = calcPrice(usage, query.model, { ...withoutUndefined({ providerId }), timestamp: query.time });
  if (result === null) return undefined;
  const { input_mtok: input, cache_read_mtok: cached = input, output_mtok: output } = result.model_price;
  // Models priced per page or second have no known price here.
  if (input === undefined || output === undefined) return undefined;
  const hasRates = typeof input === 'number' && typeof output === 'number' && typeof cached === 'number';
  const { cache_write_mtok: written, cache_write_1h_mtok: writtenForHour } = result.model_price;
  // The library would take the lower price for five minutes.
  if (tokens.writtenForHour > 0 && writtenForHour === undefined) return undefined;
  const writeRates = withoutUndefined({ cacheWrite: toRate(written), cacheWriteHour: toRate(writtenForHour) });
  const rates = hasRates ? { input, cachedInput: cached, ...writeRates, output } : undefined;
  return { usd: result.total_price, ...withoutUndefined({ rates }) };
}

// Some prices depend on the size of the request.
function toRate(price: unknown): number | undefined {
  return typeof price === 'number' ? price : undefined;
}
