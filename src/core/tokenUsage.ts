import { asFields, type Fields } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';
import type { Usage } from './chat';

const MAX_TIER_LENGTH = 40;

/**
 * Counts that aren't safe integers are unknown, and so are zeros only, which servers send when they did not count.
 * OpenAI reports the service tier next to the usage, Anthropic in it.
 */
export function parseUsage(value: unknown, serviceTier?: unknown): Usage | undefined {
  const raw = asFields(value);
  if (raw === undefined) return undefined;
  const inputTokens = readInputTokens(raw);
  const completionTokens = firstCount(raw, OUTPUT_NAMES);
  const totalTokens = firstCount(raw, TOTAL_NAMES);
  const cachedTokens = firstCount(raw, CACHED_NAMES);
  const cacheWriteHourTokens = firstCount(raw, HOUR_WRITE_NAMES) || undefined;
  const cacheWriteTokens = firstCount(raw, WRITE_NAMES) || cacheWriteHourTokens;
  const reasoningTokens = firstCount(raw, REASONING_NAMES);
  const outputTokens = totalOutputTokens({ inputTokens, completionTokens, totalTokens, reasoningTokens });
  const counts = [inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens];
  if (counts.every((value) => value === undefined || value === 0)) return undefined;
  return {
    ...withoutUndefined({ inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens }),
    ...withoutUndefined({ cacheWriteTokens, cacheWriteHourTokens, serviceTier: readTier(raw, serviceTier) }),
    ...readCost(raw),
  };
}

// Paths of the counts: OpenAI's names, then those of the other APIs. Ollama's are fields of the response itself.
const PROMPT_NAMES = ['prompt_tokens', 'promptTokenCount', 'prompt_eval_count'];
// Anthropic and Bedrock count the cached part of a prompt next to the rest of it.
const UNCACHED_NAMES = ['input_tokens', 'inputTokens'];
const CACHE_READ_NAMES = ['cache_read_input_tokens', 'cacheReadInputTokens'];
const CACHE_WRITE_NAMES = ['cache_creation_input_tokens', 'cacheWriteInputTokens'];
const OUTPUT_NAMES = ['completion_tokens', 'output_tokens', 'candidatesTokenCount', 'outputTokens', 'eval_count'];
const TOTAL_NAMES = ['total_tokens', 'totalTokenCount', 'totalTokens'];
const CACHED_NAMES = [
  'prompt_tokens_details.cached_tokens',
  'input_tokens_details.cached_tokens',
  // Mistral, then Moonshot, Together and Hugging Face, then DeepSeek, then Gemini.
  'num_cached_tokens',
  'cached_tokens',
  'prompt_cache_hit_tokens',
  'cachedContentTokenCount',
  // xAI's Responses API.
  'cached_prompt_text_tokens',
  ...CACHE_READ_NAMES,
];
const WRITE_NAMES = [
  'prompt_tokens_details.cache_write_tokens',
  'input_tokens_details.cache_write_tokens',
  'cache_write_tokens',
  ...CACHE_WRITE_NAMES,
];
const HOUR_WRITE_NAMES = ['cache_creation.ephemeral_1h_input_tokens'];
const REASONING_NAMES = [
  'completion_tokens_details.reasoning_tokens',
  'output_tokens_details.reasoning_tokens',
  'output_tokens_details.thinking_tokens',
  'reasoning_tokens',
  'thoughtsTokenCount',
];

function readInputTokens(raw: Fields): number | undefined {
  const prompt = firstCount(raw, PROMPT_NAMES);
  const uncached = firstCount(raw, UNCACHED_NAMES);
  if (prompt !== undefined || uncached === undefined) return prompt;
  return uncached + (firstCount(raw, CACHE_READ_NAMES) ?? 0) + (firstCount(raw, CACHE_WRITE_NAMES) ?? 0);
}

function firstCount(raw: Fields, paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const [name = '', detail] = path.split('.');
    const count = readCount(detail === undefined ? raw[name] : asFields(raw[name])?.[detail]);
    if (count !== undefined) return count;
  }
  return undefined;
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

// Anthropic charges more for its fast mode and for inference in one country only, but calls neither a tier.
// https://platform.claude.com/docs/en/manage-claude/data-residency
function readTier({ service_tier: ownTier, speed, inference_geo: geo }: Fields, serviceTier: unknown) {
  if (speed === 'fast') return speed;
  if (typeof geo === 'string' && !/^(?:global|not_available|)$/.test(geo)) return geo.slice(0, MAX_TIER_LENGTH);
  const tier = [ownTier, serviceTier].find((word) => typeof word === 'string' && word !== '');
  return typeof tier === 'string' ? tier.slice(0, MAX_TIER_LENGTH) : undefined;
}

// OpenRouter credits are US dollars. With the user's own provider key, `cost` is only the fee, and the provider's
// charge is a separate field. https://openrouter.ai/docs/use-cases/usage-accounting
function readCost(usage: Fields): Pick<Usage, 'costUsd'> {
  const { cost, cost_in_usd_ticks: ticks } = usage;
  // https://docs.x.ai/developers/cost-tracking
  if (isAmount(ticks)) return { costUsd: ticks / 1e10 };
  // Perplexity.
  const total = asFields(cost)?.['total_cost'];
  if (isAmount(total)) return { costUsd: total };
  if (!isAmount(cost)) return {};
  const upstream = asFields(usage['cost_details'])?.['upstream_inference_cost'];
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

function readCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
