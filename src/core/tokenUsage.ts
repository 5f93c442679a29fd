import { withoutUndefined } from '../util/withoutUndefined';
import type { Usage } from './chat';

/**
 * Parses the usage object of a response. Counts that are not safe integers are unknown, and so is a usage of zeros
 * only, which servers send when they did not count.
 */
export function parseUsage(raw: unknown): Usage | undefined {
  if (!isRecord(raw)) return undefined;
  // The last names are those of Ollama's own routes, where the counts are fields of the response itself.
  const inputTokens =
    readCount(raw, 'prompt_tokens') ?? readCount(raw, 'input_tokens') ?? readCount(raw, 'prompt_eval_count');
  const completionTokens =
    readCount(raw, 'completion_tokens') ?? readCount(raw, 'output_tokens') ?? readCount(raw, 'eval_count');
  const totalTokens = readCount(raw, 'total_tokens');
  const cachedTokens =
    readCount(raw['prompt_tokens_details'], 'cached_tokens') ??
    readCount(raw['input_tokens_details'], 'cached_tokens') ??
    // DeepSeek counts cache hits and misses next to each other.
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

// xAI counts reasoning tokens next to the completion, and Gemini only in the total; both charge them as output. If the
// total says so, they are added to the output. https://docs.x.ai/docs/key-information/consumption-and-rate-limits
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

// OpenRouter credits are US dollars. With the user's own provider key, `cost` is only the fee, and the provider's
// charge is a separate field. https://openrouter.ai/docs/use-cases/usage-accounting
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

/** Adds the usage of two runs. A count that either of them lacks is unknown. */
export function addUsage(left: Usage | undefined, right: Usage | undefined): Usage | undefined {
  if (left === undefined || right === undefined) return undefined;
  const keys = ['inputTokens', 'outputTokens', 'totalTokens', 'cachedTokens', 'reasoningTokens'] as const;
  const sums = keys.flatMap((key) => {
    const [leftCount, rightCount] = [left[key], right[key]];
    return leftCount === undefined || rightCount === undefined ? [] : [[key, leftCount + rightCount]];
  });
  return Object.fromEntries(sums) as Usage;
}

function readCount(raw: unknown, key: string): number | undefined {
  if (!isRecord(raw)) return undefined;
  const value = raw[key];
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
