import type { Usage } from '../../core/chat';
import type { QuilletError } from '../../core/errors';
import type { RunPlan } from '../../core/run';
import type { RunRecord } from '../../core/runRecord';
import { LEDGER_VERSION, type LedgerEstimate, type LedgerRow, type LedgerTokens } from '../../ledger/common/ledgerRow';
import type { OwnPrice } from '../../settings/common/spendingSettings';
import { isLoopback } from '../../util/origin';
import { mayHaveUsed } from './aggregate';
import { costOf, type RunCost } from './cost';

/** Names of models come from servers, and can be anything; more of them is not kept. */
const MOST_NAME = 200;
/** A token has hardly ever fewer characters; so many are assumed at least for a run that nobody reported. */
const CHARACTERS_PER_TOKEN = 3;
const LEAST_TOKENS = 1000;
/** US dollars that are assumed for a million tokens of a model on another machine whose price nobody knows. */
const UNKNOWN_RATE = 10;

/** So many tokens are held back for the answer of a run under way, where the request has no limit of its own. */
const HELD_FOR_ANSWER = 1000;

/** What a row is made of. */
export interface RunFacts {
  readonly id: string;
  readonly time: Date;
  readonly plan: RunPlan;
  readonly workspace: string | undefined;
  /** Takes keys out of what a server or a setting may have put into a name. */
  readonly clean: (text: string) => string;
}

/** A run that is about to be sent. */
export interface SizedRun extends Pick<RunFacts, 'plan' | 'time'> {
  readonly charactersIn: number;
}

/**
 * What budgets hold back for a run from the moment it is sent until it is known what it used: a token for every three
 * characters of the request, the longest answer that it may have, and the price of both.
 */
export async function heldFor(
  { plan, time, charactersIn }: SizedRun,
  own: Readonly<Record<string, OwnPrice>>,
): Promise<LedgerEstimate> {
  const { providerId, baseUrl } = plan.endpoint;
  const usage = {
    inputTokens: tokensOf(charactersIn),
    outputTokens: plan.parameters.maxOutputTokens ?? HELD_FOR_ANSWER,
  };
  const tokens = usage.inputTokens + usage.outputTokens;
  const cost = await costOf({ providerId, baseUrl, model: plan.model, time, usage }, own);
  const usd = cost?.usd ?? unknownPrice(plan, tokens);
  return { tokens, ...(usd === undefined ? {} : { usd }) };
}

/** Calls `send` where a run may be sent, with what is held back for it; else says why it may not. Never throws. */
export type AdmitRun = (
  run: SizedRun,
  send: (held: LedgerEstimate | undefined) => void,
) => Promise<QuilletError | undefined>;

/** A run as it stands in the ledger if it never ends. @param held what budgets hold back for it, where there is one. */
export function lostRow(facts: RunFacts, charactersIn: number, held?: LedgerEstimate): LedgerRow {
  const tokens = Math.max(tokensOf(charactersIn), LEAST_TOKENS);
  const usd = unknownPrice(facts.plan, tokens);
  const assumed = held ?? { tokens, ...(usd === undefined ? {} : { usd }) };
  return { ...commonFields(facts), outcome: 'lost', attempts: 1, tokens: {}, assumed, totalMs: 0 };
}

