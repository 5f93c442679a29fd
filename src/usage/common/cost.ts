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
  if (price === undefined) {
    const isListed = !isLoopback(run.baseUrl) && run.baseUrl !== VSCODE_MODELS_URL && hasPublicPrice(usage);
    return isListed ? findListedCost(run, tokens).catch(() => undefined) : undefined;
  }
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

function computeAmount({ input, cached, written, writtenForHour, output }: PricedTokens, rates: Rates): number {
  const { cachedInput = rates.input, cacheWrite = rates.input, cacheWriteHour = cacheWrite } = rates;
  const inputUsd = (input - cached - written) * rates.input + cached * cachedInput;
  const writeUsd = (written - writtenForHour) * cacheWrite + writtenForHour * cacheWriteHour;
  return roundUsd((inputUsd + writeUsd + output * rates.output) / 1e6);
}

// Corrects servers that report more tokens of the cache than input tokens.
function toPricedTokens(usage: Usage): PricedTokens | undefined {
  const { inputTokens: input, outputTokens: output, cachedTokens = 0 } = usage;
  if (input === undefined || output === undefined) return undefined;
  const { cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = usage;
  const cached = Math.min(cachedTokens, input);
  const written = Math.min(cacheWriteTokens, input - cached);
  return { input, cached, written, writtenForHour: Math.min(cacheWriteHourTokens, written), output };
}

// Public prices are for the usual tier. Others cost more or less.
function hasPublicPrice({ serviceTier }: Usage): boolean {
  return serviceTier === undefined || /^(?:default|standard|auto|on[_-]demand)$/i.test(serviceTier);
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
