import * as assert from 'node:assert/strict';
import { addUsage, parseUsage } from '../../../src/core/tokenUsage';

describe('usage', () => {
  const known: readonly [string, unknown, unknown][] = [
    [
      'need 25: a full report',
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
      'the names of the responses API',
      {
        input_tokens: 10,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 2 },
      },
      { inputTokens: 10, outputTokens: 5, cachedTokens: 0, reasoningTokens: 2 },
    ],
    ['S30: only the prompt', { prompt_tokens: 7 }, { inputTokens: 7 }],
    ['a zero beside a count', { prompt_tokens: 7, completion_tokens: 0 }, { inputTokens: 7, outputTokens: 0 }],
    ['V17: numbers as strings', { prompt_tokens: '12', completion_tokens: '3' }, { inputTokens: 12, outputTokens: 3 }],
    ['V17: a missing total', { prompt_tokens: 1, completion_tokens: 2 }, { inputTokens: 1, outputTokens: 2 }],
    [
      'V17: bad counts beside a good one',
      { prompt_tokens: -1, completion_tokens: 2.5, total_tokens: 9 },
      { totalTokens: 9 },
    ],
    ['S30: an unsafe number beside a good one', { prompt_tokens: 1e308, completion_tokens: 4 }, { outputTokens: 4 }],
    [
      'need 25: what OpenRouter charged',
      { prompt_tokens: 194, completion_tokens: 2, cost: 0.95, cost_details: { upstream_inference_cost: 19 } },
      { inputTokens: 194, outputTokens: 2, costUsd: 0.95 },
    ],
    [
      'need 25: with a key of one’s own the fee and what the provider charges',
      { prompt_tokens: 1, cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } },
      { inputTokens: 1, costUsd: 1.05 },
    ],
    ['E19: a cost that is none', { prompt_tokens: 1, cost: -5 }, { inputTokens: 1 }],
    ['E19: a cost without end', { prompt_tokens: 1, cost: Number.POSITIVE_INFINITY }, { inputTokens: 1 }],
    ['E19: a cost of words', { prompt_tokens: 1, cost: '0' }, { inputTokens: 1 }],
    [
      'need 25: hits of the cache as DeepSeek counts them',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { inputTokens: 10, outputTokens: 1, cachedTokens: 4 },
    ],
    [
      'need 25: reasoning that xAI counts beside the completion',
      {
        prompt_tokens: 13,
        completion_tokens: 1,
        total_tokens: 400,
        completion_tokens_details: { reasoning_tokens: 386 },
      },
      { inputTokens: 13, outputTokens: 387, totalTokens: 400, reasoningTokens: 386 },
    ],
    [
      'need 25: reasoning that Gemini counts in the total only',
      { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
      { inputTokens: 20, outputTokens: 603, totalTokens: 623 },
    ],
    [
      'need 25: a total that says something else',
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
    ['null details', { prompt_tokens: 1, prompt_tokens_details: null }, { inputTokens: 1 }],
  ];
  for (const [name, raw, expected] of known) it(name, () => assert.deepEqual(parseUsage(raw), expected));

  const unknown: readonly [string, unknown][] = [
    ['need 24: nothing', undefined],
    ['need 24: null', null],
    ['a string', 'usage'],
    ['an empty object', {}],
    ['S30: zeros only', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['V17: words', { prompt_tokens: 'many', completion_tokens: '' }],
    ['V17: NaN, infinity, booleans', { prompt_tokens: Number.NaN, completion_tokens: Infinity, total_tokens: true }],
    ['S30: strings too long to be exact', { prompt_tokens: '99999999999999999' }],
    ['other spellings of numbers', { prompt_tokens: '1e3', completion_tokens: '0x10', total_tokens: ' 5' }],
  ];
  for (const [name, raw] of unknown) it(`${name} is unknown`, () => assert.equal(parseUsage(raw), undefined));
});

describe('the usage of several runs', () => {
  it('is the sum of what all of them reported', () => {
    const one = { inputTokens: 1, outputTokens: 2, totalTokens: 3, cachedTokens: 1 };
    const other = { inputTokens: 10, outputTokens: 20, totalTokens: 30 };
    assert.deepEqual(addUsage(one, other), { inputTokens: 11, outputTokens: 22, totalTokens: 33 });
  });

  it('need 25: is unknown where one of them reported none', () => {
    assert.equal(addUsage({ totalTokens: 3 }, undefined), undefined);
    assert.equal(addUsage(undefined, { totalTokens: 3 }), undefined);
  });
});
