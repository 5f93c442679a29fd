import type { Usage } from '../../core/chat';
import type { Rates } from '../../core/rates';
import type { CustomPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { UsageCost } from './usageRow';

export interface RunCost extends UsageCost {
  readonly rates?: Rates;
  readonly date?: string;
}

export interface PricedRun {
  readonly providerId: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly reportedModel?: string;
  readonly usage?: Usage;
  readonly time: Date;
}

const MAX_DECIMALS = 12;

/**
 * The cost of a run: reported by the server, else from the user's prices (keyed by `provider/model` or model), else
 * from the built-in price list. Undefined, not 0, if the token counts or the price are unknown. The built-in list is
 * not used for servers on this machine, whose models often share names with hosted ones.
 */
export async function computeCost(
  run: PricedRun,
  userPrices: Readonly<Record<string, CustomPrice>>,
  lookUpListedCost = findListedCost,
): Promise<RunCost | undefined> {
  const { usage } = run;
  if (usage === undefined) return undefined;
  if (usage.costUsd !== undefined) return { usd: usage.costUsd, source: 'server', isEstimate: false };
  const tokens = toPricedTokens(usage);
  if (tokens === undefined) return undefined;
  const price = findUserPrice(run, userPrices);
  if (price === undefined) return isLoopback(run.baseUrl) ? undefined : lookUpListedCost(run, tokens);
  const { date, ...rates } = price;
  const usd = computeAmount(tokens, rates);
  return { usd, source: 'settings', isEstimate: true, rates, ...withoutUndefined({ date }) };
}

/** Reasoning tokens are part of the output. */
function computeAmount({ input, cached, output }: TokenCounts, rates: Rates): number {
  const { cachedInput = rates.input } = rates;
  return roundUsd(((input - cached) * rates.input + cached * cachedInput + output * rates.output) / 1e6);
}

interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Undefined if a count is missing. Corrects servers that report more cached tokens than input tokens. */
function toPricedTokens({ inputTokens, cachedTokens = 0, outputTokens }: Usage): TokenCounts | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { input: inputTokens, cached: Math.min(cachedTokens, inputTokens), output: outputTokens };
}

function findUserPrice(
  { providerId, model, reportedModel }: PricedRun,
  userPrices: Readonly<Record<string, CustomPrice>>,
) {
  const models = reportedModel === undefined ? [model] : [model, reportedModel];
  const names = models.flatMap((name) => [`${providerId}/${name}`, name]);
  const name = names.find((candidate) => Object.hasOwn(userPrices, candidate));
  return name === undefined ? undefined : userPrices[name];
}

async function findListedCost(run: PricedRun, tokens: TokenCounts): Promise<RunCost | undefined> {
  const { findListedPrice } = await import('./priceTable');
  const { baseUrl, model, reportedModel, time } = run;
  for (const name of [reportedModel, model]) {
    const price =
      name === undefined ? undefined : tryOrUndefined(() => findListedPrice({ baseUrl, model: name, time }, tokens));
    if (price !== undefined) return { ...price, usd: roundUsd(price.usd), source: 'prices', isEstimate: true };
  }
  return undefined;
}

function tryOrUndefined<T>(lookUp: () => T): T | undefined {
  try {
    return lookUp();
  } catch {
    return undefined;
  }
}

function roundUsd(usd: number): number {
  return Number(usd.toFixed(MAX_DECIMALS));
}
