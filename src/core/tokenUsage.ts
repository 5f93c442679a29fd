import { withoutUndefined } from '../util/withoutUndefined';
import type { Usage } from './chat';

/**
 * Reads the usage object of a chat answer. A count that is no safe whole number is unknown, and so is a usage of zeros
 * only, which servers send when they did not count: unknown is never shown as 0.
 */
export function parseUsage(raw: unknown): Usage | undefined {
  if (!isRecord(raw)) return undefined;
  // The last names are those of Ollama's own routes, where the counts stand in the answer itself.
  const inputTokens =
    readCount(raw, 'prompt_tokens') ?? readCount(raw, 'input_tokens') ?? readCount(raw, 'prompt_eval_count');
  const completionTokens =
    readCount(raw, 'completion_tokens') ?? readCount(raw, 'output_tokens') ?? readCount(raw, 'eval_count');
  const totalTokens = readCount(raw, 'total_tokens');
  const cachedTokens =
    readCount(raw['prompt_tokens_details'], 'cached_tokens') ??
    readCount(raw['input_tokens_details'], 'cached_tokens') ??
    // DeepSeek counts hits and misses of its cache beside each other.
    readCount(raw, 'prompt_cache_hit_tokens');
  const reasoningTokens =
    readCount(raw['completion_tokens_details'], 'reasoning_tokens') ??
    readCount(raw['output_tokens_details'], 'reasoning_tokens');
  const outputTokens = totalOutputTokens({ inputTokens, completionTokens, totalTokens, reasoningTokens });

  const counts = [inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens];
  if (counts.every((value) => value === undefined || value === 0)) return undefined;
  return {
    ...withoutUndefined({ inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens }),
    ...readCost(raw),
  };
}

type Counts = Readonly<
  Record<'inputTokens' | 'completionTokens' | 'totalTokens' | 'reasoningTokens', number | undefined>
>;

/**
 * xAI counts what was spent on reasoning beside the completion, and Gemini in the total only; both charge it as output.
 * Where the total says so, it is among the output here as it is with everybody else.
 * https://docs.x.ai/docs/key-information/consumption-and-rate-limits
 */
function totalOutputTokens({
  inputTokens,
  completionTokens,
  totalTokens,
  reasoningTokens = 0,
}: Counts): number | undefined {
  if (inputTokens === undefined || completionTokens === undefined || totalTokens === undefined) return completionTokens;
  const uncounted = totalTokens - inputTokens - completionTokens;
  return uncounted > 0 && (reasoningTokens === 0 || reasoningTokens === uncounted)
    ? completionTokens + uncounted
    : completionTokens;
}

/**
 * What OpenRouter, and gateways that do as it does, charged: its credits are US dollars. With a key of the user's own at the
 * provider behind it that is only the fee, and what the provider charges stands beside it.
 * https://openrouter.ai/docs/use-cases/usage-accounting
 */
function readCost(usage: Record<string, unknown>): Pick<Usage, 'costUsd'> {
  const cost = usage['cost'];
  if (!isAmount(cost)) return {};
  const details = usage['cost_details'];
  const upstream = isRecord(details) ? details['upstream_inference_cost'] : undefined;
  return { costUsd: usage['is_byok'] === true && isAmount(upstream) ? cost + upstream : cost };
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** What two runs used together. What one of them did not report is unknown for both. */
export function addUsage(left: Usage | undefined, right: Usage | undefined): Usage | undefined {
  if (left === undefined || right === undefined) return undefined;
  const keys = ['inputTokens', 'outputTokens', 'totalTokens', 'cachedTokens', 'reasoningTokens'] as const;
  const sums = keys.flatMap((key) => {
    const [leftCount, rightCount] = [left[key], right[key]];
    return leftCount === undefined || rightCount === undefined ? [] : [[key, leftCount + rightCount]];
  });
  return Object.fromEntries(sums) as Usage;
}

/** A whole number, also as the string of digits that some gateways send. */
function readCount(raw: unknown, key: string): number | undefined {
  if (!isRecord(raw)) return undefined;
  const value = raw[key];
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
