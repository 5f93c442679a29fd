import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { ChatApi, ChatRequest, StreamEvent } from '../../../src/core/chat';
import { QuilletError } from '../../../src/core/errors';
import { type AttemptOptions, runAttempt } from '../../../src/llm/attempt';
import { classifyOutcome } from '../../../src/llm/outcome';
import { endpointAt } from '../../support/llmHarness';

const request: ChatRequest = {
  endpoint: endpointAt('https://llm.example.com/v1'),
  model: 'some-model',
  messages: [],
  parameters: {},
};

function apiOf(stream: ChatApi['stream']): ChatApi {
  return {
    stream,
    toWireRequest: () => ({ method: 'POST', url: 'https://llm.example.com/v1/chat/completions', headers: {} }),
  };
}

function apiWith(...events: readonly StreamEvent[]): ChatApi {
  return apiOf(async function* () {
    yield* events;
  });
}

const text = (value: string): StreamEvent => ({ kind: 'text', text: value });
const finish: StreamEvent = { kind: 'finish', reason: 'stop' };
const forEver = () => new Promise<never>(() => undefined);

describe('runAttempt', () => {
  function run(api: ChatApi, options: Partial<AttemptOptions> = {}): ReturnType<typeof runAttempt> {
    return runAttempt(request, {
      api,
      key: undefined,
      timeouts: { headers: 0, firstToken: 0, idle: 0, total: 0 },
      answerLimit: 1000,
      signal: new AbortController().signal,
      onText: () => undefined,
      onReasoning: () => undefined,
      onHeaders: () => undefined,
      ...options,
    });
  }

  it('collects the events of an answer', async () => {
    const api = apiWith(
      { kind: 'headers', status: 200, requestId: 'req-1' },
      { kind: 'model', model: 'm-1' },
      { kind: 'reasoning', text: '' },
      text('Hel'),
      text('lo'),
      { kind: 'refusal', text: 'but' },
      { kind: 'usage', usage: { inputTokens: 1 } },
      { kind: 'usage', usage: { inputTokens: 2 } },
      finish,
      { kind: 'model', model: 'm-2' },
    );
    assert.deepEqual(await run(api), {
      text: 'Hello',
      refusal: 'but',
      hasReasoning: true,
      acceptedStatus: 200,
      requestId: 'req-1',
      reportedModel: 'm-2',
      usage: { inputTokens: 2 },
      finishReason: 'stop',
      isDone: false,
      isNonStreaming: false,
      unknownEvents: 0,
      hasEnded: true,
    });
  });

  it('passes the signal and the key to the API', async () => {
    let seen: unknown;
    const api = apiOf(async function* (_request, context) {
      seen = [context.key, context.signal.aborted];
      yield finish;
    });
    await run(api, { key: 'sk-1' });
    assert.deepEqual(seen, ['sk-1', false]);
  });

  it('keeps the rest of a split character at the end [S34]', async () => {
    const shown: string[] = [];
    const result = await run(apiWith(text('a\ud83d'), finish), { onText: (piece) => shown.push(piece) });
    assert.equal(result.text, shown.join(''));
    assert.equal(result.text.charAt(0), 'a');
  });

  it('ends at once when stopped, even if the API does not notice [X06]', async () => {
    const stop = new AbortController();
    const api = apiOf(async function* () {
      yield text('Hello');
      yield await forEver();
    });
    const running = run(api, { signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const result = await running;
    assert.deepEqual([result.text, result.error?.kind], ['Hello', 'cancelled']);
  });

  it('does not call the API if stopped before it begins [X06]', async () => {
    let asked = false;
    const api = apiOf(async function* () {
      asked = true;
      yield finish;
    });
    const result = await run(api, { signal: AbortSignal.abort() });
    assert.deepEqual([result.error?.kind, asked], ['cancelled', false]);
  });

  it('ignores Stop in the same turn as the end [X11]', async () => {
    const stop = new AbortController();
    const api = apiOf(async function* () {
      yield text('Hello');
      yield finish;
      stop.abort();
      yield { kind: 'done' };
    });
    const result = await run(api, { signal: stop.signal });
    const outcome = classifyOutcome(result, request);
    assert.deepEqual([result.text, outcome.outcome, outcome.error], ['Hello', 'ok', undefined]);
  });

  it('reports Stop rather than the error that the API throws after it [X09]', async () => {
    const stop = new AbortController();
    const api = apiOf(async function* () {
      yield text('Hello');
      stop.abort();
      throw new QuilletError('net.midstream');
    });
    assert.equal((await run(api, { signal: stop.signal })).error?.kind, 'cancelled');
  });

  it('adds the address of the request to an error of the API', async () => {
    const api = apiOf(async function* () {
      yield text('Hello');
      throw new QuilletError('sse.error', { serverMessage: 'Crashed.' });
    });
    const { error, text: kept } = await run(api);
    assert.equal(kept, 'Hello');
    assert.deepEqual(error?.details, {
      providerId: 'fake',
      providerLabel: 'Fake server',
      baseUrl: 'https://llm.example.com/v1',
      host: 'llm.example.com',
      model: 'some-model',
      serverMessage: 'Crashed.',
    });
  });

  it('reports a defect of the API or of a listener as an internal error [Q11]', async () => {
    const defect = new TypeError('x is not a function');
    const broken = apiOf(async function* () {
      yield finish;
      throw defect;
    });
    const onText = () => {
      throw defect;
    };
    for (const result of [await run(broken), await run(apiWith(text('a'), finish), { onText })]) {
      assert.deepEqual([result.error?.kind, result.error?.cause], ['internal', defect]);
    }
  });

  it('keeps the text up to the limit and stops the API [R47]', async () => {
    let closed = false;
    const api = apiOf(async function* () {
      try {
        while (true) yield text('0123456789');
      } finally {
        closed = true;
      }
    });
    const result = await run(api, { answerLimit: 25 });
    assert.deepEqual([result.text.length, result.error?.kind, closed], [25, 'limit.answer', true]);
  });

  describe('with a fake clock', () => {
    beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
    afterEach(() => mock.timers.reset());

    async function settle(): Promise<void> {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }

    it('waits five seconds for usage, then completes without it [S31, X10]', async () => {
      const api = apiOf(async function* () {
        yield text('Hello');
        yield finish;
        yield await forEver();
      });
      const running = run(api, { timeouts: { headers: 100, firstToken: 100, idle: 100, total: 100 } });
      await settle();
      mock.timers.tick(4999);
      assert.equal(await Promise.race([running, settle()]), undefined, 'still waiting');
      mock.timers.tick(1);
      const result = await running;
      assert.deepEqual([result.text, result.finishReason, result.error], ['Hello', 'stop', undefined]);
    });

    it('counts usage that arrives four seconds after the finish reason [S31]', async () => {
      const api = apiOf(async function* () {
        yield text('Hello');
        yield finish;
        await new Promise((resolve) => setTimeout(resolve, 4000));
        yield { kind: 'usage', usage: { inputTokens: 1 } };
        yield { kind: 'done' };
      });
      const running = run(api);
      await settle();
      mock.timers.tick(4000);
      const result = await running;
      assert.deepEqual([result.usage, result.isDone, result.error], [{ inputTokens: 1 }, true, undefined]);
    });

    it('counts reasoning as progress [T05]', async () => {
      const api = apiOf(async function* () {
        for (let count = 0; count < 4; count += 1) {
          yield { kind: 'reasoning', text: '' };
          await new Promise((resolve) => setTimeout(resolve, 80));
        }
        yield text('Hello');
        yield finish;
        yield { kind: 'done' };
      });
      const running = run(api, { timeouts: { headers: 100, firstToken: 100, idle: 100, total: 0 } });
      for (let count = 0; count < 4; count += 1) {
        await settle();
        mock.timers.tick(80);
      }
      const result = await running;
      assert.deepEqual([result.text, result.error], ['Hello', undefined]);
    });

    it('ends at the idle limit after ten minutes without a packet, as after sleep [N22]', async () => {
      const api = apiOf(async function* () {
        yield text('Hello');
        yield await forEver();
      });
      const running = run(api, { timeouts: { headers: 120_000, firstToken: 300_000, idle: 120_000, total: 0 } });
      await settle();
      mock.timers.tick(600_000);
      const result = await running;
      assert.deepEqual(
        [result.text, result.error?.kind, result.error?.details.limitMs],
        ['Hello', 'time.idle', 120_000],
      );
    });

    it('reports the exceeded limit, whatever the API makes of the abort [T03]', async () => {
      const api = apiOf(async function* (_request, { signal }) {
        yield text('Hello');
        yield await new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(new TypeError('terminated'))),
        );
      });
      const running = run(api, { timeouts: { headers: 0, firstToken: 0, idle: 50, total: 0 } });
      await settle();
      mock.timers.tick(50);
      const { error } = await running;
      assert.deepEqual(
        [error?.kind, error?.details.limitMs, error?.details.host],
        ['time.idle', 50, 'llm.example.com'],
      );
    });
  });
});
