import assert from 'node:assert/strict';
import type { ChatMessage } from '../../../src/core/chat';
import { messagesEndpoint } from '../../support/dialects';
import { type Expected, expectRun, newService, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { messagesError, messagesStream, wholeMessage } from '../../support/otherApis';

const complete: Expected = { outcome: 'ok', text: 'Hello', usage: { inputTokens: 21, outputTokens: 34 } };
const conversation: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'Why?' },
];

describe('a request of the Messages API', () => {
  const server = useServer('x-api-key');
  beforeEach(() => server().script(messagesStream(['Hello']), 'messages'));

  async function bodyFor(options: RunOptions): Promise<Readonly<Record<string, unknown>>> {
    await runAt(server().url, { endpoint: messagesEndpoint, ...options });
    return server().requests.at(-1)?.json ?? {};
  }

  it('has the system text in its own field, the key and the version in headers', async () => {
    const parameters = { temperature: 0.5, topP: 0.9, maxOutputTokens: 100, stop: ['END'], seed: 3 };
    const body = await bodyFor({ messages: conversation, parameters });
    assert.deepEqual(body, {
      model: 'some-model',
      max_tokens: 100,
      system: 'Be brief.',
      messages: conversation.slice(1),
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      stream: true,
    });
    const [{ path, headers } = assert.fail()] = server().requests;
    assert.equal(path, '/v1/messages');
    assert.match(String(headers['x-api-key']), /^sk-CANARY/);
    assert.deepEqual([headers['authorization'], headers['anthropic-version']], [undefined, '2023-06-01']);
  });

  it('names the model in the address at Google Vertex AI', async () => {
    const baseUrl = `${server().url}/projects/p/locations/l/publishers/anthropic`;
    server().script(messagesStream(['Hello']), 'other');
    const { 'anthropic-version': _, ...headers } = messagesEndpoint.headers ?? {};
    await runAt(baseUrl, { endpoint: { ...messagesEndpoint, headers }, model: 'claude-sonnet-4-5@20250929' });
    const [{ path, json: body } = assert.fail()] = server().requests;
    assert.match(path, /\/publishers\/anthropic\/models\/claude-sonnet-4-5@20250929:streamRawPredict$/);
    assert.deepEqual([body?.['anthropic_version'], body?.['model']], ['vertex-2023-10-16', undefined]);
  });

  it('joins messages of the same role, and several system texts', async () => {
    const messages: readonly ChatMessage[] = [
      { role: 'system', content: 'A' },
      { role: 'system', content: 'B' },
      { role: 'user', content: 'C' },
      { role: 'user', content: 'D' },
    ];
    const body = await bodyFor({ messages });
    assert.deepEqual([body['system'], body['messages']], ['A\n\nB', [{ role: 'user', content: 'C\n\nD' }]]);
  });

  it('maps the effort to thinking', async () => {
    const high = await bodyFor({ parameters: { reasoningEffort: 'high' } });
    assert.deepEqual([high['thinking'], high['output_config']], [{ type: 'adaptive' }, { effort: 'high' }]);
    const none = await bodyFor({ parameters: { reasoningEffort: 'none' } });
    assert.deepEqual([none['thinking'], none['output_config']], [{ type: 'disabled' }, undefined]);
  });

  it('sends the limit of the user, else that of the model, else a default', async () => {
    const service = newService({ findOutputLimit: (_endpoint, model) => (model === 'known' ? 64_000 : undefined) });
    const limitFor = async (options: RunOptions) => (await bodyFor({ service, ...options }))['max_tokens'];
    assert.equal(await limitFor({ model: 'known', parameters: { maxOutputTokens: 7 } }), 7);
    assert.equal(await limitFor({ model: 'known' }), 64_000);
    assert.equal(await limitFor({}), 32_000);
  });

  describe('in a conversation', () => {
    const mark = { type: 'ephemeral' };

    it('marks its end for the cache', async () => {
      const { messages } = await bodyFor({ messages: conversation, isConversation: true });
      assert.deepEqual(messages, [
        ...conversation.slice(1, 3),
        { role: 'user', content: [{ type: 'text', text: 'Why?', cache_control: mark }] },
      ]);
    });

    it("leaves the cache to the user's own cache_control", async () => {
      for (const own of [null, { type: 'ephemeral', ttl: '1h' }]) {
        const endpoint = { ...messagesEndpoint, extraBodies: [{ body: { cache_control: own } }] };
        const body = await bodyFor({ endpoint, messages: conversation, isConversation: true });
        assert.deepEqual([body['cache_control'], body['messages']], [own, conversation.slice(1)]);
      }
    });

    it('is repeated without the mark if the server rejects it, and then remembers that', async () => {
      const message = 'messages.0.content.0.text.cache_control: Extra inputs are not permitted';
      server().scriptNext([messagesError(400, 'invalid_request_error', message)], 'messages');
      const options = { service: newService(), messages: conversation, isConversation: true };
      for (const count of [2, 3]) {
        assert.deepEqual((await bodyFor(options))['messages'], conversation.slice(1));
        assert.equal(server().requests.length, count);
      }
    });
  });
});

