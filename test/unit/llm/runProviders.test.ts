import assert from 'node:assert/strict';
import fs from 'node:fs';
import { LLMock } from '@copilotkit/aimock';
import type { Endpoint, HttpApiConfig, Usage } from '../../../src/core/chat';
import { classifyFinishReason } from '../../../src/core/finishReason';
import { resolveEndpoint } from '../../../src/providers/endpoint';
import { parseSettings } from '../../../src/settings/common/settings';
import {
  assertRun,
  canaryKey,
  type Expected,
  expectRun,
  type RunOptions,
  runAt,
  useServer,
} from '../../support/llmHarness';
import type { Scenario } from '../../support/scenario';

const sentence = 'The function adds two numbers: `1 + 2` is 3.';
const fixtureUsage: Usage = { inputTokens: 31, outputTokens: 14, totalTokens: 45 };

function sample(name: string): Scenario {
  const bytes = fs.readFileSync(`test/fixtures/wire/${name}`);
  const type = name.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson';
  return { headers: { 'content-type': type }, steps: [{ do: 'bytes', base64: bytes.toString('base64') }] };
}

const complete: Expected = { outcome: 'ok', text: sentence, usage: fixtureUsage };
const broken: Expected = { outcome: 'truncated', kind: 'sse.error', text: 'The function ' };

interface Case {
  readonly file: string;
  readonly expected: Expected;
  readonly model?: string;
  readonly thinks?: true;
  readonly message?: string;
  readonly endpoint?: Partial<Endpoint>;
}

const cases: readonly Case[] = [
  {
    file: 'anthropic.sse',
    expected: {
      ...complete,
      usage: {
        inputTokens: 31,
        outputTokens: 29,
        cachedTokens: 16,
        cacheWriteTokens: 5,
        reasoningTokens: 15,
        serviceTier: 'standard',
      },
    },
    model: 'claude-sonnet-4-5-20250929',
    thinks: true,
    endpoint: { api: 'messages' },
  },
  {
    file: 'anthropicError.sse',
    expected: { ...broken, usage: { inputTokens: 31 } },
    message: 'Overloaded',
    endpoint: { api: 'messages' },
  },
  {
    file: 'azure.sse',
    expected: { ...complete, usage: { ...fixtureUsage, cachedTokens: 0, reasoningTokens: 0 } },
    model: 'gpt-4.1-2025-04-14',
  },
  {
    file: 'deepseek.sse',
    expected: {
      ...complete,
      usage: { inputTokens: 31, outputTokens: 29, totalTokens: 60, cachedTokens: 16, reasoningTokens: 15 },
    },
    model: 'deepseek-reasoner',
    thinks: true,
  },
  { file: 'gemini.sse', expected: complete, model: 'gemini-2.5-flash' },
  { file: 'groq.sse', expected: complete, model: 'llama-3.3-70b-versatile' },
  { file: 'llamacpp.sse', expected: complete, model: 'qwen2.5-coder-7b-q4_k_m.gguf' },
  { file: 'llamacppError.sse', expected: broken, message: 'context shift is disabled' },
  { file: 'lmstudio.sse', expected: complete, model: 'qwen2.5-7b-instruct' },
  {
    file: 'lmstudioError.sse',
    expected: { outcome: 'failed', kind: 'sse.error' },
    message: 'The number of tokens to keep from the initial prompt is greater than the context length.',
  },
  {
    file: 'mistral.sse',
    expected: { ...complete, usage: { inputTokens: 31, outputTokens: 29, totalTokens: 60 } },
    model: 'magistral-medium-2507',
    thinks: true,
  },
  { file: 'ollama.sse', expected: complete, model: 'llama3.2' },
  {
    file: 'openrouter.sse',
    expected: {
      ...complete,
      usage: {
        inputTokens: 31,
        outputTokens: 29,
        totalTokens: 60,
        cachedTokens: 0,
        reasoningTokens: 15,
        costUsd: 0.000071,
      },
    },
    model: 'deepseek/deepseek-r1',
    thinks: true,
  },
  { file: 'minimax.sse', expected: complete, model: 'MiniMax-M2' },
  {
    file: 'kimi.sse',
    expected: { ...complete, usage: { ...fixtureUsage, cachedTokens: 16 } },
    model: 'kimi-k2-0905-preview',
  },
  { file: 'perplexity.sse', expected: { ...complete, usage: { ...fixtureUsage, costUsd: 0.005045 } }, model: 'sonar' },
  {
    file: 'xai.sse',
    expected: {
      ...complete,
      usage: {
        inputTokens: 31,
        outputTokens: 29,
        totalTokens: 60,
        cachedTokens: 0,
        reasoningTokens: 15,
        costUsd: 0.000435,
      },
    },
    model: 'grok-4',
    thinks: true,
  },
  { file: 'openrouterError.sse', expected: broken, message: 'Provider disconnected unexpectedly' },
  {
    file: 'vllm.sse',
    expected: { ...complete, usage: { inputTokens: 31, outputTokens: 15, totalTokens: 46, cachedTokens: 16 } },
    model: 'Qwen/Qwen3-8B',
    thinks: true,
  },
  {
    file: 'vllmError.sse',
    expected: { ...broken, usage: { inputTokens: 31, totalTokens: 31, outputTokens: 0 } },
    message: 'The model engine died.',
  },
];

