import type { Usage } from '../../core/chat';
import type { Rates } from '../../core/rates';
import type { LedgerCost } from '../../ledger/common/ledgerRow';
import type { OwnPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';

/** What a run cost, with what that was computed from. */
export interface RunCost extends LedgerCost {
  readonly rates?: Rates;
  readonly date?: string;
}

/** The run that a cost is looked up for. */
export interface PricedRun {
  readonly providerId: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly reportedModel?: string;
  readonly usage?: Usage;
  /** When it began. */
  readonly time: Date;
}

/** Beyond this a computed amount is noise of floating point. */
const DECIMALS = 12;

/**
 * What a run cost: by the server's own word, else by the user's prices, else by the list of public prices. Undefined where
 * nobody knows, which is not 0: without counts of tokens, for a model that has no price, and for a server on this machine,
 * whose models have the names of others.
 * @param own the user's prices by `provider/model` or by model.
 */
export async function costOf(
  run: PricedRun,
  own: Readonly<Record<string, OwnPrice>>,
  listed = listedCost,
): Promise<RunCost | undefined> {
  const { usage } = run;
  if (usage === undefined) return undefined;
  if (usage.costUsd !== undefined) return { usd: usage.costUsd, source: 'server', isEstimate: false };
  const tokens = pricedTokens(usage);
  if (tokens === undefined) return undefined;
  const price = ownPrice(run, own);
  if (price === undefined) return isLoopback(run.baseUrl) ? undefined : listed(run, tokens);
  const { date, ...rates } = price;
  const usd = amount(tokens, rates);
  return { usd, source: 'settings', isEstimate: true, rates, ...(date === undefined ? {} : { date }) };
}

/** (prompt − cached) · input + cached · cached input + completion · output; what was spent on reasoning is completion. */
function amount({ input, cached, output }: Tokens, rates: Rates): number {
  const { cachedInput = rates.input } = rates;
  return rounded(((input - cached) * rates.input + cached * cachedInput + output * rates.output) / 1e6);
}

interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Undefined where one of the counts is not known. A server that reports more cached tokens than tokens is corrected. */
function pricedTokens({ inputTokens, cachedTokens = 0, outputTokens }: Usage): Tokens | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { input: inputTokens, cached: Math.min(cachedTokens, inputTokens), output: outputTokens };
}

function ownPrice({ providerId, model, reportedModel }: PricedRun, own: Readonly<Record<string, OwnPrice>>) {
  const models = reportedModel === undefined ? [model] : [model, reportedModel];
  const names = models.flatMap((name) => [`${providerId}/${name}`, name]);
  const name = names.find((one) => Object.hasOwn(own, one));
  return name === undefined ? undefined : own[name];
}

/** The list is loaded with the first run that needs it. */
async function listedCost(run: PricedRun, tokens: Tokens): Promise<RunCost | undefined> {
  const { listedPrice } = await import('./priceTable');
  const { baseUrl, model, reportedModel, time } = run;
  for (const name of [reportedModel, model]) {
    const price = name === undefined ? undefined : safely(() => listedPrice({ baseUrl, model: name, time }, tokens));
    if (price !== undefined) return { ...price, usd: rounded(price.usd), source: 'prices', isEstimate: true };
  }
  return undefined;
}

function safely<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function rounded(usd: number): number {
  return Number(usd.toFixed(DECIMALS));
}
