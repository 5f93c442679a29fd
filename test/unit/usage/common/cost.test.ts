import assert from 'node:assert/strict';
import { type Usage, VSCODE_MODELS_URL } from '../../../../src/core/chat';
import { findPreset } from '../../../../src/providers/presets';
import type { CustomPrice } from '../../../../src/settings/common/spendingSettings';
import { computeCost, estimateCost, type PricedRun } from '../../../../src/usage/common/cost';

const usage: Usage = { inputTokens: 1000, cachedTokens: 800, outputTokens: 50, reasoningTokens: 30 };

function run(fields: Partial<PricedRun> = {}): PricedRun {
  return {
    providerId: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5-mini',
    usage,
    time: new Date('2026-11-28T12:00:00Z'),
    ...fields,
  };
}

const own = (prices: Record<string, CustomPrice>) => prices;

describe('the estimated cost of a request', () => {
  const model = { providerId: 'fake', baseUrl: 'http://127.0.0.1:1/v1', model: 'm' };
  const prices = { m: { input: 10, output: 50 } };

  it('is that of its input, and at most that of the longest answer', async () => {
    const estimate = await estimateCost(model, { inputTokens: 4000, maxOutputTokens: 2000 }, prices);
    assert.deepEqual(estimate, { input: 0.04, max: 0.14 });
  });

  it('has no maximum without a limit of the answer', async () => {
    assert.deepEqual(await estimateCost(model, { inputTokens: 4000 }, prices), { input: 0.04 });
  });

  it('is unknown without a price', async () => {
    assert.deepEqual(await estimateCost(model, { inputTokens: 4000, maxOutputTokens: 2000 }, {}), {});
  });
});