describe('a server of the Messages API that rejects a request', () => {
  const server = useServer('x-api-key');
  const invalid = (message: string) => messagesError(400, 'invalid_request_error', message);
  const limits = () => server().requests.map(({ json: body }) => body?.['max_tokens']);

  async function expectLimits(messages: readonly string[], expected: readonly number[]): Promise<void> {
    const service = newService();
    server().scriptNext(messages.map(invalid), 'messages');
    server().script(messagesStream(['Hello']), 'messages');
    for (let count = 0; count < 2; count += 1) await runAt(server().url, { endpoint: messagesEndpoint, service });
    assert.deepEqual(limits(), expected);
  }

  it('gets the maximum that it names, also in later requests', async () => {
    const message =
      'max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022';
    await expectLimits([message], [32_000, 8192, 8192]);
  });

  it('gets a small limit if it names no maximum', () =>
    expectLimits(['max_tokens is too large'], [32_000, 4096, 4096]));

  for (const message of [
    'input length and `max_tokens` exceed context limit: 188240 + 32000 > 200000, decrease input length or `max_tokens` and try again',
    "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 200000 tokens and your request has 188240 input tokens (32000 > 200000 - 188240).",
  ]) {
    it('gets what is left of its context window, in this request only', () =>
      expectLimits([message], [32_000, 11_760, 32_000]));
  }

  it("does not get another limit than the user's own, but its maximum is offered", async () => {
    server().script(
      invalid('max_tokens: 50000 > 8192, which is the maximum allowed number of output tokens'),
      'messages',
    );
    for (const options of [
      { endpoint: messagesEndpoint, parameters: { maxOutputTokens: 50_000 } },
      { endpoint: { ...messagesEndpoint, extraBodies: [{ body: { max_tokens: 50_000 } }] } },
    ]) {
      const run = await runAt(server().url, options);
      assert.equal(run.error?.kind, 'http.400');
      const offered = 'parameters' in options ? { parameter: 'maxOutputTokens', sent: 50_000, bound: 8192 } : undefined;
      assert.deepEqual(run.error?.details.valueBound, offered);
    }
    assert.deepEqual(limits(), [50_000, 50_000]);
  });

  const rejected: readonly (readonly [field: string, message: string])[] = [
    ['temperature', '`temperature` may only be set to 1 when thinking is enabled.'],
    ['stop_sequences', 'stop_sequences: Extra inputs are not permitted'],
    ['thinking', 'adaptive thinking is not supported on this model'],
    ['output_config', 'This model does not support the effort parameter.'],
    ['top_p', '`top_p` cannot be specified for this model. Please use only `temperature`.'],
  ];
  for (const [field, message] of rejected) {
    it(`gets the request without ${field}`, async () => {
      const parameters = { temperature: 0.2, topP: 0.5, stop: ['END'], reasoningEffort: 'low' };
      server().scriptNext([invalid(message)], 'messages');
      server().script(messagesStream(['Hello']), 'messages');
      await expectRun(server(), { ...complete, attempts: 2 }, { endpoint: messagesEndpoint, parameters });
      const [first, second] = server().requests.map(({ json: body }) => body ?? {});
      const { [field]: removed, ...rest } = first ?? {};
      assert.notEqual(removed, undefined);
      assert.deepEqual(second, rest);
    });
  }

  it('gets a request that is not a stream if it cannot stream', async () => {
    server().scriptNext([invalid('stream: streaming is not supported')], 'messages');
    server().script(wholeMessage([{ type: 'text', text: 'Hello' }]), 'messages');
    await expectRun(server(), { ...complete, attempts: 2 }, { endpoint: messagesEndpoint });
    assert.equal(server().requests[1]?.json?.['stream'], false);
  });

  it('is asked again if it is overloaded', async () => {
    const busy = messagesError(529, 'overloaded_error', 'Overloaded', { 'retry-after': '0' });
    server().scriptNext([busy, busy], 'messages');
    server().script(messagesStream(['Hello']), 'messages');
    await expectRun(server(), { ...complete, attempts: 3 }, { endpoint: messagesEndpoint });
  });

  for (const [status, type, kind] of [
    [401, 'authentication_error', 'http.401'],
    [402, 'billing_error', 'http.4xx'],
    [403, 'permission_error', 'http.403'],
    [404, 'not_found_error', 'http.404'],
    [413, 'request_too_large', 'http.413'],
  ] as const) {
    it(`is not asked again after ${type}, and its words and the ID are kept`, async () => {
      server().script(messagesError(status, type, 'These are the words.'), 'messages');
      const run = await expectRun(server(), { outcome: 'failed', kind }, { endpoint: messagesEndpoint });
      const { serverMessage, requestId } = run.error?.details ?? {};
      assert.deepEqual([serverMessage, requestId], ['These are the words.', 'req_7']);
    });
  }
});
