import * as assert from 'node:assert/strict';
import { addUsage, parseUsage } from '../../../src/core/tokenUsage';

describe('parseUsage', () => {
  const known: readonly [string, unknown, unknown][] = [
    [
      'reads a full report',
      {
        prompt_tokens: 1000,
        completion_tokens: 50,
        total_tokens: 1050,
        prompt_tokens_details: { cached_tokens: 800 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      { inputTokens: 1000, outputTokens: 50, totalTokens: 1050, cachedTokens: 800, reasoningTokens: 30 },
    ],
    [
      'reads the names of the Responses API',
      {
        input_tokens: 10,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 2 },
      },
      { inputTokens: 10, outputTokens: 5, cachedTokens: 0, reasoningTokens: 2 },
    ],
    ['reads the prompt alone [S30]', { prompt_tokens: 7 }, { inputTokens: 7 }],
    ['keeps a zero next to a count', { prompt_tokens: 7, completion_tokens: 0 }, { inputTokens: 7, outputTokens: 0 }],
    [
      'reads numbers sent as strings',
      { prompt_tokens: '12', completion_tokens: '3' },
      { inputTokens: 12, outputTokens: 3 },
    ],
    ['accepts a missing total', { prompt_tokens: 1, completion_tokens: 2 }, { inputTokens: 1, outputTokens: 2 }],
    [
      'ignores invalid counts next to a valid one',
      { prompt_tokens: -1, completion_tokens: 2.5, total_tokens: 9 },
      { totalTokens: 9 },
    ],
    [
      'ignores an unsafe number next to a valid one [S30]',
      { prompt_tokens: 1e308, completion_tokens: 4 },
      { outputTokens: 4 },
    ],
    [
      'reads the cost charged by OpenRouter',
      { prompt_tokens: 194, completion_tokens: 2, cost: 0.95, cost_details: { upstream_inference_cost: 19 } },
      { inputTokens: 194, outputTokens: 2, costUsd: 0.95 },
    ],
    [
      'adds the fee and the upstream cost if the user’s own key is used',
      { prompt_tokens: 1, cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } },
      { inputTokens: 1, costUsd: 1.05 },
    ],
    ['ignores a negative cost [E19]', { prompt_tokens: 1, cost: -5 }, { inputTokens: 1 }],
    ['ignores an infinite cost [E19]', { prompt_tokens: 1, cost: Number.POSITIVE_INFINITY }, { inputTokens: 1 }],
    ['ignores a cost sent as a string [E19]', { prompt_tokens: 1, cost: '0' }, { inputTokens: 1 }],
    [
      'reads cache hits as DeepSeek counts them',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 4 },
    ],
    [
      'adds reasoning that xAI counts next to the completion',
      {
        prompt_tokens: 13,
        completion_tokens: 1,
        total_tokens: 400,
        completion_tokens_details: { reasoning_tokens: 386 },
      },
      { inputTokens: 13, outputTokens: 387, totalTokens: 400, reasoningTokens: 386 },
    ],
    [
      'adds reasoning that Gemini counts only in the total',
      { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
      { inputTokens: 20, outputTokens: 603, totalTokens: 623 },
    ],
    [
      'ignores a total that does not match the reasoning',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 22,
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 10, outputTokens: 5, totalTokens: 22, reasoningTokens: 3 },
    ],
    [
      'a total that is too small',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 5 },
      { inputTokens: 10, outputTokens: 5, totalTokens: 5 },
    ],
    [
      'reads cached tokens as Mistral counts them',
      { prompt_tokens: 10, completion_tokens: 1, num_cached_tokens: 4 },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 4 },
    ],
    [
      'reads cached tokens as Moonshot counts them',
      { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 4 },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 4 },
    ],
    [
      'reads reasoning tokens next to the other counts',
      { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19, reasoning_tokens: 5 },
      { inputTokens: 10, outputTokens: 9, totalTokens: 19, reasoningTokens: 5 },
    ],
    [
      'adds the cached part of a prompt that Anthropic counts apart',
      { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 2 },
      { inputTokens: 115, outputTokens: 2, cachedTokens: 100, cacheWriteTokens: 5 },
    ],
    [
      'does not add cached tokens to a prompt that includes them',
      { prompt_tokens: 110, input_tokens: 10, cache_read_input_tokens: 100, completion_tokens: 2 },
      { inputTokens: 110, outputTokens: 2, cachedTokens: 100 },
    ],
    [
      'reads the names of Gemini',
      {
        promptTokenCount: 20,
        candidatesTokenCount: 5,
        totalTokenCount: 40,
        thoughtsTokenCount: 15,
        cachedContentTokenCount: 8,
      },
      { inputTokens: 20, outputTokens: 20, totalTokens: 40, cachedTokens: 8, reasoningTokens: 15 },
    ],
    [
      'reads the names of Bedrock',
      { inputTokens: 10, outputTokens: 5, totalTokens: 115, cacheReadInputTokens: 100 },
      { inputTokens: 110, outputTokens: 5, totalTokens: 115, cachedTokens: 100 },
    ],
    [
      'reads the cost that xAI reports',
      { prompt_tokens: 1, completion_tokens: 1, cost_in_usd_ticks: 37_756_000 },
      { inputTokens: 1, outputTokens: 1, costUsd: 0.0037756 },
    ],
    [
      'reads the cost that Perplexity reports',
      { prompt_tokens: 1, cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.006 } },
      { inputTokens: 1, costUsd: 0.006 },
    ],
    ['ignores a cost without a total', { prompt_tokens: 1, cost: { request_cost: 1 } }, { inputTokens: 1 }],
    [
      "reads what was written to OpenAI's cache",
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 7 } },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 2, cacheWriteTokens: 7 },
    ],
    [
      "reads what was written to OpenAI's cache in the Responses API",
      { input_tokens: 10, output_tokens: 1, input_tokens_details: { cache_write_tokens: 7 } },
      { inputTokens: 10, outputTokens: 1, cacheWriteTokens: 7 },
    ],
    [
      "reads the lifetimes of Anthropic's cache, and its service tier",
      {
        input_tokens: 1,
        output_tokens: 2,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        service_tier: 'priority',
      },
      { inputTokens: 31, outputTokens: 2, cacheWriteTokens: 30, cacheWriteHourTokens: 20, serviceTier: 'priority' },
    ],
    [
      'reads that Anthropic kept the request in one country, which costs more',
      { input_tokens: 1, output_tokens: 2, service_tier: 'standard', inference_geo: 'us' },
      { inputTokens: 1, outputTokens: 2, serviceTier: 'us' },
    ],
    ...['global', 'not_available'].map((geo): [string, unknown, unknown] => [
      `reads no other price from the region ${geo}`,
      { input_tokens: 1, output_tokens: 2, service_tier: 'standard', inference_geo: geo },
      { inputTokens: 1, outputTokens: 2, serviceTier: 'standard' },
    ]),
    ['ignores a service tier that is no word', { prompt_tokens: 1, service_tier: { a: 1 } }, { inputTokens: 1 }],
    ['null details', { prompt_tokens: 1, prompt_tokens_details: null }, { inputTokens: 1 }],
  ];
  for (const [name, raw, expected] of known) it(name, () => assert.deepEqual(parseUsage(raw), expected));

  const unknown: readonly [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'usage'],
    ['an empty object', {}],
    ['zeros only [S30]', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['words', { prompt_tokens: 'many', completion_tokens: '' }],
    ['NaN, infinity and booleans', { prompt_tokens: Number.NaN, completion_tokens: Infinity, total_tokens: true }],
    ['strings too long to be exact [S30]', { prompt_tokens: '99999999999999999' }],
    ['other spellings of numbers', { prompt_tokens: '1e3', completion_tokens: '0x10', total_tokens: ' 5' }],
  ];
  for (const [name, raw] of unknown) it(`reports no usage for ${name}`, () => assert.equal(parseUsage(raw), undefined));
});

describe('addUsage', () => {
  it('adds what both runs reported', () => {
    const one = { inputTokens: 1, outputTokens: 2, totalTokens: 3, cachedTokens: 1 };
    const other = { inputTokens: 10, outputTokens: 20, totalTokens: 30 };
    assert.deepEqual(addUsage(one, other), { inputTokens: 11, outputTokens: 22, totalTokens: 33 });
  });

  it('is unknown if one of the runs reported none', () => {
    assert.equal(addUsage({ totalTokens: 3 }, undefined), undefined);
    assert.equal(addUsage(undefined, { totalTokens: 3 }), undefined);
  });
});