describe('the cost of a run', () => {
  it('prices cached input separately, and reasoning as output', async () => {
    const rates = { input: 3, cachedInput: 0.3, output: 15 };
    const cost = await computeCost(run(), own({ 'gpt-5-mini': { ...rates, date: '2026-11-01' } }));
    assert.equal(cost?.usd.toFixed(6), '0.001590');
    assert.deepEqual(cost, { usd: 0.00159, source: 'settings', isEstimate: true, rates, date: '2026-11-01' });
  });

  it('prices cached input as input if it has no price of its own', async () => {
    assert.equal((await computeCost(run(), own({ 'gpt-5-mini': { input: 3, output: 15 } })))?.usd, 0.00375);
  });

  it("is unknown for VS Code's own models, which have the names of others, unless the user sets a price", async () => {
    const vscode = run({ providerId: 'vscode', baseUrl: VSCODE_MODELS_URL, model: 'copilot/gpt-5-mini' });
    assert.equal(await computeCost(vscode, {}), undefined);
    assert.equal((await computeCost(vscode, own({ 'copilot/gpt-5-mini': { input: 3, output: 15 } })))?.usd, 0.00375);
  });

  it('prefers the cost reported by the server to any price', async () => {
    const cost = await computeCost(
      run({ usage: { ...usage, costUsd: 0.95 } }),
      own({ 'gpt-5-mini': { input: 3, output: 15 } }),
    );
    assert.deepEqual(cost, { usd: 0.95, source: 'server', isEstimate: false });
  });

  it('prefers a price for provider/model to one for the model, and the requested model to the reported one', async () => {
    const prices = own({
      'openai/gpt-5-mini': { input: 1, output: 0 },
      'gpt-5-mini': { input: 2, output: 0 },
      'gpt-5-mini-2025': { input: 4, output: 0 },
    });
    const usd = async (fields: Partial<PricedRun>) =>
      (await computeCost(run({ usage: { inputTokens: 1e6, outputTokens: 0 }, ...fields }), prices))?.usd;
    assert.equal(await usd({}), 1);
    assert.equal(await usd({ providerId: 'work' }), 2);
    assert.equal(await usd({ model: 'deployment', reportedModel: 'gpt-5-mini-2025' }), 4);
    assert.equal(await usd({ reportedModel: 'gpt-5-mini-2025' }), 1);
  });

  it('accepts a price of 0', async () => {
    assert.equal((await computeCost(run(), own({ 'gpt-5-mini': { input: 0, output: 0 } })))?.usd, 0);
  });

  const unknown: readonly [string, Partial<PricedRun>][] = [
    ['a run without usage', { usage: {} }],
    ['input tokens without output tokens', { usage: { inputTokens: 7 } }],
    ['only a total', { usage: { totalTokens: 9 } }],
    ['an unknown model', { baseUrl: 'https://llm.example.com/v1', model: 'our-own-model' }],
    ['a local model with the name of a hosted one', { baseUrl: 'http://127.0.0.1:11434/v1' }],
    ['the name of a property of Object.prototype', { baseUrl: 'https://llm.example.com/v1', model: 'constructor' }],
  ];
  for (const [what, fields] of unknown) {
    it(`is undefined, not 0, for ${what}`, async () => {
      assert.equal(await computeCost(run(fields), {}), undefined);
    });
  }

  it('is undefined for a cancelled run without usage', async () => {
    const { usage: _, ...cancelled } = run();
    assert.equal(await computeCost(cancelled, own({ 'gpt-5-mini': { input: 3, output: 15 } })), undefined);
  });

  it('corrects more cached tokens than input tokens', async () => {
    const inconsistent = { inputTokens: 10, cachedTokens: 5000, outputTokens: 0 };
    assert.equal(
      (await computeCost(run({ usage: inconsistent }), own({ 'gpt-5-mini': { input: 3, cachedInput: 1, output: 1 } })))
        ?.usd,
      1e-5,
    );
    assert.ok(((await computeCost(run({ usage: inconsistent }), {}))?.usd ?? -1) > 0);
  });

  it('finds built-in prices by base URL, for dated model names, and by model name behind a gateway', async () => {
    const cost = await computeCost(run(), {});
    assert.deepEqual([cost?.source, cost?.isEstimate, cost?.rates?.input], ['prices', true, 0.25]);
    assert.equal(cost?.usd, 0.00017);
    assert.equal((await computeCost(run({ model: 'gpt-5-mini-2025-08-07' }), {}))?.usd, 0.00017);
    assert.equal((await computeCost(run({ baseUrl: 'https://llm.example.com/v1' }), {}))?.usd, 0.00017);
    const azure = {
      baseUrl: 'https://r.openai.azure.com/openai/v1',
      model: 'my-deployment',
      reportedModel: 'gpt-5-mini',
    };
    assert.equal((await computeCost(run(azure), {}))?.usd, 0.00017);
  });

  const priced: Readonly<Record<string, string>> = {
    openai: 'gpt-5-mini',
    azure: 'gpt-4o',
    openrouter: 'openai/gpt-5-mini',
    groq: 'llama-3.3-70b-versatile',
    mistral: 'mistral-large-latest',
    deepseek: 'deepseek-chat',
    gemini: 'gemini-2.5-flash',
    anthropic: 'claude-sonnet-4-5',
    xai: 'grok-4',
    perplexity: 'sonar',
    together: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    fireworks: 'accounts/fireworks/models/gpt-oss-120b',
    cerebras: 'gpt-oss-120b',
    moonshot: 'kimi-k2-0905-preview',
    foundry: 'gpt-4o',
    bedrock: 'openai.gpt-oss-120b-1:0',
    vertex: 'gemini-2.5-flash',
  };
  for (const [id, model] of Object.entries(priced)) {
    it(`is known for ${model} of ${id}`, async () => {
      const { baseUrl, baseUrlExample } = findPreset(id) ?? {};
      const cost = await computeCost(run({ baseUrl: baseUrl || (baseUrlExample ?? ''), model }), {});
      assert.ok((cost?.usd ?? 0) > 0);
    });
  }
});