/** A run that ended, with what it cost where that is known. Loads prices where they are needed. */
export async function endedRow(
  facts: RunFacts,
  record: RunRecord,
  own: Readonly<Record<string, OwnPrice>>,
): Promise<{ row: LedgerRow; cost: RunCost | undefined }> {
  const { reportedModel, usage, error, firstTextMs } = record;
  const { plan, time, clean } = facts;
  const cost = await costOf(
    {
      providerId: plan.endpoint.providerId,
      baseUrl: plan.endpoint.baseUrl,
      model: plan.model,
      time,
      ...(reportedModel === undefined ? {} : { reportedModel }),
      ...(usage === undefined ? {} : { usage }),
    },
    own,
  );
  const assumed = mayHaveUsed(record.attempts, error?.kind)
    ? await assumption(facts, record, { cost, own })
    : undefined;
  const row: LedgerRow = {
    ...commonFields(facts),
    ...(reportedModel === undefined ? {} : { reportedModel: modelFrom(reportedModel, clean) }),
    outcome: record.outcome,
    ...(error === undefined ? {} : { error: error.kind }),
    attempts: record.attempts,
    tokens: ledgerTokens(usage),
    ...(cost === undefined ? {} : { cost: { usd: cost.usd, source: cost.source, isEstimate: cost.isEstimate } }),
    ...(assumed === undefined ? {} : { assumed }),
    ...(firstTextMs === undefined ? {} : { firstTextMs }),
    totalMs: record.totalMs,
  };
  return { row, cost };
}

function commonFields({ id, time, plan, workspace, clean }: RunFacts) {
  return {
    v: LEDGER_VERSION,
    id,
    time: time.toISOString(),
    provider: nameFrom(plan.endpoint.providerId, clean),
    model: modelFrom(plan.model, clean),
    prompt: nameFrom(plan.promptId, clean),
    destination: nameFrom(plan.destination, clean),
    ...(workspace === undefined ? {} : { workspace: nameFrom(workspace, clean) }),
  } as const;
}

/** Local servers call a model by the place of its file, in somebody's home; the file's name says as much. */
function modelFrom(text: string, clean: (text: string) => string): string {
  const isPath = /^(?:~?[\\/]|[a-z]:[\\/]|file:)/i.test(text);
  return nameFrom((isPath ? text.split(/[\\/]/).findLast((part) => part !== '') : text) ?? '', clean);
}

function nameFrom(text: string, clean: (text: string) => string): string {
  const name = clean(text).slice(0, MOST_NAME);
  return name === '' ? '?' : name;
}

function ledgerTokens({ inputTokens, cachedTokens, outputTokens, reasoningTokens }: Usage = {}): LedgerTokens {
  return {
    ...(inputTokens === undefined ? {} : { input: inputTokens }),
    ...(cachedTokens === undefined ? {} : { cached: cachedTokens }),
    ...(outputTokens === undefined ? {} : { output: outputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoning: reasoningTokens }),
  };
}

/**
 * What budgets count for a run whose tokens or cost are not known, so that no server gets past them by reporting nothing
 * (E19): a token for every three characters of request and answer and at least a thousand, and the price of that.
 */
async function assumption(
  { plan, time }: RunFacts,
  { usage = {}, charactersIn, charactersOut }: RunRecord,
  { cost, own }: { cost: RunCost | undefined; own: Readonly<Record<string, OwnPrice>> },
): Promise<LedgerEstimate | undefined> {
  const isCounted = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  if (isCounted && cost !== undefined) return undefined;
  const { inputTokens = tokensOf(charactersIn), outputTokens = tokensOf(charactersOut) } = usage;
  const least = isCounted ? 0 : Math.max(LEAST_TOKENS, usage.totalTokens ?? 0);
  const tokens = Math.max(inputTokens + outputTokens, least);
  const { providerId, baseUrl } = plan.endpoint;
  const counts = { inputTokens, outputTokens: tokens - inputTokens };
  const assumedCost = cost ?? (await costOf({ providerId, baseUrl, model: plan.model, time, usage: counts }, own));
  const usd = assumedCost?.usd ?? unknownPrice(plan, tokens);
  return {
    ...(isCounted ? {} : { tokens }),
    ...(cost !== undefined || usd === undefined ? {} : { usd }),
  };
}

/** A model on this machine costs nothing. */
function unknownPrice({ endpoint }: RunPlan, tokens: number): number | undefined {
  return isLoopback(endpoint.baseUrl) ? undefined : (tokens * UNKNOWN_RATE) / 1e6;
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
