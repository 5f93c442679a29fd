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

  it('sends nothing if the provider needs a key and has none [K01]', async () => {
    const endpoint = { needsKey: true };
    const run = await expectRun(
      server(),
      { outcome: 'failed', kind: 'key.missing', attempts: 0 },
      { key: null, endpoint },
    );
    const { providerId, providerLabel, baseUrl } = run.error?.details ?? {};
    assert.deepEqual([providerId, providerLabel, baseUrl], ['fake', 'Fake server', server().url]);
  });

  it('sends no Authorization header without a key [K03]', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { key: null });
    assert.equal(server().requests[0]?.headers['authorization'], undefined);
  });

  it('sends a stored key even if none is needed', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    assert.equal(server().requests[0]?.headers['authorization'], `Bearer ${canaryKey}`);
  });

  it('reports a server that requires a key after all', async () => {
    server().script(apiError(401, { message: 'A key is required.' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.401' }, { key: null });
  });

  for (const [name, key] of [
    ['a line break', 'sk-CANARY\nX-Injected: 1'],
    ['a NUL', 'sk-CANARY\0'],
    ['a letter that is not Latin', 'sk-CANARY\u0430'],
    ['a space', 'sk-CANARY x'],
  ] as const) {
    it(`rejects a key with ${name} without repeating it in the error [K05, K06]`, async () => {
      const run = await expectRun(server(), { outcome: 'failed', kind: 'key.format', requests: 0 }, { key });
      assert.ok(!inspect(run, { depth: 20 }).includes('CANARY'));
    });
  }

  it('fails if the key store fails [K11]', async () => {
    const run = await runWith(() => Promise.reject(new QuilletError('key.store', { subject: 'locked' })));
    assert.deepEqual([run.outcome, run.error?.kind, run.attempts], ['failed', 'key.store', 0]);
    assert.equal(server().requests.length, 0);
  });

  describe('from a program', () => {
    const endpoint = { apiKeyCommand: ['vault', 'token'] } as const;
    const [expired, fresh] = ['sk-CANARY-expired-0123456789', 'sk-CANARY-fresh-0123456789'];

    // The first output of the program is cached until the server rejects it.
    function programOf(outputs: readonly (string | undefined)[]) {
      let runs = 1;
      const getKey = async () => {
        const output = outputs[Math.min(runs, outputs.length) - 1];
        if (output === undefined) throw new QuilletError('key.command', { subject: 'failed' });
        return output;
      };
      const onKeyRejected = () => {
        runs += 1;
      };
      return newService({ getKey, onKeyRejected });
    }

    beforeEach(() => {
      server().script(({ headers }) =>
        headers['authorization'] === `Bearer ${fresh}` ? streamed(['Hello']) : apiError(401, { message: 'Expired.' }),
      );
    });

    it('is read again if the token has expired, and the request is repeated', async () => {
      const expected = { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 } as const;
      await expectRun(server(), expected, { endpoint, service: programOf([expired, fresh]), retries: 0 });
    });

    it('is read again once only', async () => {
      const service = programOf([expired, 'sk-CANARY-other-0123456789', fresh]);
      const run = await expectRun(
        server(),
        { outcome: 'failed', kind: 'http.401', attempts: 2 },
        { endpoint, service },
      );
      assert.deepEqual(run.error?.details.keySource, { kind: 'command', name: 'vault' });
    });

    it('is not sent again if the program prints the same token or fails', async () => {
      const same = programOf([expired, expired]);
      await expectRun(server(), { outcome: 'failed', kind: 'http.401' }, { endpoint, service: same });
      server().reset();
      server().script(apiError(401, { message: 'Expired.' }));
      const failing = programOf([expired, undefined]);
      await expectRun(server(), { outcome: 'failed', kind: 'http.401' }, { endpoint, service: failing });
    });

    it('is the only source that is read again', async () => {
      await expectRun(server(), { outcome: 'failed', kind: 'http.401' }, { service: programOf([expired, fresh]) });
    });
  });

  it('reads the key for each attempt, so that a changed key is used [K14]', async () => {
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

  it('ends if the key is gone at the second attempt, and counts what was sent [K14]', async () => {
    server().script(apiError(500, { message: 'Oops.' }, { 'retry-after-ms': '1' }));
    const service = newService({ getKey: async () => (server().requests.length === 0 ? canaryKey : undefined) });
    const run = await runAt(server().url, { service, endpoint: { needsKey: true } });
    assert.deepEqual([run.error?.kind, run.attempts, server().requests.length], ['key.missing', 1, 1]);
  });

  it('names the source of a rejected key and drops it from the cache [K08]', async () => {
    server().script(apiError(401, { message: 'Incorrect API key.' }));
    const refused: string[] = [];
    for (const [source, expected] of [
      [{ apiKeyEnv: 'MY_KEY' }, { kind: 'variable', name: 'MY_KEY' }],
      [{ apiKeyCommand: ['op', 'read', 'op://CANARY'] }, { kind: 'command', name: 'op' }],
      [{}, undefined],
    ] as const) {
      const service = newService({ onKeyRejected: (_endpoint, key) => refused.push(key ?? '') });
      const run = await runAt(server().url, { service, endpoint: source });
      assert.deepEqual([run.error?.kind, run.error?.details.keySource], ['http.401', expected]);
      assert.ok(!inspect(run.error, { depth: 20 }).includes('CANARY'));
    }
    assert.deepEqual(refused, [canaryKey, canaryKey, canaryKey]);
  });

  it('can be stopped while the key store does not answer [X03]', async () => {
    const stop = new AbortController();
    const running = runWith(() => new Promise(() => undefined), stop.signal);
    setTimeout(() => stop.abort(), 20);
    assert.equal((await running).outcome, 'cancelled');
  });

  it('never puts the client, whose options hold a key, into an error [R17]', async () => {
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

describe('a run with OPENAI_ environment variables', () => {
  const server = useServer();

  beforeEach(() => {
    Object.assign(process.env, environment);
    server().script(streamed(['Hello']));
  });

  afterEach(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  it('sends none of them, and calls the configured server [R22, E04]', async () => {
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    const [request] = server().requests;
    assert.equal(request?.headers['authorization'], `Bearer ${canaryKey}`);
    assert.ok(!JSON.stringify(request).includes('ENVIRONMENT'));
  });

  it('does not use a key in the environment for a provider without one [K02, R22]', async () => {
    const endpoint = { needsKey: true };
    await expectRun(server(), { outcome: 'failed', kind: 'key.missing', attempts: 0 }, { key: null, endpoint });
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { key: null });
    assert.ok(!JSON.stringify(server().requests).includes('ENVIRONMENT'));
  });

  it('bundles a client that reads none of them [R22]', async () => {
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

  it('is only the model, the messages and the streaming options', async () => {
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

  it('includes every parameter that is set, under its wire name', async () => {
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

  it('includes no headers of the SDK except the required ones [E01]', async () => {
    await runAt(server().url);
    const names = Object.keys(server().requests[0]?.headers ?? {}).sort();
    // fetch itself adds the last ones.
    const expected = ['authorization', 'content-type', 'accept', 'user-agent'];
    const byFetch = ['accept-encoding', 'accept-language', 'connection', 'content-length', 'host', 'sec-fetch-mode'];
    assert.deepEqual(names, [...expected, ...byFetch].sort());
    assert.equal(server().requests[0]?.headers['user-agent'], 'Quillet');
  });

  it('includes the headers of the settings, but never another Authorization', async () => {
    const headers = { 'X-Team': 'a', 'User-Agent': 'Team A' };
    await runAt(server().url, { endpoint: { headers } });
    const seen = server().requests[0]?.headers;
    assert.deepEqual([seen?.['x-team'], seen?.['user-agent']], ['a', 'Team A']);
    assert.equal(seen?.['authorization'], `Bearer ${canaryKey}`);
  });

  it('keeps the query of the base URL after the path', async () => {
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

  it('keeps a base path other than /v1', async () => {
    await runAt(server().url.replace('/v1', '/api/paas/v4'));
    assert.equal(server().requests[0]?.path, '/api/paas/v4/chat/completions');
  });

  it('sends the key only to its own origin [E01]', async () => {
    const other = await startFakeModelServer();
    try {
      await Promise.all([runAt(server().url, { key: 'sk-CANARY-of-this-server' }), runAt(other.url, { key: null })]);
      assert.equal(server().requests[0]?.headers['authorization'], 'Bearer sk-CANARY-of-this-server');
      assert.ok(!JSON.stringify(other.requests).includes('CANARY'));
    } finally {
      await other.close();
    }
  });

  it('gets one answer for each of fifty runs at once [Q01]', async () => {
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
