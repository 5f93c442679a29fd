import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createGuardedFetch } from '../../../../src/llm/http/guardedFetch';
import { startFakeModelServer } from '../../../support/fakeModelServer';
import { canaryKey, endpointAt, failureOf, useServer } from '../../../support/llmHarness';
import { json, redirect } from '../../../support/scenario';

describe('guardedFetch', () => {
  const server = useServer();

  beforeEach(() => server().script(json({ ok: true })));

  function guarded(overrides = {}, key: string | undefined = canaryKey) {
    return createGuardedFetch({ endpoint: endpointAt(server().url, overrides), key });
  }

  function post(headers: Record<string, string> = {}) {
    return { method: 'POST', body: '{}', headers };
  }

  it('keeps three headers of the library and sets the credential itself', async () => {
    const offered = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Library',
      Authorization: 'Bearer another-key',
      'OpenAI-Organization': 'org',
      'X-Stainless-OS': 'Linux',
      Cookie: 'a=b',
      'Api-Key': 'x',
    };
    const response = await guarded()(`${server().url}/chat/completions`, post(offered));
    assert.deepEqual(await response.json(), { ok: true });
    const headers = server().requests[0]?.headers ?? {};
    const foreign = ['openai-organization', 'x-stainless-os', 'cookie', 'api-key'].filter((name) => name in headers);
    assert.deepEqual(foreign, []);
    const kept = [headers['accept'], headers['content-type'], headers['user-agent'], headers['authorization']];
    assert.deepEqual(kept, ['application/json', 'application/json', 'Library', `Bearer ${canaryKey}`]);
  });

  it('accepts every form of a URL that fetch accepts', async () => {
    const url = `${server().url}/chat/completions`;
    for (const input of [url, new URL(url)]) await guarded()(input, post());
    assert.deepEqual(
      server().requests.map(({ path }) => path),
      ['/v1/chat/completions', '/v1/chat/completions'],
    );
  });

  for (const [name, change] of [
    ['another port', (url: URL) => (url.port = '9')],
    ['another host', (url: URL) => (url.hostname = 'localhost')],
    ['another scheme', (url: URL) => (url.protocol = 'https:')],
  ] as const) {
    it(`never calls ${name} than the endpoint's own [E01, R02]`, async () => {
      const url = new URL(`${server().url}/chat/completions`);
      change(url);
      await assert.rejects(guarded()(url, post()), { name: 'QuilletError', kind: 'cfg.url' });
    });
  }

  it('rejects a data: URL [E01]', async () => {
    await assert.rejects(guarded()('data:text/event-stream,data: [DONE]'), { kind: 'cfg.url' });
  });

  it('reports the origin of a redirect without calling it [R20]', async () => {
    const other = await startFakeModelServer();
    try {
      server().script(redirect(307, `${other.url}/elsewhere?token=secret`));
      const error = await failureOf(guarded()(`${server().url}/chat/completions`, post()));
      assert.equal(error.kind, 'http.redirect');
      assert.deepEqual(error.details, {
        host: `127.0.0.1:${server().port}`,
        path: '/v1/chat/completions',
        status: 307,
        subject: new URL(other.url).origin,
      });
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it('does not wait for the body of a redirect [R20]', async () => {
    server().script({ ...redirect(307, '/x'), steps: [{ do: 'hang' }] });
    await assert.rejects(guarded()(`${server().url}/chat/completions`, post()), { kind: 'http.redirect' });
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('does not repeat a key that no header can carry in the error [K05]', async () => {
    for (const key of ['', 'sk-CANARY\r\nHost: x', 'sk-CANARY\u200b', 'sk CANARY']) {
      const error = await failureOf(guarded({}, key)(`${server().url}/models`));
      assert.equal(error.kind, 'key.format');
      assert.ok(!inspect(error, { depth: 9 }).includes('CANARY'));
    }
    assert.equal(server().requests.length, 0);
  });

  it('looks up fetch on each call, because VS Code replaces it', async () => {
    const original = globalThis.fetch;
    const get = guarded();
    const asked: string[] = [];
    globalThis.fetch = async (input, init) => {
      asked.push(String(input), String(init?.redirect));
      return new Response('{}');
    };
    try {
      await get(`${server().url}/models`);
    } finally {
      globalThis.fetch = original;
    }
    assert.deepEqual(asked, [`${server().url}/models`, 'manual']);
  });

  it('recognizes an opaque redirect, as browsers report it', async () => {
    const original = globalThis.fetch;
    globalThis.fetch = async () => Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' });
    try {
      await assert.rejects(guarded()(`${server().url}/models`), { kind: 'http.redirect' });
    } finally {
      globalThis.fetch = original;
    }
  });
});
