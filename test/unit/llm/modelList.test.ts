import assert from 'node:assert/strict';
import type { QuilletError } from '../../../src/core/errors';
import { listModels } from '../../../src/llm/modelList';
import { canaryKey, endpointAt, failureOf, useServer } from '../../support/llmHarness';
import { apiError, html, json, neverAnswers, redirect, resets, type Scenario, text } from '../../support/scenario';

describe('listModels', () => {
  const server = useServer();
  const never = new AbortController().signal;

  const lists: readonly [string, unknown, readonly string[]][] = [
    ['the list of the OpenAI API, sorted', { object: 'list', data: [{ id: 'b' }, { id: 'a' }] }, ['a', 'b']],
    ['a bare array of IDs', ['b', 'a'], ['a', 'b']],
    ['a bare array of objects', [{ id: 'a' }], ['a']],
    ['models under another name', { models: [{ name: 'a' }, { name: 'b', id: 'c' }] }, ['a', 'c']],
    ['a duplicate ID', { data: [{ id: 'a' }, { id: 'a' }] }, ['a']],
    ['entries without an ID', { data: [{ id: '' }, { id: 7 }, null, 'x', {}] }, ['x']],
    ['a list under result', { success: true, errors: [], result: [{ id: 'u', name: '@cf/a' }] }, ['u']],
    ['a list under value', { value: [{ name: 'a' }] }, ['a']],
    ['a list one level deeper', { data: { models: [{ id: 'a' }] } }, ['a']],
    ['entries that name a model', { data: [{ model: 'a' }, { model: 'b' }] }, ['a', 'b']],
    ['entries with a model and a display name', { data: [{ model: 'a/b', name: 'Nice Name' }] }, ['a/b']],
    ['an empty list', { data: [] }, []],
    ['no list', { data: null }, []],
    ['null', null, []],
  ];
  for (const [name, body, expected] of lists) {
    it(`reads ${name}`, async () => {
      server().script(json(body), 'models');
      const listed = await listModels(endpointAt(server().url), undefined, never);
      assert.deepEqual(
        listed.map(({ id }) => id),
        expected,
      );
    });
  }

  const windows: readonly [string, object, number | undefined][] = [
    ['OpenRouter', { context_length: 128_000, top_provider: { context_length: 64_000 } }, 128_000],
    ['vLLM', { max_model_len: 32_768 }, 32_768],
    ['Groq', { context_window: 131_072 }, 131_072],
    ['Mistral', { max_context_length: 32_768 }, 32_768],
    ['LM Studio, as the model was loaded', { max_context_length: 131_072, loaded_context_length: 4096 }, 4096],
    ['OpenAI, which says nothing', { object: 'model', owned_by: 'openai' }, undefined],
    ['a server that says 0', { context_length: 0 }, undefined],
    ['a server that says a text', { context_length: '128k' }, undefined],
    ['a server that says null', { context_length: null, max_model_len: 8192 }, 8192],
  ];
  for (const [name, fields, contextWindow] of windows) {
    it(`reads the context window from ${name}, and never guesses it`, async () => {
      server().script(json({ data: [{ id: 'a', ...fields }] }), 'models');
      const expected = { id: 'a', ...(contextWindow === undefined ? {} : { contextWindow }) };
      assert.deepEqual(await listModels(endpointAt(server().url), undefined, never), [expected]);
    });
  }

  const shutdowns: readonly [string, object, string | undefined][] = [
    ['OpenAI', { shutdown_date: '2027-01-31' }, '2027-01-31'],
    ['OpenAI, which announced nothing', { shutdown_date: null }, undefined],
    ['Mistral', { deprecation: '2026-12-31T12:00:00Z' }, '2026-12-31'],
    ['OpenRouter', { expiration_date: '2026-12-31' }, '2026-12-31'],
    ['a server that says something else', { shutdown_date: 'soon', deprecation: true }, undefined],
    ['a server that says an impossible date', { shutdown_date: '2027-02-41' }, undefined],
  ];
  for (const [name, fields, shutdownDate] of shutdowns) {
    it(`reads the date on which a model ends from ${name}`, async () => {
      server().script(json({ data: [{ id: 'a', ...fields }] }), 'models');
      const expected = { id: 'a', ...(shutdownDate === undefined ? {} : { shutdownDate }) };
      assert.deepEqual(await listModels(endpointAt(server().url), undefined, never), [expected]);
    });
  }

  const pages: readonly [string, object, string][] = [
    ['has_more and last_id', { has_more: true, first_id: 'a', last_id: 'b' }, 'after_id=b'],
    ['has_more alone', { has_more: true }, 'after=b'],
    ['a number', { next_page: 2 }, 'page=2'],
    ['a token', { next_page_token: 'x y' }, 'page_token=x+y'],
    ['the token of Google', { nextPageToken: 'x' }, 'pageToken=x'],
    ['an address', { next: '/v1/models?cursor=c' }, 'cursor=c'],
  ];
  for (const [name, fields, query] of pages) {
    it(`reads all pages that are named by ${name}`, async () => {
      server().scriptNext([json({ data: [{ id: 'a' }, { id: 'b' }], ...fields })], 'models');
      server().script(json({ data: [{ id: 'c' }], has_more: false, next: null }), 'models');
      const listed = await listModels(endpointAt(server().url), undefined, never);
      assert.deepEqual(
        listed.map(({ id }) => id),
        ['a', 'b', 'c'],
      );
      assert.deepEqual(
        server().requests.map(({ path }) => path),
        ['/v1/models', `/v1/models?${query}`],
      );
    });
  }

  it('stops at a page that repeats the last one, and never follows a page to another origin', async () => {
    server().script(json({ data: [{ id: 'a' }], has_more: true }), 'models');
    assert.equal((await listModels(endpointAt(server().url), undefined, never)).length, 1);
    assert.equal(server().requests.length, 2);
    server().reset();
    server().script(json({ data: [{ id: 'a' }], next: 'https://elsewhere.invalid/models' }), 'models');
    assert.deepEqual(await listModels(endpointAt(server().url), canaryKey, never), [{ id: 'a' }]);
    assert.equal(server().requests.length, 1);
  });

  const laterPages: readonly [string, Scenario][] = [
    ['is missing', json({ detail: 'Not Found' }, 404)],
    ['is a web page', html('<h1>Sign in</h1>')],
    ['is lost', resets],
    ['takes too long', neverAnswers],
  ];
  for (const [name, scenario] of laterPages) {
    it(`keeps the first page if the second one ${name}`, async () => {
      server().scriptNext([json({ data: [{ id: 'a' }], has_more: true })], 'models');
      server().script(scenario, 'models');
      assert.deepEqual(await listModels(endpointAt(server().url), undefined, never, 1000), [{ id: 'a' }]);
    });
  }

  it("reports an error that comes with status 200 in the server's own words", async () => {
    server().script(json({ success: false, errors: [{ message: 'Authentication error' }], result: null }), 'models');
    const error = await failureOf(listModels(endpointAt(server().url), undefined, never));
    assert.deepEqual([error.kind, error.details.serverMessage], ['body.error', 'Authentication error']);
  });

  it('sends the key and the headers of the endpoint', async () => {
    server().script(json([]), 'models');
    const endpoint = endpointAt(`${server().url}?api-version=1`, { headers: { 'X-Team': 'a' } });
    await listModels(endpoint, canaryKey, never);
    const [request] = server().requests;
    assert.deepEqual([request?.method, request?.path], ['GET', '/v1/models?api-version=1']);
    const { authorization, accept, 'x-team': team } = request?.headers ?? {};
    assert.deepEqual([authorization, accept, team], [`Bearer ${canaryKey}`, 'application/json', 'a']);
  });

  const failures: readonly [string, Scenario, QuilletError['kind'], object][] = [
    ['404', json({ detail: 'Not Found' }, 404), 'http.404', { status: 404, serverMessage: 'Not Found' }],
    ['401', apiError(401, { message: 'No.' }), 'http.401', { status: 401, serverMessage: 'No.' }],
    ['429 for good', apiError(429, { code: 'insufficient_quota' }), 'http.quota', { status: 429 }],
    ['429 with a wait', text('', 429, { 'retry-after': '3' }), 'http.429', { retryAfterMs: 3000 }],
    ['a web page', html('<h1>Sign in</h1>'), 'body.html', { status: 200, serverMessage: 'Sign in' }],
    ['a web page as 502', html('<h1>Bad Gateway</h1>', 502), 'http.5xx', { serverMessage: 'Bad Gateway' }],
    ['text', text('hello'), 'body.notjson', { status: 200 }],
    [
      'a redirect',
      redirect(302, 'https://elsewhere.invalid/'),
      'http.redirect',
      { subject: 'https://elsewhere.invalid' },
    ],
    ['a reset', resets, 'net.reset', { code: 'ECONNRESET' }],
  ];
  for (const [name, scenario, kind, details] of failures) {
    it(`says why the list is unavailable: ${name}`, async () => {
      server().script(scenario, 'models');
      const error = await failureOf(listModels(endpointAt(server().url), undefined, never));
      assert.equal(error.kind, kind);
      const requestDetails = { host: `127.0.0.1:${server().port}`, path: '/v1/models', providerId: 'fake' };
      for (const [field, value] of Object.entries({ ...requestDetails, ...details })) {
        assert.equal((error.details as Record<string, unknown>)[field], value, field);
      }
    });
  }

  it('gives up after its timeout and closes the connection', async () => {
    server().script(neverAnswers, 'models');
    const error = await failureOf(listModels(endpointAt(server().url), undefined, never, 100));
    assert.deepEqual([error.kind, error.details.limitMs], ['time.headers', 100]);
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('gives up on a list that never ends', async () => {
    server().script({ headers: { 'content-type': 'application/json' }, steps: [{ do: 'hang' }] }, 'models');
    const error = await failureOf(listModels(endpointAt(server().url), undefined, never, 100));
    assert.equal(error.kind, 'time.headers');
  });

  it('can be stopped', async () => {
    server().script(neverAnswers, 'models');
    const stop = new AbortController();
    const listing = listModels(endpointAt(server().url), undefined, stop.signal);
    await server().request(0);
    stop.abort();
    assert.equal((await failureOf(listing)).kind, 'cancelled');
  });
});

describe("a list that wants Anthropic's headers", () => {
  const server = useServer('x-api-key');

  it('has the limits and the end of each model', async () => {
    const limits = { max_input_tokens: 200_000, max_tokens: 64_000, retires_at: '2027-01-22T00:00:00Z' };
    const other = { id: 'b', context_length: 1000, top_provider: { max_completion_tokens: 500 } };
    server().script(json({ data: [{ id: 'a', ...limits }, other, { id: 'c', max_tokens: null }] }), 'models');
    const listed = await listModels(endpointAt(server().url), undefined, new AbortController().signal);
    assert.deepEqual(listed, [
      { id: 'a', contextWindow: 200_000, outputLimit: 64_000, shutdownDate: '2027-01-22' },
      { id: 'b', contextWindow: 1000, outputLimit: 500 },
      { id: 'c' },
    ]);
  });

  it('gets them, on all pages', async () => {
    server().script(({ headers, path }) => {
      if (headers['x-api-key'] === undefined) return apiError(401, { message: 'x-api-key header is required' });
      if (headers['anthropic-version'] === undefined) return apiError(400, { message: 'anthropic-version: required' });
      return path.includes('after_id=a')
        ? json({ data: [{ id: 'b' }], has_more: false, first_id: 'b', last_id: 'b' })
        : json({ data: [{ id: 'a' }], has_more: true, first_id: 'a', last_id: 'a' });
    }, 'models');
    const endpoint = endpointAt(server().url);
    const listed = await listModels(endpoint, 'sk-ant-0123456789', new AbortController().signal);
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.equal(server().requests.at(-1)?.headers['authorization'], undefined);
  });
});
