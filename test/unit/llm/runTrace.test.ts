import assert from 'node:assert/strict';
import type { AttemptTrace } from '../../../src/core/attemptTrace';
import { httpEndpoint, jsonLines, ollamaConfig } from '../../support/httpEndpoints';
import { canaryKey, endpointAt, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { responsesStream, textCompletion } from '../../support/otherApis';
import {
  apiError,
  deltaFrame,
  framesOf,
  html,
  json,
  redirect,
  resets,
  type Scenario,
  send,
  streamed,
} from '../../support/scenario';

function bodyOf({ steps = [] }: Scenario): string {
  return steps.map((step) => (step.do === 'send' ? step.text : '')).join('');
}

describe('the trace of an attempt', () => {
  const server = useServer();

  async function traces(options: RunOptions = {}): Promise<AttemptTrace[]> {
    const all: AttemptTrace[] = [];
    await runAt(server().url, { ...options, onAttempt: (trace) => all.push(trace) });
    return all;
  }

  const bodies: readonly [string, Scenario][] = [
    ['a stream', streamed(['Hello', ' שלום \u{1f600}'])],
    [
      'a stream with comments, pings and CRLF',
      framesOf(': hi\r\n\r\n', 'event: ping\r\ndata: {}\r\n\r\n', deltaFrame({ content: 'a' })),
    ],
    ['a document', json({ choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] })],
    ['a web page', html('<h1>Sign in</h1>')],
    ['an error', apiError(404, { message: 'no such model' })],
  ];
  for (const [name, scenario] of bodies) {
    it(`has the response byte for byte: ${name}`, async () => {
      server().script(scenario);
      const [trace, ...others] = await traces();
      assert.deepEqual(trace?.response?.body, {
        text: bodyOf(scenario),
        end: '',
        omitted: 0,
        bytes: Buffer.byteLength(bodyOf(scenario)),
      });
      assert.equal(trace.response?.status, scenario.status ?? 200);
      assert.deepEqual([others, trace.attempt, trace.hasKey], [[], 1, true]);
    });
  }

  it('has the request that was sent, in every API style', async () => {
    const styles = [
      ['responses', responsesStream(['Hi'])],
      ['completions', textCompletion(['Hi'])],
      ['http', jsonLines({ response: 'Hi', done: true })],
    ] as const;
    for (const [api, scenario] of styles) {
      server().reset();
      server().script(scenario, api === 'http' ? 'other' : api);
      const endpoint =
        api === 'http' ? httpEndpoint(new URL(server().url).origin, ollamaConfig) : endpointAt(server().url, { api });
      const [trace] = await traces({ endpoint });
      const [seen] = server().requests;
      assert.equal(trace?.response?.body.text, bodyOf(scenario), api);
      assert.equal(trace?.request.api, api);
      assert.equal(JSON.stringify(trace?.request.wire.body), seen?.body);
      assert.equal(new URL(trace?.request.wire.url ?? '').pathname, seen?.path);
    }
  });

  it('has the status of a failed attempt and the wait after it', async () => {
    server().scriptNext([apiError(503, { message: 'busy' }, { 'retry-after': '0' }), resets]);
    server().script(streamed(['Hello']));
    const all = await traces();
    assert.deepEqual(
      all.map(({ attempt, response, error, next }) => [attempt, response?.status, error?.kind, next?.kind]),
      [
        [1, 503, 'http.5xx', 'retry'],
        [2, undefined, 'net.reset', 'retry'],
        [3, 200, undefined, undefined],
      ],
    );
    const times = all.flatMap(({ startMs, headersMs = startMs, firstTextMs = headersMs, endMs }) => [
      ...[startMs, headersMs, firstTextMs, endMs],
    ]);
    assert.deepEqual(
      times,
      times.toSorted((left, right) => left - right),
    );
  });

  it('has the field that was changed, and the request before and after', async () => {
    server().scriptNext([apiError(400, { param: 'max_tokens', code: 'unsupported_parameter', message: 'No.' })]);
    server().script(streamed(['Hello']));
    const [first, second] = await traces({ parameters: { maxOutputTokens: 7 } });
    assert.deepEqual(first?.next, { kind: 'adapted', changed: 'max_tokens' });
    const [one, other] = server().requests.map(({ body }) => body);
    assert.deepEqual(
      [first?.request, second?.request].map((request) => JSON.stringify(request?.wire.body)),
      [one, other],
    );
  });

  it('has the target of a redirect that is not followed', async () => {
    server().script(redirect(307, 'https://elsewhere.invalid/'));
    const [trace] = await traces();
    assert.equal(trace?.error?.kind, 'http.redirect');
    assert.deepEqual(trace?.response?.status, 307);
    assert.deepEqual(
      trace?.response?.headers.find(([name]) => name === 'location'),
      ['location', 'https://elsewhere.invalid/'],
    );
  });

  it('has what arrived before Stop', async () => {
    const stop = new AbortController();
    server().script(streamed(['Hello'], { then: [{ do: 'hang' }] }));
    const [trace] = await traces({ signal: stop.signal, onText: () => stop.abort() });
    assert.equal(trace?.error?.kind, 'cancelled');
    assert.ok(trace?.response?.body.text.includes('Hello'));
  });

  it('has no key [R19]', async () => {
    server().script(json({ error: 'no' }, 500));
    for (const endpoint of [{}, { keyHeader: 'x-api-key' }]) {
      assert.ok(!JSON.stringify(await traces({ endpoint, retries: 0 })).includes(canaryKey));
    }
    server().reset();
  });

  it('has only the beginning and the end of a long response', async () => {
    const piece = deltaFrame({ content: 'x'.repeat(900) });
    server().script({
      steps: [...Array.from({ length: 400 }, () => send(piece)), send(deltaFrame({}, { finishReason: 'stop' }))],
    });
    const [trace] = await traces();
    const body = trace?.response?.body;
    assert.deepEqual([body?.text.length, body?.end.length], [98_304, 32_768]);
    assert.ok(body?.end.endsWith('"finish_reason":"stop"}]}\n\n'));
    assert.equal(body?.omitted, 400 * piece.length + deltaFrame({}, { finishReason: 'stop' }).length - 98_304 - 32_768);
  });
});