describe('a run against a sample stream of each server', () => {
  const server = useServer();

  it('reads the answer of a gateway in the style of another API', async () => {
    for (const { file, expected } of cases) {
      for (const [route, endpoint] of [
        ['chat', {}],
        ['messages', { api: 'messages' }],
      ] as const) {
        server().script(sample(file), route);
        const run = await runAt(server().url, { endpoint });
        assert.deepEqual(
          [run.outcome, run.text, run.usage],
          [expected.outcome, expected.text ?? '', expected.usage],
          file,
        );
      }
    }
  });

  for (const { file, expected, model, thinks = false, message, endpoint = {} } of cases) {
    it(`is ${expected.outcome} for ${file}`, async () => {
      for (const route of ['chat', 'messages'] as const) server().script(sample(file), route);
      const run = await expectRun(server(), expected, { endpoint });
      if (model !== undefined) assert.equal(run.reportedModel, model);
      if (message !== undefined) assert.equal(run.error?.details.serverMessage, message);
      assert.equal(
        run.phases.some(({ kind }) => kind === 'thinking'),
        thinks,
      );
    });
  }

  it('reads every sample in packets of seven bytes', async () => {
    const files = fs.readdirSync('test/fixtures/wire').filter((name) => name.endsWith('.sse'));
    assert.deepEqual(files.sort(), cases.map(({ file }) => file).sort());
    for (const { file, expected } of cases) {
      server().script({ ...sample(file), toxics: { slicer: { size: 7 } } });
      const run = await runAt(server().url);
      assert.deepEqual(
        [run.outcome, run.text, run.usage],
        [expected.outcome, expected.text ?? '', expected.usage],
        file,
      );
    }
  });

  const ollama = { stream: 'ndjson', finish: '/done', usage: '' } as const;
  const routes: readonly (readonly [string, string, Partial<HttpApiConfig>])[] = [
    ['/api/generate', 'ollamaGenerate.ndjson', { ...ollama, text: '/response' }],
    ['/api/chat', 'ollamaChat.ndjson', { ...ollama, text: '/message/content' }],
  ];
  for (const [path, file, shape] of routes) {
    it(`reads Ollama's own ${path} with the http style`, async () => {
      server().script(sample(file), 'other');
      const body = { model: '${model}', prompt: '${prompt}', messages: '${messages}', stream: '${stream}' };
      const request = { url: `${new URL(server().url).origin}${path}`, body, ...shape };
      const { settings } = parseSettings({ providers: { mine: { request } } });
      const usage = { inputTokens: 31, outputTokens: 14 };
      await expectRun(server(), { ...complete, usage }, { endpoint: resolveEndpoint(settings, 'mine') });
      assert.equal(server().requests[0]?.json?.['stream'], true);
    });
  }
});

describe('a run against a mock server of each API', () => {
  let mock: LLMock;
  useServer();

  before(async () => {
    delete process.env['AIMOCK_API_KEYS'];
    mock = new LLMock({ host: '127.0.0.1', port: 0, chunkSize: 5, logLevel: 'silent' });
    const usage = { prompt_tokens: 31, completion_tokens: 14, total_tokens: 45 };
    mock.addFixture({
      match: { userMessage: 'Say hello.' },
      response: { content: sentence, usage },
      openRouterProcessing: true,
    });
    await mock.start();
  });

  after(() => mock.stop());

  const apis: readonly (readonly [name: string, path: string, requested: string, options: RunOptions])[] = [
    ['chat', '/v1', '/v1/chat/completions', {}],
    ['responses', '/v1', '/v1/responses', { endpoint: { api: 'responses' } }],
    ['messages', '/v1', '/v1/messages', { endpoint: { api: 'messages' } }],
    ['Azure, v1 route', '/openai/v1', '/openai/v1/chat/completions', { model: 'my-deployment' }],
    ['OpenRouter', '/api/v1', '/api/v1/chat/completions', { model: 'deepseek/deepseek-r1' }],
  ];
  for (const [name, path, requested, options] of apis) {
    it(`gets the whole answer with its usage from ${name}`, async () => {
      const run = await runAt(`${mock.url}${path}`, options);
      const { totalTokens: _, ...counts } = fixtureUsage;
      assertRun(run, { ...complete, usage: options.endpoint?.api === 'messages' ? counts : fixtureUsage });
      assert.equal(classifyFinishReason(run.finishReason ?? ''), 'complete');
      const { headers, body } = mock.getLastRequest() ?? {};
      assert.match(mock.getLastRequest()?.path ?? '', new RegExp(`${requested.replace(/^\/openai/, '')}$`));
      assert.equal((body as { model?: unknown } | undefined)?.model, options.model ?? 'some-model');
      assert.ok(!JSON.stringify([headers, body]).replace(canaryKey, '').includes('CANARY'));
    });
  }
});
