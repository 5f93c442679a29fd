import type { Usage } from '../../core/chat';
import type { QuilletError } from '../../core/errors';
import type { RunPlan } from '../../core/run';
import type { RunRecord } from '../../core/runRecord';
import { LEDGER_VERSION, type LedgerEstimate, type LedgerRow, type LedgerTokens } from '../../ledger/common/ledgerRow';
import type { CustomPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import { mayHaveUsedTokens } from './aggregate';
import { computeCost, type RunCost } from './cost';

/** Names of models come from servers, and can be anything; more of them is not kept. */
const MAX_NAME_LENGTH = 200;
/** A token has hardly ever fewer characters; so many are assumed at least for a run that nobody reported. */
const CHARACTERS_PER_TOKEN = 3;
const MIN_ESTIMATED_TOKENS = 1000;
/** US dollars that are assumed for a million tokens of a model on another machine whose price nobody knows. */
const FALLBACK_USD_PER_MILLION = 10;

/** So many tokens are held back for the answer of a run under way, where the request has no limit of its own. */
const DEFAULT_RESERVED_OUTPUT_TOKENS = 1000;

/** What a row is made of. */
export interface RunFacts {
  readonly id: string;
  readonly time: Date;
  readonly plan: RunPlan;
  readonly workspace: string | undefined;
  /** Takes keys out of what a server or a setting may have put into a name. */
  readonly redact: (text: string) => string;
}

/** A run that is about to be sent. */
export interface AdmissionRequest extends Pick<RunFacts, 'plan' | 'time'> {
  readonly charactersIn: number;
}

/**
 * What budgets hold back for a run from the moment it is sent until it is known what it used: a token for every three
 * characters of the request, the longest answer that it may have, and the price of both.
 */
export async function reserve(
  { plan, time, charactersIn }: AdmissionRequest,
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<LedgerEstimate> {
  const { providerId, baseUrl } = plan.endpoint;
  const usage = {
    inputTokens: estimateTokens(charactersIn),
    outputTokens: plan.parameters.maxOutputTokens ?? DEFAULT_RESERVED_OUTPUT_TOKENS,
  };
  const tokens = usage.inputTokens + usage.outputTokens;
  const cost = await computeCost({ providerId, baseUrl, model: plan.model, time, usage }, userPrices);
  const usd = cost?.usd ?? fallbackCost(plan, tokens);
  return { tokens, ...withoutUndefined({ usd }) };
}

/** Calls `send` where a run may be sent, with what is held back for it; else says why it may not. Never throws. */
export type BudgetGate = (
  run: AdmissionRequest,
  send: (reserved: LedgerEstimate | undefined) => void,
) => Promise<QuilletError | undefined>;

/** A run as it stands in the ledger if it never ends. @param reserved what budgets hold back for it, where there is one. */
export function abandonedRow(facts: RunFacts, charactersIn: number, reserved?: LedgerEstimate): LedgerRow {
  const tokens = Math.max(estimateTokens(charactersIn), MIN_ESTIMATED_TOKENS);
  const usd = fallbackCost(facts.plan, tokens);
  const assumed = reserved ?? { tokens, ...withoutUndefined({ usd }) };
  return { ...commonFields(facts), outcome: 'lost', attempts: 1, tokens: {}, assumed, totalMs: 0 };
}

/** A run that ended, with what it cost where that is known. Loads prices where they are needed. */
export async function completedRow(
  facts: RunFacts,
  record: RunRecord,
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<{ row: LedgerRow; cost: RunCost | undefined }> {
  const { reportedModel, usage, error, firstTextMs } = record;
  const { plan, time, redact } = facts;
  const cost = await computeCost(
    {
      providerId: plan.endpoint.providerId,
      baseUrl: plan.endpoint.baseUrl,
      model: plan.model,
      time,
      ...withoutUndefined({ reportedModel, usage }),
    },
    userPrices,
  );
  const assumed = mayHaveUsedTokens(record.attempts, error?.kind)
    ? await estimateUsage(facts, record, { cost, userPrices })
    : undefined;
  const row: LedgerRow = {
    ...commonFields(facts),
    ...withoutUndefined({
      reportedModel: reportedModel === undefined ? undefined : toModelName(reportedModel, redact),
    }),
    outcome: record.outcome,
    ...withoutUndefined({ error: error === undefined ? undefined : error.kind }),
    attempts: record.attempts,
    tokens: toLedgerTokens(usage),
    ...withoutUndefined({
      cost: cost === undefined ? undefined : { usd: cost.usd, source: cost.source, isEstimate: cost.isEstimate },
      assumed,
      firstTextMs,
    }),
    totalMs: record.totalMs,
  };
  return { row, cost };
}

function commonFields({ id, time, plan, workspace, redact }: RunFacts) {
  return {
    v: LEDGER_VERSION,
    id,
    time: time.toISOString(),
    provider: toName(plan.endpoint.providerId, redact),
    model: toModelName(plan.model, redact),
    prompt: toName(plan.promptId, redact),
    destination: toName(plan.destination, redact),
    ...withoutUndefined({ workspace: workspace === undefined ? undefined : toName(workspace, redact) }),
  } as const;
}

/** Local servers call a model by the place of its file, in somebody's home; the file's name says as much. */
function toModelName(text: string, redact: (text: string) => string): string {
  const isPath = /^(?:~?[\\/]|[a-z]:[\\/]|file:)/i.test(text);
  return toName((isPath ? text.split(/[\\/]/).findLast((part) => part !== '') : text) ?? '', redact);
}

function toName(text: string, redact: (text: string) => string): string {
  const name = redact(text).slice(0, MAX_NAME_LENGTH);
  return name === '' ? '?' : name;
}

function toLedgerTokens({ inputTokens, cachedTokens, outputTokens, reasoningTokens }: Usage = {}): LedgerTokens {
  return {
    ...withoutUndefined({ input: inputTokens, cached: cachedTokens, output: outputTokens, reasoning: reasoningTokens }),
  };
}

/**
 * What budgets count for a run whose tokens or cost are not known, so that no server gets past them by reporting nothing
 * (E19): a token for every three characters of request and answer and at least a thousand, and the price of that.
 */
async function estimateUsage(
  { plan, time }: RunFacts,
  { usage = {}, charactersIn, charactersOut }: RunRecord,
  { cost, userPrices }: { cost: RunCost | undefined; userPrices: Readonly<Record<string, CustomPrice>> },
): Promise<LedgerEstimate | undefined> {
  const isCounted = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  if (isCounted && cost !== undefined) return undefined;
  const { inputTokens = estimateTokens(charactersIn), outputTokens = estimateTokens(charactersOut) } = usage;
  const minTokens = isCounted ? 0 : Math.max(MIN_ESTIMATED_TOKENS, usage.totalTokens ?? 0);
  const tokens = Math.max(inputTokens + outputTokens, minTokens);
  const { providerId, baseUrl } = plan.endpoint;
  const counts = { inputTokens, outputTokens: tokens - inputTokens };
  const estimatedCost =
    cost ?? (await computeCost({ providerId, baseUrl, model: plan.model, time, usage: counts }, userPrices));
  const usd = estimatedCost?.usd ?? fallbackCost(plan, tokens);
  return {
    ...withoutUndefined({
      tokens: isCounted ? undefined : tokens,
      usd: cost !== undefined || usd === undefined ? undefined : usd,
    }),
  };
}

/** A model on this machine costs nothing. */
function fallbackCost({ endpoint }: RunPlan, tokens: number): number | undefined {
  return isLoopback(endpoint.baseUrl) ? undefined : (tokens * FALLBACK_USD_PER_MILLION) / 1e6;
}

function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
