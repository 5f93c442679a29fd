import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Endpoint } from '../../../src/core/chat';
import { QuilletError } from '../../../src/core/errors';
import { startFakeModelServer } from '../../support/fakeModelServer';
import { canaryKey, endpointAt, expectRun, knownUsage, newService, runAt, useServer } from '../../support/llmHarness';
import { apiError, streamed } from '../../support/scenario';

const environment = {
  OPENAI_API_KEY: 'sk-ENVIRONMENT-key',
  OPENAI_ADMIN_KEY: 'sk-ENVIRONMENT-admin',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/ENVIRONMENT',
  OPENAI_ORG_ID: 'org-ENVIRONMENT',
  OPENAI_PROJECT_ID: 'proj-ENVIRONMENT',
  OPENAI_CUSTOM_HEADERS: 'Authorization: Bearer ENVIRONMENT\nX-Env: ENVIRONMENT',
  OPENAI_LOG: 'debug',
  OPENAI_WEBHOOK_SECRET: 'whsec-ENVIRONMENT',
};

describe('the key of a run', () => {
  const server = useServer();

  beforeEach(() => server().script(streamed(['Hello'])));

  it('K01: a provider that needs a key and has none sends nothing', async () => {
    const endpoint = { needsKey: true };
    const run = await expectRun(
      server(),
      { outcome: 'failed', kind: 'key.missing', attempts: 0 },
      { key: null, endpoint },
    );
    const { providerId, providerLabel, baseUrl } = run.error?.details ?? {};
    assert.deepEqual([providerId, providerLabel, baseUrl], ['fake', 'Fake server', server().url]);
  });

  it('K03, need 18: a server that needs no key gets no Authorization header', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { key: null });
    assert.equal(server().requests[0]?.headers['authorization'], undefined);
  });

  it('need 18: a key that is stored is sent even where none is needed', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    assert.equal(server().requests[0]?.headers['authorization'], `Bearer ${canaryKey}`);
  });

  it('need 18: a server that wants a key after all says so', async () => {
    server().script(apiError(401, { message: 'A key is required.' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.401' }, { key: null });
  });

  for (const [name, key] of [
    ['a line break', 'sk-CANARY\nX-Injected: 1'],
    ['a NUL', 'sk-CANARY\0'],
    ['a letter that is not Latin', 'sk-CANARY\u0430'],
    ['a space', 'sk-CANARY x'],
  ] as const) {
    it(`K05, K06: a key with ${name} is refused, and no error repeats it`, async () => {
      const run = await expectRun(server(), { outcome: 'failed', kind: 'key.format', requests: 0 }, { key });
      assert.ok(!inspect(run, { depth: 20 }).includes('CANARY'));
    });
  }

  it('K11: a key store that fails fails the run', async () => {
    const run = await runWith(() => Promise.reject(new QuilletError('key.store', { subject: 'locked' })));
    assert.deepEqual([run.outcome, run.error?.kind, run.attempts], ['failed', 'key.store', 0]);
    assert.equal(server().requests.length, 0);
  });

  it('K14: each attempt asks for the key, so that one which was changed meanwhile is used', async () => {
    server().script(apiError(500, { message: 'Oops.' }, { 'retry-after-ms': '1' }));
    const keys = ['sk-CANARY-first-0123456789', 'sk-CANARY-second-0123456789', 'sk-CANARY-third-0123456789'];
    const service = newService({ getKey: async () => keys[server().requests.length] });
    const run = await runAt(server().url, { service });
    assert.deepEqual([run.error?.kind, run.attempts], ['http.5xx', 3]);
    assert.deepEqual(
      server().requests.map(({ headers }) => headers['authorization']),
      keys.map((key) => `Bearer ${key}`),
    );
  });

  it('K14: a key that is gone at the second attempt ends the run, which knows what it sent', async () => {
    server().script(apiError(500, { message: 'Oops.' }, { 'retry-after-ms': '1' }));
    const service = newService({ getKey: async () => (server().requests.length === 0 ? canaryKey : undefined) });
    const run = await runAt(server().url, { service, endpoint: { needsKey: true } });
    assert.deepEqual([run.error?.kind, run.attempts, server().requests.length], ['key.missing', 1, 1]);
  });

  it('K08: a refused key from a variable or a program is named by its source, and is not kept', async () => {
    server().script(apiError(401, { message: 'Incorrect API key.' }));
    const refused: string[] = [];
    for (const [source, expected] of [
      [{ apiKeyEnv: 'MY_KEY' }, { kind: 'variable', name: 'MY_KEY' }],
      [{ apiKeyCommand: ['op', 'read', 'op://CANARY'] }, { kind: 'command', name: 'op' }],
      [{}, undefined],
    ] as const) {
      const service = newService({ onKeyRejected: ({ providerId }) => refused.push(providerId) });
      const run = await runAt(server().url, { service, endpoint: source });
      assert.deepEqual([run.error?.kind, run.error?.details.keySource], ['http.401', expected]);
      assert.ok(!inspect(run.error, { depth: 20 }).includes('CANARY'));
    }
    assert.deepEqual(refused, ['fake', 'fake', 'fake']);
  });

  it('X03: a key store that never answers can be stopped', async () => {
    const stop = new AbortController();
    const running = runWith(() => new Promise(() => undefined), stop.signal);
    setTimeout(() => stop.abort(), 20);
    assert.equal((await running).outcome, 'cancelled');
  });

  it('R17: the error of a run never holds the client, in whose options the key could be', async () => {
    server().script(apiError(500, { message: 'Oops.' }, { 'retry-after-ms': '1' }));
    const run = await runAt(server().url);
    assert.ok(!inspect(run, { depth: 20, showHidden: true }).includes('CANARY'));
  });

  function runWith(getKey: (endpoint: Endpoint) => Promise<string | undefined>, signal = new AbortController().signal) {
    const service = newService({ getKey });
    const request = {
      endpoint: endpointAt(server().url),
      model: 'some-model',
      messages: [],
      parameters: {},
      timeouts: { headers: 1000, firstToken: 0, idle: 1000, total: 0 },
      retries: 0,
      answerLimit: 1000,
    };
    return service.run(request, { onText: () => undefined, onPhase: () => undefined }, signal);
  }
});

describe('a run under an environment full of OPENAI_ variables', () => {
  const server = useServer();

  beforeEach(() => {
    Object.assign(process.env, environment);
    server().script(streamed(['Hello']));
  });

  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  it('R22, E04: none of them is sent, and the configured server is asked', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    const [request] = server().requests;
    assert.equal(request?.headers['authorization'], `Bearer ${canaryKey}`);
    assert.ok(!JSON.stringify(request).includes('ENVIRONMENT'));
  });

  it('K02, R22: a key in the environment is no key for a provider without one', async () => {
    const endpoint = { needsKey: true };
    await expectRun(server(), { outcome: 'failed', kind: 'key.missing', attempts: 0 }, { key: null, endpoint });
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { key: null });
    assert.ok(!JSON.stringify(server().requests).includes('ENVIRONMENT'));
  });

  it('R22: a client that is given nothing finds nothing', async () => {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'given', dangerouslyAllowBrowser: true, logLevel: 'off' });
    const { organization, project, baseURL } = client;
    assert.deepEqual([organization, project, baseURL], [null, null, 'https://api.openai.com/v1']);
    assert.throws(() => new OpenAI({ dangerouslyAllowBrowser: true }));
  });
});

