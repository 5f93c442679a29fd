import assert from 'node:assert/strict';
import { parseUsage } from '../../../../src/core/tokenUsage';
import { computeCost, type PricedRun } from '../../../../src/usage/common/cost';

const time = new Date('2026-11-28T12:00:00Z');

const SERVERS = {
  OpenAI: 'https://api.openai.com/v1',
  Anthropic: 'https://api.anthropic.com/v1',
  OpenRouter: 'https://openrouter.ai/api/v1',
  DeepSeek: 'https://api.deepseek.com/v1',
  xAI: 'https://api.x.ai/v1',
  Gemini: 'https://generativelanguage.googleapis.com/v1beta/openai',
  Mistral: 'https://api.mistral.ai/v1',
  Moonshot: 'https://api.moonshot.ai/v1',
} as const;

function runAt(server: keyof typeof SERVERS, model: string, usage: unknown, serviceTier?: string): PricedRun {
  const parsed = parseUsage(usage, serviceTier);
  assert.ok(parsed);
  return { providerId: 'test', baseUrl: SERVERS[server], model, usage: parsed, time };
}

/** Usage as each server sends it, and its cost: counts times dollars per million tokens, added by hand. */
const costs: readonly (readonly [name: string, run: PricedRun, usd: string])[] = [
  [
    // 10,000 × 4 + 90,000 × 5 + 1,000 × 20
    'OpenAI, written to the cache',
    runAt('OpenAI', 'gpt-5.6-sol', {
      prompt_tokens: 100_000,
      completion_tokens: 1000,
      total_tokens: 101_000,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 90_000 },
    }),
    '0.510000',
  ],
  [
    // 10,000 × 4 + 90,000 × 0.4 + 1,000 × 20
    'OpenAI, read from the cache',
    runAt('OpenAI', 'gpt-5.6-sol', {
      prompt_tokens: 100_000,
      completion_tokens: 1000,
      total_tokens: 101_000,
      prompt_tokens_details: { cached_tokens: 90_000, cache_write_tokens: 0 },
    }),
    '0.096000',
  ],
  [
    // 4,000 × 0.25 + 8,000 × 0.025 + 500 × 2
    'OpenAI, the Responses API',
    runAt(
      'OpenAI',
      'gpt-5-mini',
      {
        input_tokens: 12_000,
        input_tokens_details: { cached_tokens: 8000 },
        output_tokens: 500,
        output_tokens_details: { reasoning_tokens: 200 },
        total_tokens: 12_500,
      },
      'default',
    ),
    '0.002200',
  ],
  [
    // 500 × 5 + 20,000 × 0.5 + 1,000 × 6.25 + 2,000 × 10 + 800 × 25
    'Anthropic, both lifetimes of the cache',
    runAt('Anthropic', 'claude-opus-4-5', {
      input_tokens: 500,
      cache_read_input_tokens: 20_000,
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      output_tokens: 800,
      output_tokens_details: { thinking_tokens: 300 },
      service_tier: 'standard',
      speed: 'standard',
    }),
    '0.058750',
  ],
  [
    // 1,000 × 6 + 249,000 × 0.6 + 1,000 × 22.5
    'Anthropic, a long prompt',
    runAt('Anthropic', 'claude-sonnet-4-5', {
      input_tokens: 1000,
      cache_read_input_tokens: 249_000,
      cache_creation_input_tokens: 0,
      output_tokens: 1000,
    }),
    '0.177900',
  ],
  [
    'OpenRouter, as reported',
    runAt('OpenRouter', 'deepseek/deepseek-r1', { prompt_tokens: 31, completion_tokens: 29, cost: 0.000071 }),
    '0.000071',
  ],
  [
    // The fee and the charge of the user's own provider.
    "OpenRouter, with the user's own key",
    runAt('OpenRouter', 'deepseek/deepseek-r1', {
      prompt_tokens: 31,
      completion_tokens: 29,
      cost: 0.0001,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.002 },
    }),
    '0.002100',
  ],
  [
    // 1,000 × 3 + 6,000 × 0.3 + 3,000 × 3.75 + 100 × 15
    'OpenRouter, without a cost',
    runAt('OpenRouter', 'anthropic/claude-sonnet-4.5', {
      prompt_tokens: 10_000,
      completion_tokens: 100,
      total_tokens: 10_100,
      prompt_tokens_details: { cached_tokens: 6000, cache_write_tokens: 3000 },
    }),
    '0.017550',
  ],
  [
    // 904 × 0.27 + 4,096 × 0.07 + 300 × 1.1
    'DeepSeek',
    runAt('DeepSeek', 'deepseek-chat', {
      prompt_tokens: 5000,
      completion_tokens: 300,
      total_tokens: 5300,
      prompt_cache_hit_tokens: 4096,
      prompt_cache_miss_tokens: 904,
    }),
    '0.000861',
  ],
  [
    'xAI, as reported',
    runAt('xAI', 'grok-4', { prompt_tokens: 31, completion_tokens: 14, cost_in_usd_ticks: 4_350_000 }),
    '0.000435',
  ],
  [
    // 100 × 3 + 3,000 × 0.75 + 200 × 15
    'xAI, with reasoning next to the completion',
    runAt('xAI', 'grok-4', {
      prompt_tokens: 3100,
      completion_tokens: 10,
      total_tokens: 3300,
      prompt_tokens_details: { cached_tokens: 3000 },
      completion_tokens_details: { reasoning_tokens: 190 },
    }),
    '0.005550',
  ],
  [
    // 1,000 × 0.3 + 1,000 × 0.03 + 600 × 2.5
    'Gemini, with thoughts only in the total',
    runAt('Gemini', 'gemini-2.5-flash', {
      prompt_tokens: 2000,
      completion_tokens: 100,
      total_tokens: 2600,
      prompt_tokens_details: { cached_tokens: 1000 },
    }),
    '0.001830',
  ],
  [
    'Gemini, in its own words',
    runAt('Gemini', 'gemini-2.5-flash', {
      promptTokenCount: 2000,
      candidatesTokenCount: 100,
      thoughtsTokenCount: 500,
      totalTokenCount: 2600,
      cachedContentTokenCount: 1000,
    }),
    '0.001830',
  ],
  [
    // 1,000 × 2 + 200 × 6; no public price for its cache
    'Mistral',
    runAt('Mistral', 'mistral-large-latest', {
      prompt_tokens: 1000,
      completion_tokens: 200,
      total_tokens: 1200,
      num_cached_tokens: 640,
    }),
    '0.003200',
  ],
  [
    // 1,000 × 0.6 + 3,000 × 0.15 + 100 × 2.5
    'Moonshot',
    runAt('Moonshot', 'kimi-k2-0905-preview', {
      prompt_tokens: 4000,
      completion_tokens: 100,
      total_tokens: 4100,
      cached_tokens: 3000,
    }),
    '0.001300',
  ],
];

