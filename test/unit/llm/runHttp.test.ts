import assert from 'node:assert/strict';
import type { HttpApiConfig } from '../../../src/core/chat';
import { httpEndpoint, jsonLines, ollamaConfig } from '../../support/httpEndpoints';
import {
  canaryKey,
  type Expected,
  expectRun,
  knownUsage,
  type RunOptions,
  runAt,
  useServer,
} from '../../support/llmHarness';
import { apiError, defaultUsage, html, json, type Scenario, text } from '../../support/scenario';

const answer = { choices: [{ text: 'Hello', finish_reason: 'stop' }], usage: defaultUsage };

describe('a run with a custom HTTP request', () => {
  const server = useServer();

  function origin(): string {
    return new URL(server().url).origin;
  }

  function options(request: object = {}, provider: object = {}): RunOptions {
    return { endpoint: httpEndpoint(origin(), request, provider) };
  }

  it('sends a documented request: POST /v1/generate, answer at choices[0].text', async () => {
    server().script(json(answer), 'other');
    const parameters = { maxOutputTokens: 200, temperature: 0.7, stop: ['\n\n', 'END'] };
    const run = await expectRun(
      server(),
      { outcome: 'ok', text: 'Hello', usage: knownUsage },
      { ...options(), prompt: 'Write "hello" in ${model}\n', model: 'gpt-x', parameters },
    );
    assert.equal(run.finishReason, 'stop');
    const [request] = server().requests;
    assert.deepEqual([request?.method, request?.path], ['POST', '/v1/generate']);
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(request?.headers['authorization'], `Bearer ${canaryKey}`);
    assert.deepEqual(request?.json, {
      model: 'gpt-x',
      prompt: 'Write "hello" in ${model}\n',
      max_tokens: 200,
      temperature: 0.7,
      stop_sequences: ['\n\n', 'END'],
    });
  });

  it('omits parameters that are not set', async () => {
    server().script(json(answer), 'other');
    await runAt(server().url, options());
    assert.deepEqual(server().requests[0]?.json, { model: 'some-model', prompt: 'Say hello.' });
  });

  it('fills messages, system and every parameter into the template', async () => {
    server().script(json(answer), 'other');
    const names = ['messages', 'system', 'stream', 'topP', 'seed', 'reasoningEffort', 'temperature'];
    const body = Object.fromEntries(names.map((name) => [name, `\${${name}}`]));
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello?' },
    ] as const;
    const parameters = { topP: 0.5, seed: 7, reasoningEffort: 'low' };
    await runAt(server().url, { ...options({ body }), messages, parameters });
    assert.deepEqual(server().requests[0]?.json, {
      messages,
      system: 'Be brief.',
      stream: false,
      topP: 0.5,
      seed: 7,
      reasoningEffort: 'low',
    });
  });

  it('uses another method, and a URL with a query', async () => {
    server().script(json(answer), 'other');
    await runAt(server().url, options({ url: `${origin()}/any/path?version=2`, method: 'PUT' }));
    await runAt(server().url, options({ url: `${origin()}/any?q=1`, method: 'GET' }));
    const [put, get] = server().requests;
    assert.deepEqual([put?.method, put?.path], ['PUT', '/any/path?version=2']);
    assert.deepEqual([get?.method, get?.path, get?.body], ['GET', '/any?q=1', '']);
  });

  it('sends null in the body', async () => {
    server().script(json(answer), 'other');
    await runAt(server().url, options({ body: { prompt: '${prompt}', suffix: null } }));
    assert.deepEqual(server().requests[0]?.json, { prompt: 'Say hello.', suffix: null });
  });

  const pointers: readonly (readonly [string, Partial<HttpApiConfig>, unknown, Expected])[] = [
    ['the default pointers', {}, answer, { outcome: 'ok', text: 'Hello', usage: knownUsage }],
    [
      'a text at the top level',
      { text: '/response', finish: '/done_reason', usage: '/counts' },
      { response: 'Hello', done_reason: 'stop', counts: defaultUsage },
      { outcome: 'ok', text: 'Hello', usage: knownUsage },
    ],
    ['a document that is only the text', { text: '' }, 'Hello', { outcome: 'ok', text: 'Hello' }],
    [
      'names with a slash and a tilde',
      { text: '/a~1b/m~0n/1' },
      { 'a/b': { 'm~n': ['no', 'Hello'] } },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'a finish that is true',
      { finish: '/done' },
      { ...answer, done: true },
      { outcome: 'ok', text: 'Hello', usage: knownUsage },
    ],
    [
      'a finish reason "length" [S10]',
      {},
      { choices: [{ text: 'Hello', finish_reason: 'length' }] },
      { outcome: 'ok', text: 'Hello', warnings: ['finish.length'] },
    ],
    [
      'a pointer to a missing value',
      { text: '/missing/0' },
      answer,
      { outcome: 'failed', kind: 'body.empty', usage: knownUsage },
    ],
    ['a text that is not a string', {}, { choices: [{ text: 42 }] }, { outcome: 'failed', kind: 'body.empty' }],
    ['an error with status 200 [B02]', {}, { error: { message: 'No.' } }, { outcome: 'failed', kind: 'body.error' }],
  ];
  for (const [name, shape, body, expected] of pointers) {
    it(`reads by pointers: ${name}`, async () => {
      server().script(json(body), 'other');
      await expectRun(server(), expected, options(shape));
    });
  }

  const refusals: readonly (readonly [string, Scenario, object, string])[] = [
    ['an error object', apiError(400, { message: 'Too long.' }), {}, 'Too long.'],
    [
      'an error at a configured pointer',
      json({ fault: { reason: { message: 'Too long.' } } }, 400),
      { error: '/fault/reason' },
      'Too long.',
    ],
    ['an error without a pointer', json({ detail: 'Too long.' }, 422), {}, 'Too long.'],
    ['text', text('Too long.', 400), {}, 'Too long.'],
    ['a web page', html('<h1>Too long.</h1>', 502), {}, 'Too long.'],
  ];
  for (const [name, script, shape, message] of refusals) {
    it(`reports the server's own message for an error status: ${name}`, async () => {
      server().script({ ...script, headers: { ...script.headers, 'retry-after-ms': '1' } }, 'other');
      const run = await runAt(server().url, options(shape));
      const { serverMessage, status, path } = run.error?.details ?? {};
      assert.deepEqual([run.outcome, serverMessage, status, path], ['failed', message, script.status, '/v1/generate']);
    });
  }

  it('reports a body that is not JSON with its type and its first words', async () => {
    const words = 'upstream connect error or disconnect/reset before headers. '.repeat(20);
    for (const shape of [{ stream: 'none' }, { stream: 'sse', text: '/t' }, { stream: 'ndjson', text: '/t' }]) {
      server().script(text(words), 'other');
      const run = await runAt(server().url, options(shape));
      const { serverMessage = '', subject } = run.error?.details ?? {};
      assert.deepEqual([run.error?.kind, subject], ['body.notjson', 'text/plain; charset=utf-8'], shape.stream);
      assert.ok(serverMessage.startsWith('upstream connect error or') && serverMessage.length <= 4000, serverMessage);
    }
  });

  it('rejects lines of JSON if a single document was configured [B05]', async () => {
    server().script(jsonLines({ response: 'Hel' }, { response: 'lo' }), 'other');
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.notjson' }, options());
    assert.equal(run.error?.details.subject, 'application/x-ndjson');
  });

  it('is attempted three times at most, and never negotiated [R43]', async () => {
    server().script(apiError(503, { message: 'Busy.' }, { 'retry-after-ms': '1' }), 'other');
    await expectRun(server(), { outcome: 'failed', kind: 'http.5xx', attempts: 3 }, options());
    server().reset();
    server().script(apiError(400, { message: 'Unknown parameter.', param: 'temperature' }), 'other');
    await expectRun(
      server(),
      { outcome: 'failed', kind: 'http.400' },
      { ...options(), parameters: { temperature: 1 } },
    );
  });

  it('can be stopped, and the server sees it [X09]', async () => {
    const stop = new AbortController();
    const endless = { do: 'repeat', text: '{"response":"."}\n', everyMs: 5 } as const;
    server().script({ steps: [endless] }, 'other');
    const run = await runAt(server().url, {
      ...options(ollamaConfig),
      signal: stop.signal,
      onText: () => stop.abort(),
    });
    assert.deepEqual([run.outcome, run.text], ['cancelled', '.']);
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('never sends a request to another origin than its base URL [E01]', async () => {
    const provider = { baseUrl: 'https://llm.example.com/v1' };
    const run = await runAt(server().url, options({ url: `${origin()}/v1/generate` }, provider));
    assert.deepEqual([run.error?.kind, server().requests.length], ['cfg.url', 0]);
  });

  it('rejects an unusable address before it begins [C01 to C08]', () => {
    for (const url of [
      '',
      'localhost:1/x',
      'ftp://h/x',
      'https://u:p@h/x',
      'http://h/x',
      '<https://h/x>',
      'https://h/x#y',
    ]) {
      assert.throws(() => httpEndpoint('', { url }), { name: 'QuilletError', kind: 'cfg.url' }, url);
    }
  });

  it('reports an unknown name in the template before anything is sent', async () => {
    const run = await runAt(server().url, options({ body: { prompt: '${promt}' } }));
    assert.deepEqual([run.error?.kind, run.error?.details.subject], ['cfg.request', 'promt']);
    assert.equal(server().requests.length, 0);
  });

  it('fails if no request is configured', async () => {
    const run = await runAt(server().url, { endpoint: { api: 'http' } });
    assert.deepEqual([run.error?.kind, run.error?.details.providerId], ['cfg.request', 'fake']);
  });
});

describe('a run with a custom key header', () => {
  const server = useServer('x-gateway-key');

  it('sends the bare key in that header, and no Authorization', async () => {
    server().script(json(answer), 'other');
    const provider = { keyHeader: 'X-Gateway-Key' };
    await runAt(server().url, { endpoint: httpEndpoint(new URL(server().url).origin, {}, provider) });
    await runAt(server().url, { endpoint: { keyHeader: 'X-Gateway-Key' } });
    for (const { headers } of server().requests) {
      assert.deepEqual([headers['x-gateway-key'], headers['authorization']], [canaryKey, undefined]);
    }
    assert.equal(server().requests.length, 2);
  });
});
