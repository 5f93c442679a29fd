import { type Usage, VSCODE_MODELS_URL } from '../../core/chat';
import type { Rates } from '../../core/rates';
import type { CustomPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PricedTokens } from './priceTable';
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

/** Undefined, not 0, if unknown. Models of this machine and of VS Code share names with those that have listed prices. */
export async function computeCost(
  run: PricedRun,
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<RunCost | undefined> {
  const { usage } = run;
  if (usage === undefined) return undefined;
  if (usage.costUsd !== undefined) return { usd: usage.costUsd, source: 'server', isEstimate: false };
  const tokens = toPricedTokens(usage);
  if (tokens === undefined) return undefined;
  const price = findUserPrice(run, userPrices);
  if (price === undefined)
    return isLoopback(run.baseUrl) || run.baseUrl === VSCODE_MODELS_URL
      ? undefined
      : findListedCost(run, tokens).catch(() => undefined);
  const { date, ...rates } = price;
  const usd = computeAmount(tokens, rates);
  return { usd, source: 'settings', isEstimate: true, rates, ...withoutUndefined({ date }) };
}

/** What a request will cost before it is sent: its input alone, and with the longest answer if that is limited. */
export async function estimateCost(
  model: Pick<PricedRun, 'providerId' | 'baseUrl' | 'model'>,
  { inputTokens, maxOutputTokens }: { readonly inputTokens: number; readonly maxOutputTokens?: number },
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<{ readonly input?: number; readonly max?: number }> {
  const costWith = async (outputTokens: number) =>
    (await computeCost({ ...model, usage: { inputTokens, outputTokens }, time: new Date() }, userPrices))?.usd;
  const input = await costWith(0);
  const max = maxOutputTokens === undefined ? undefined : await costWith(maxOutputTokens);
  return withoutUndefined({ input, max });
}

function computeAmount({ input, cached, output }: PricedTokens, rates: Rates): number {
  const { cachedInput = rates.input } = rates;
  return roundUsd(((input - cached) * rates.input + cached * cachedInput + output * rates.output) / 1e6);
}

// Corrects servers that report more cached tokens than input tokens.
function toPricedTokens({ inputTokens, cachedTokens = 0, outputTokens }: Usage): PricedTokens | undefined {
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

async function findListedCost(run: PricedRun, tokens: PricedTokens): Promise<RunCost | undefined> {
  const { findListedPrice } = await import('./priceTable');
  for (const model of [run.reportedModel ?? run.model, run.model]) {
    const price = findListedPrice({ ...run, model }, tokens);
    if (price !== undefined) return { ...price, usd: roundUsd(price.usd), source: 'prices', isEstimate: true };
  }
  return undefined;
}

function roundUsd(usd: number): number {
  return Number(usd.toFixed(MAX_DECIMALS));
}