describe('the cost of the usage that a server reports', () => {
  for (const [name, run, usd] of costs) {
    it(`is the sum by hand: ${name}`, async () => {
      assert.equal((await computeCost(run, {}))?.usd.toFixed(6), usd);
    });
  }

  const usage = { prompt_tokens: 1000, completion_tokens: 10 };

  for (const tier of ['default', 'standard', 'auto', 'on_demand', 'ON_DEMAND']) {
    it(`is that of the public prices in the service tier ${tier}`, async () => {
      assert.equal((await computeCost(runAt('OpenAI', 'gpt-5-mini', usage, tier), {}))?.usd, 0.00027);
    });
  }

  for (const tier of ['flex', 'priority', 'scale', 'batch', 'performance', 'new']) {
    it(`is unknown in the service tier ${tier}, except for the user's own prices`, async () => {
      const run = runAt('OpenAI', 'gpt-5-mini', usage, tier);
      assert.equal(run.usage?.serviceTier, tier);
      assert.equal(await computeCost(run, {}), undefined);
      assert.equal((await computeCost(run, { 'gpt-5-mini': { input: 1, output: 2 } }))?.usd, 0.00102);
      assert.equal((await computeCost({ ...run, usage: { ...run.usage, costUsd: 0.5 } }, {}))?.usd, 0.5);
    });
  }

  it("is unknown for Anthropic's fast mode", async () => {
    const run = runAt('Anthropic', 'claude-opus-4-5', { input_tokens: 9, output_tokens: 9, speed: 'fast' });
    assert.equal(await computeCost(run, {}), undefined);
  });

  it('is unknown for an hour in the cache of a service without a price for it', async () => {
    const baseUrl = 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic';
    const usd = async (hour: number) => {
      const written = { cache_creation_input_tokens: 1000, cache_creation: { ephemeral_1h_input_tokens: hour } };
      const run = runAt('Anthropic', 'claude-sonnet-4-5@20250929', { input_tokens: 1, output_tokens: 0, ...written });
      return (await computeCost({ ...run, baseUrl }, {}))?.usd.toFixed(6);
    };
    // 1 × 3 + 1,000 × 3.75
    assert.deepEqual([await usd(0), await usd(1)], ['0.003753', undefined]);
  });

  it("has the user's own prices for what is written to the cache, or those of the input", async () => {
    const run = runAt('Anthropic', 'own-model', {
      input_tokens: 100,
      cache_creation_input_tokens: 1000,
      cache_creation: { ephemeral_1h_input_tokens: 400 },
      output_tokens: 0,
    });
    const usd = async (price: object) =>
      (await computeCost(run, { 'own-model': { input: 10, output: 1, ...price } }))?.usd;
    assert.equal(await usd({}), 0.011);
    assert.equal(await usd({ cacheWrite: 20 }), 0.021);
    assert.equal(await usd({ cacheWrite: 20, cacheWriteHour: 30 }), 0.025);
  });

  it('corrects more tokens of the cache than input', async () => {
    const excessive = {
      inputTokens: 10,
      cachedTokens: 8,
      cacheWriteTokens: 90,
      cacheWriteHourTokens: 900,
      outputTokens: 0,
    };
    const run = { ...runAt('Anthropic', 'claude-opus-4-5', { input_tokens: 1, output_tokens: 1 }), usage: excessive };
    // 8 × 0.5 + 2 × 10
    assert.equal((await computeCost(run, {}))?.usd.toFixed(6), '0.000024');
  });
});
