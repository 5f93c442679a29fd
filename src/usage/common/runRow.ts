import type { Usage } from '../../core/chat';
import type { QuilletError } from '../../core/errors';
import type { RunPlan } from '../../core/run';
import type { RunRecord } from '../../core/runRecord';
import type { CustomPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';
import { withoutUndefined } from '../../util/withoutUndefined';
import { computeCost, type PricedRun, type RunCost } from './cost';
import { mayHaveUsedTokens } from './usageReport';
import { FORMAT_VERSION, type UsageEstimate, type UsageRow, type UsageTokens } from './usageRow';

const MAX_NAME_LENGTH = 200;
/** Hardly any tokenizer averages fewer characters per token. */
const CHARACTERS_PER_TOKEN = 3;
const MIN_ESTIMATED_TOKENS = 1000;
/** Assumed for remote models without a known price. */
const FALLBACK_USD_PER_MILLION = 10;

const DEFAULT_RESERVED_OUTPUT_TOKENS = 1000;

export interface RunFacts {
  readonly id: string;
  readonly time: Date;
  readonly plan: RunPlan;
  readonly workspace: string | undefined;
  readonly redact: (text: string) => string;
}

export interface AdmissionRequest extends Pick<RunFacts, 'plan' | 'time'> {
  readonly charactersIn: number;
}

/** What budgets set aside while a run is in progress: estimated input tokens, the maximum output, and their price. */
export async function reserve(
  { plan, time, charactersIn }: AdmissionRequest,
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<UsageEstimate> {
  const inputTokens = estimateTokens(charactersIn);
  const outputTokens = plan.parameters.maxOutputTokens ?? DEFAULT_RESERVED_OUTPUT_TOKENS;
  const tokens = inputTokens + outputTokens;
  const cost = await computeCost(toPricedRun(plan, time, { usage: { inputTokens, outputTokens } }), userPrices);
  return { tokens, ...withoutUndefined({ usd: cost?.usd ?? fallbackCost(plan, tokens) }) };
}

/** Calls `recordReservation` if the budget allows the run, otherwise returns the error. Never throws. */
export type BudgetGate = (
  run: AdmissionRequest,
  recordReservation: (reserved: UsageEstimate | undefined) => void,
) => Promise<QuilletError | undefined>;

/** Counts as abandoned if no row says how the run ended. */
export function startedRow(facts: RunFacts, charactersIn: number, reserved?: UsageEstimate): UsageRow {
  const tokens = Math.max(estimateTokens(charactersIn), MIN_ESTIMATED_TOKENS);
  const estimated = reserved ?? { tokens, ...withoutUndefined({ usd: fallbackCost(facts.plan, tokens) }) };
  return { ...commonFields(facts), outcome: 'started', attempts: 1, tokens: {}, estimated };
}

export async function completedRow(
  facts: RunFacts,
  record: RunRecord,
  userPrices: Readonly<Record<string, CustomPrice>>,
): Promise<{ row: UsageRow; cost: RunCost | undefined }> {
  const { reportedModel, usage, error, firstTextMs } = record;
  const { plan, time, redact } = facts;
  const cost = await computeCost(toPricedRun(plan, time, withoutUndefined({ reportedModel, usage })), userPrices);
  const estimated = mayHaveUsedTokens(record.attempts, error?.kind)
    ? await estimateUsage(facts, record, { cost, userPrices })
    : undefined;
  const row: UsageRow = {
    ...commonFields(facts),
    outcome: record.outcome,
    attempts: record.attempts,
    tokens: toUsageTokens(usage),
    totalMs: record.totalMs,
    ...withoutUndefined({
      reportedModel: reportedModel === undefined ? undefined : toModelName(reportedModel, redact),
      serviceTier: usage?.serviceTier === undefined ? undefined : toName(usage.serviceTier, redact),
      error: error?.kind,
      cost: cost === undefined ? undefined : { usd: cost.usd, source: cost.source, isEstimate: cost.isEstimate },
      estimated,
      firstTextMs,
    }),
  };
  return { row, cost };
}

function toPricedRun(
  { endpoint, model }: RunPlan,
  time: Date,
  reported: Pick<PricedRun, 'reportedModel' | 'usage'>,
): PricedRun {
  return { providerId: endpoint.providerId, baseUrl: endpoint.baseUrl, model, time, ...reported };
}

function commonFields({ id, time, plan, workspace, redact }: RunFacts) {
  return {
    v: FORMAT_VERSION,
    id,
    time: time.toISOString(),
    provider: toName(plan.endpoint.providerId, redact),
    model: toModelName(plan.model, redact),
    prompt: toName(plan.title, redact),
    destination: toName(plan.destination, redact),
    ...withoutUndefined({ workspace: workspace === undefined ? undefined : toName(workspace, redact) }),
  } as const;
}

/** Local servers use the path of the model file, which may contain the user's name. Keep the file name only. */
function toModelName(text: string, redact: (text: string) => string): string {
  const isPath = /^(?:~?[\\/]|[a-z]:[\\/]|file:)/i.test(text);
  return toName((isPath ? text.split(/[\\/]/).findLast((part) => part !== '') : text) ?? '', redact);
}

function toName(text: string, redact: (text: string) => string): string {
  const name = redact(text).slice(0, MAX_NAME_LENGTH);
  return name === '' ? '?' : name;
}

function toUsageTokens(usage: Usage = {}): UsageTokens {
  return withoutUndefined({
    input: usage.inputTokens,
    cached: usage.cachedTokens,
    cacheWrite: usage.cacheWriteTokens,
    cacheWriteHour: usage.cacheWriteHourTokens,
    output: usage.outputTokens,
    reasoning: usage.reasoningTokens,
  });
}

/** What budgets count if tokens or cost are unknown, so that reporting nothing doesn't get around a limit. */
async function estimateUsage(
  { plan, time }: RunFacts,
  { usage = {}, charactersIn, charactersOut }: RunRecord,
  { cost, userPrices }: { cost: RunCost | undefined; userPrices: Readonly<Record<string, CustomPrice>> },
): Promise<UsageEstimate | undefined> {
  const isCounted = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  if (isCounted && cost !== undefined) return undefined;
  const { inputTokens = estimateTokens(charactersIn), outputTokens = estimateTokens(charactersOut) } = usage;
  const minTokens = isCounted ? 0 : Math.max(MIN_ESTIMATED_TOKENS, usage.totalTokens ?? 0);
  const tokens = Math.max(inputTokens + outputTokens, minTokens);
  const counts = { inputTokens, outputTokens: tokens - inputTokens };
  const estimate = cost ?? (await computeCost(toPricedRun(plan, time, { usage: counts }), userPrices));
  return withoutUndefined({
    tokens: isCounted ? undefined : tokens,
    usd: cost !== undefined ? undefined : (estimate?.usd ?? fallbackCost(plan, tokens)),
  });
}

function fallbackCost({ endpoint }: RunPlan, tokens: number): number | undefined {
  return isLoopback(endpoint.baseUrl) ? undefined : (tokens * FALLBACK_USD_PER_MILLION) / 1e6;
}

function estimateTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
