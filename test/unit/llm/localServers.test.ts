import assert from 'node:assert/strict';
import { findLocalServers } from '../../../src/llm/localServers';
import { PRESETS } from '../../../src/providers/presets';
import { canaryKey, useServer } from '../../support/llmHarness';
import { apiError, html, json, neverAnswers } from '../../support/scenario';

// The ports are fixed, so requests to them are redirected to the fake server, with the preset's ID as the first path
// segment.
describe('findLocalServers', () => {
  const server = useServer();
  const originalFetch = globalThis.fetch;
  let asked: string[] = [];

  afterEach(() => {
    globalThis.fetch = originalFetch;
  });

  function redirectPort(origin: string): void {
    asked = [];
    globalThis.fetch = (input, init) => {
      const url = new URL(String(input));
      asked.push(url.origin);
      if (url.origin !== origin)
        return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
      return originalFetch(`http://127.0.0.1:${server().port}${url.pathname}`, init);
    };
  }

  function find(): ReturnType<typeof findLocalServers> {
    return findLocalServers(new AbortController().signal);
  }

  it('probes only this machine, and finds a running server with its models', async () => {
    server().script(json({ data: [{ id: 'llama' }] }), 'models');
    redirectPort('http://127.0.0.1:11434');
    const found = await find();
    assert.deepEqual(
      found.map(({ preset, models }) => [preset.id, models]),
      [['ollama', ['llama']]],
    );
    assert.deepEqual(
      asked,
      PRESETS.filter(({ isLocal }) => isLocal).map(({ baseUrl }) => new URL(baseUrl).origin),
    );
    assert.ok(asked.every((origin) => origin.startsWith('http://127.0.0.1:')));
    assert.equal(server().requests[0]?.headers['authorization'], undefined);
    assert.ok(!JSON.stringify(server().requests).includes(canaryKey));
  });

  it('does not wait for a port that is open but silent', async () => {
    server().script(neverAnswers, 'models');
    redirectPort('http://127.0.0.1:1234');
    assert.deepEqual(await find(), []);
  });

  it('finds a server that lists its models only with a key', async () => {
    server().script(apiError(401, { message: 'No key.' }), 'models');
    redirectPort('http://127.0.0.1:4000');
    assert.deepEqual(
      (await find()).map(({ preset, models }) => [preset.id, models]),
      [['litellm', undefined]],
    );
  });

  it('does not mistake a web page for a model server', async () => {
    server().script(html('<h1>My app</h1>'), 'models');
    redirectPort('http://127.0.0.1:8080');
    assert.deepEqual(await find(), []);
  });
});