describe('what a run sends', () => {
  const server = useServer();

  beforeEach(() => server().script(streamed(['Hello'])));

  it('need 2: nothing but the model, the messages and the wish to stream', async () => {
    await runAt(server().url, { prompt: 'Say "hello" \u{1f600}\r\n' });
    const [request] = server().requests;
    assert.deepEqual([request?.method, request?.path], ['POST', '/v1/chat/completions']);
    assert.deepEqual(request?.json, {
      model: 'some-model',
      messages: [{ role: 'user', content: 'Say "hello" \u{1f600}\r\n' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('need 2: every parameter that is set, under its name on the wire', async () => {
    const parameters = {
      temperature: 0,
      topP: 0.5,
      maxOutputTokens: 10,
      stop: ['END'],
      seed: 7,
      reasoningEffort: 'low',
    };
    await runAt(server().url, { parameters });
    const { model: _m, messages: _s, stream: _t, stream_options: _o, ...sent } = server().requests[0]?.json ?? {};
    assert.deepEqual(sent, {
      temperature: 0,
      top_p: 0.5,
      max_tokens: 10,
      stop: ['END'],
      seed: 7,
      reasoning_effort: 'low',
    });
  });

  it('E01, need 33: no header of the SDK but the few that are needed', async () => {
    await runAt(server().url);
    const names = Object.keys(server().requests[0]?.headers ?? {}).sort();
    // The last ones are added by fetch itself.
    const expected = ['authorization', 'content-type', 'accept', 'user-agent'];
    const byFetch = ['accept-encoding', 'accept-language', 'connection', 'content-length', 'host', 'sec-fetch-mode'];
    assert.deepEqual(names, [...expected, ...byFetch].sort());
    assert.equal(server().requests[0]?.headers['user-agent'], 'Quillet');
  });

  it('need 34: the headers of the settings, but never another Authorization', async () => {
    const headers = { 'X-Team': 'a', 'User-Agent': 'Team A' };
    await runAt(server().url, { endpoint: { headers } });
    const seen = server().requests[0]?.headers;
    assert.deepEqual([seen?.['x-team'], seen?.['user-agent']], ['a', 'Team A']);
    assert.equal(seen?.['authorization'], `Bearer ${canaryKey}`);
  });

  it('need 14: the query of the base URL stays behind the path', async () => {
    await runAt(`${server().url}?api-version=1&name=a%20b`);
    const url = new URL(server().requests[0]?.path ?? '', server().url);
    assert.equal(url.pathname, '/v1/chat/completions');
    assert.deepEqual(
      [...url.searchParams],
      [
        ['api-version', '1'],
        ['name', 'a b'],
      ],
    );
  });

  it('need 14: a base path other than /v1', async () => {
    await runAt(server().url.replace('/v1', '/api/paas/v4'));
    assert.equal(server().requests[0]?.path, '/api/paas/v4/chat/completions');
  });

  it('E01: the key goes to its own origin only', async () => {
    const other = await startFakeModelServer();
    try {
      await Promise.all([runAt(server().url, { key: 'sk-CANARY-of-this-server' }), runAt(other.url, { key: null })]);
      assert.equal(server().requests[0]?.headers['authorization'], 'Bearer sk-CANARY-of-this-server');
      assert.ok(!JSON.stringify(other.requests).includes('CANARY'));
    } finally {
      await other.close();
    }
  });

  it('Q01: fifty runs at once get an answer each', async () => {
    server().reset();
    const runs = await Promise.all(
      Array.from({ length: 50 }, (_, index) => runAt(server().url, { model: 'echo', prompt: `Question ${index}` })),
    );
    assert.deepEqual(
      runs.map((run) => [run.outcome, run.text]),
      runs.map((_, index) => ['ok', `Question ${index}`]),
    );
  });
});
