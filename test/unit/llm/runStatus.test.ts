import assert from 'node:assert/strict';
import type { RunPhase } from '../../../src/core/run';
import { Redactor } from '../../../src/sanitize/redactor';
import { startFakeModelServer } from '../../support/fakeModelServer';
import { assertRun, canaryKey, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import { apiError, html, json, redirect, type Scenario, streamed, text } from '../../support/scenario';

const hello = streamed(['Hello']);
// Chosen by the server, so that retries do not slow down the tests.
const soon = { 'retry-after-ms': '1' };

describe('a run answered with an HTTP status', () => {
  const server = useServer();

  it("reports the server's own message of a 400 [H01]", async () => {
    server().script(apiError(400, { message: "Invalid value: 'gpt-x'.", param: 'model' }, { 'x-request-id': 'req-1' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.400' });
    const { cause: _, ...details } = { cause: 0, ...run.error?.details };
    assert.deepEqual(details, {
      host: `127.0.0.1:${server().port}`,
      path: '/v1/chat/completions',
      providerId: 'fake',
      providerLabel: 'Fake server',
      baseUrl: server().url,
      model: 'some-model',
      status: 400,
      serverMessage: "Invalid value: 'gpt-x'.",
      parameter: 'model',
      requestId: 'req-1',
    });
  });

  for (const [id, scenario] of [
    ['H03', apiError(401, { message: `Incorrect API key provided: ${canaryKey}.`, code: 'invalid_api_key' })],
    ['H04', text(`no such key: ${canaryKey}`, 401)],
  ] as const) {
    it(`reports a 401 as a rejected key, and an echoed key can be redacted [${id}]`, async () => {
      server().script(scenario);
      const run = await expectRun(server(), { outcome: 'failed', kind: 'http.401' });
      const message = run.error?.details.serverMessage ?? '';
      assert.match(message, /no such key|Incorrect API key/);
      const redactor = new Redactor();
      redactor.addSecret(canaryKey);
      assert.ok(!redactor.redact(message).includes('CANARY'));
    });
  }

  it('reports a 403 with a web page without tags and shortened [H05]', async () => {
    server().script(
      html(`<!doctype html><html><h1>Forbidden</h1><p>${'Ask your administrator. '.repeat(200)}</p>`, 403),
    );
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.403' });
    const message = run.error?.details.serverMessage ?? '';
    assert.match(message, /^Forbidden Ask your administrator\./);
    assert.ok(message.length <= 4000 && !/[<>]/.test(message), message);
  });

  it('names the missing path of a 404 [H06]', async () => {
    server().script(json({ detail: 'Not Found' }, 404));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.404' });
    const { path, serverMessage } = run.error?.details ?? {};
    assert.deepEqual([path, serverMessage], ['/v1/chat/completions', 'Not Found']);
  });

  it('reports the message of a 404 about an unknown model [H06]', async () => {
    server().script(apiError(404, { message: "The model 'x' does not exist.", code: 'model_not_found' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.404' });
    assert.equal(run.error?.details.serverMessage, "The model 'x' does not exist.");
  });

  for (const status of [408, 409] as const) {
    it(`makes three attempts after a ${status}, and announces each wait [H07]`, async () => {
      server().script(text('busy', status, soon));
      const run = await expectRun(server(), { outcome: 'failed', kind: `http.${status}`, attempts: 3 });
      const waits = run.phases.flatMap((phase) => (phase.kind === 'retrying' ? [[phase.attempt, phase.delayMs]] : []));
      assert.deepEqual(waits, [
        [2, 1],
        [3, 1],
      ]);
    });
  }

  it('does not retry a 413 [H08]', async () => {
    server().script(text('Payload Too Large', 413));
    await expectRun(server(), { outcome: 'failed', kind: 'http.413' });
  });

  it('names the field of a 422 from FastAPI [H09]', async () => {
    server().script(json({ detail: [{ loc: ['body', 'model'], msg: 'Field required', type: 'missing' }] }, 422));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.422' });
    assert.equal(run.error?.details.serverMessage, 'model: Field required');
  });

  it('waits twice for a 429 with a short Retry-After [H10]', async () => {
    const limited = (headers: Record<string, string>) => apiError(429, { message: 'Slow down.' }, headers);
    server().scriptNext([limited({ 'retry-after': '1' }), limited(soon)]);
    server().script(hello);
    const run = await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 3 });
    const waits = run.phases.flatMap((phase) => (phase.kind === 'retrying' ? [phase.delayMs] : []));
    assert.deepEqual(waits, [1000, 1]);
  });

  for (const seconds of [120, 3600]) {
    it(`leaves a wait of ${seconds} s to the user [H11]`, async () => {
      server().script(apiError(429, { message: 'Slow down.' }, { 'retry-after': String(seconds) }));
      const run = await expectRun(server(), { outcome: 'failed', kind: 'http.429' });
      assert.equal(run.error?.details.retryAfterMs, 1000 * seconds);
    });
  }

  it('makes three attempts at most after a 429 without Retry-After', async () => {
    server().script(apiError(429, { message: 'Slow down.' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.429', attempts: 3 });
  });

  it('falls back to its own backoff for an invalid Retry-After [H13]', async () => {
    const waits = ['-5', 'NaN', 'soon', new Date(Date.now() - 60_000).toUTCString()];
    server().script(({ json: body }) =>
      apiError(429, { message: 'Slow down.' }, { 'retry-after': waits[Number(body?.['model'])] ?? '' }),
    );
    const runs = await Promise.all(waits.map((_, index) => runAt(server().url, { model: String(index) })));
    for (const [index, run] of runs.entries()) {
      assertRun(run, { outcome: 'failed', kind: 'http.429', attempts: 3 });
      assert.equal(run.error?.details.retryAfterMs, undefined, waits[index]);
    }
  });

  it('waits until a date, and leaves a wait of thirty years to the user [H13]', async () => {
    const inTwoSeconds = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
    server().scriptNext([apiError(429, { message: 'Slow down.' }, { 'retry-after': inTwoSeconds })]);
    server().script(hello);
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 });

    server().reset();
    server().script(apiError(429, { message: 'Slow down.' }, { 'retry-after': '1e9' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.429' });
    assert.equal(run.error?.details.retryAfterMs, 1e12);
  });

  for (const error of [{ code: 'insufficient_quota' }, { type: 'insufficient_quota' }]) {
    it(`does not take an exhausted quota (${Object.keys(error)}) for a rate limit [H12]`, async () => {
      server().script(
        apiError(429, { message: 'You exceeded your current quota.', ...error }, { 'x-should-retry': 'true' }),
      );
      const run = await expectRun(server(), { outcome: 'failed', kind: 'http.quota' });
      assert.equal(run.error?.details.serverMessage, 'You exceeded your current quota.');
    });
  }

  const serverErrors: readonly [string, Scenario, string][] = [
    ['500', apiError(500, { message: 'Oops.' }, soon), 'Oops.'],
    ['502 with a page of 5 KB', { ...html(`<h1>Bad Gateway</h1>${'<p>x</p>'.repeat(700)}`, 502) }, 'Bad Gateway x x'],
    ['503', json({ error: { message: 'Overloaded.' } }, 503, soon), 'Overloaded.'],
    ['504 without a body', text('', 504, soon), ''],
    [
      '529',
      json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded.' } }, 529, soon),
      'Overloaded.',
    ],
  ];
  for (const [name, scenario, message] of serverErrors) {
    it(`makes three attempts after ${name}, and keeps the message [H14]`, async () => {
      server().script({ ...scenario, headers: { ...scenario.headers, ...soon } });
      const run = await expectRun(server(), { outcome: 'failed', kind: 'http.5xx', attempts: 3 });
      const shown = run.error?.details.serverMessage ?? '';
      assert.ok(shown.startsWith(message) && shown.length <= 4000, shown);
      assert.equal(run.error?.details.status, scenario.status);
    });
  }

  it('waits for a model that is still loading [H15]', async () => {
    server().scriptNext([
      json({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503, soon),
    ]);
    server().script(hello);
    const run = await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 });
    const retrying = run.phases.find((phase) => phase.kind === 'retrying');
    assert.equal(retrying?.error.details.serverMessage, 'Loading model');
  });

  it('waits longer for a loading model than it retries a failure, and can still be stopped [H15]', async () => {
    const loading = json({ error: { code: 503, message: 'Loading model' } }, 503, soon);
    server().scriptNext(Array.from({ length: 8 }, () => loading));
    server().scriptNext([apiError(500, { message: 'Oops.' }, soon)]);
    server().script(hello);
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 10 });

    server().reset();
    server().script(text('Loading model', 503));
    const stop = new AbortController();
    const onPhase = ({ kind }: RunPhase) => kind === 'retrying' && stop.abort();
    await expectRun(server(), { outcome: 'cancelled', kind: 'cancelled' }, { signal: stop.signal, onPhase });
  });

  it('leaves a long load to the user, and does not wait if retries are off [H15]', async () => {
    server().script(json({ error: { message: 'Loading model' } }, 503, { 'retry-after': '90' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.loading' });
    server().reset();
    server().script(json({ error: { message: 'Loading model' } }, 503, soon));
    await expectRun(server(), { outcome: 'failed', kind: 'http.loading' }, { retries: 0 });
  });

  it('does not let a server raise the number of attempts [H16]', async () => {
    server().script(apiError(400, { message: 'No.' }, { 'x-should-retry': 'true' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.400' });
  });

  for (const status of [204, 205]) {
    it(`reports ${status} as an empty answer without retrying [H17]`, async () => {
      server().script({ status, headers: { 'content-type': null } });
      await expectRun(server(), { outcome: 'failed', kind: 'body.empty' });
    });
  }

  for (const status of [201, 206, 226, 299]) {
    it(`reads a stream with status ${status} [H18]`, async () => {
      server().script({ ...hello, status });
      const run = await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
      assert.equal(run.status, status);
    });
  }

  it('does not send an oversized key [H24]', async () => {
    const key = 'k'.repeat(1_000_000);
    await expectRun(server(), { outcome: 'failed', kind: 'key.format', requests: 0 }, { key });
    server().script(hello);
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { key: 'k'.repeat(15_000) });
  });

  it('is refused if the content filter rejects the prompt, without negotiation', async () => {
    const message = 'The response was filtered: the prompt triggered the content management policy.';
    server().script(apiError(400, { message, param: 'prompt', code: 'content_filter' }));
    const run = await expectRun(server(), { outcome: 'refused', kind: 'finish.filter' });
    assert.deepEqual([run.error?.details.serverMessage, run.error?.details.status], [message, 400]);
  });

  it('makes three announced attempts at most, whatever the server says [R43]', async () => {
    server().script(apiError(503, { message: 'Busy.' }, { ...soon, 'x-should-retry': 'true' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.5xx', attempts: 3 }, { retries: 50 });
    const connecting = run.phases.flatMap((phase) => (phase.kind === 'connecting' ? [phase.attempt] : []));
    assert.deepEqual(connecting, [1, 2, 3]);
  });

  it('does not retry if retries are off', async () => {
    server().script(apiError(500, { message: 'Oops.' }, soon));
    await expectRun(server(), { outcome: 'failed', kind: 'http.5xx' }, { retries: 0 });
  });
});

describe('a redirected run', () => {
  const server = useServer();

  for (const status of [301, 302, 303, 307, 308]) {
    it(`does not follow a ${status} to another origin [${status < 304 ? 'H19' : 'H20'}, R20, E02]`, async () => {
      const other = await startFakeModelServer();
      try {
        server().script(redirect(status, `${other.url}/chat/completions`));
        const headers = { 'X-Gateway': 'team-a' };
        const run = await expectRun(server(), { outcome: 'failed', kind: 'http.redirect' }, { endpoint: { headers } });
        const { status: seen, subject, host } = run.error?.details ?? {};
        assert.deepEqual([seen, subject, host], [status, new URL(other.url).origin, `127.0.0.1:${server().port}`]);
        assert.deepEqual([other.requests.length, other.openConnections], [0, 0]);
      } finally {
        await other.close();
      }
    });
  }

  it('does not follow a redirect within the origin, and names the new address [H21, R20]', async () => {
    server().script(redirect(308, '/v1/chat/completions/?token=secret'));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.redirect' });
    assert.equal(run.error?.details.subject, `${server().url}/chat/completions/`);
  });

  it('sends one request into a redirect loop [H22]', async () => {
    server().script(redirect(307, `${server().url}/chat/completions`));
    await expectRun(server(), { outcome: 'failed', kind: 'http.redirect' });
  });

  it('reports a redirect without a target [H23]', async () => {
    server().script({ status: 302, headers: { 'content-type': null } });
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.redirect' });
    assert.equal(run.error?.details.subject, undefined);
  });

  it('does not follow or retry a redirect to a file [E02]', async () => {
    server().script(redirect(302, 'file:///etc/passwd'));
    assertRun(await runAt(server().url), { outcome: 'failed', kind: 'http.redirect' });
  });
});
