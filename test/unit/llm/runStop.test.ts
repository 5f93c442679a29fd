import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import {
  eventually,
  expectRun,
  knownUsage,
  type ObservedRun,
  type RunOptions,
  runAt,
  useServer,
} from '../../support/llmHarness';
import { apiError, deltaFrame, finishFrame, neverAnswers, type Step, streamed } from '../../support/scenario';

// A server whose thread sleeps: the system accepts a few connections for it and leaves later ones unanswered.
const sleepingServer = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

const hang: Step = { do: 'hang' };

describe('a stopped run', () => {
  const server = useServer();
  let stop = new AbortController();

  beforeEach(() => {
    stop = new AbortController();
  });

  // Starts a run and stops it once the condition holds. Without Stop, none of these runs would end.
  async function stopWhen(
    isSo: (run: { text: string; phases: readonly string[] }) => boolean,
    options: RunOptions = {},
    url = server().url,
  ) {
    const progress = { text: '', phases: [] as string[] };
    const running = runAt(url, {
      ...options,
      signal: stop.signal,
      onText: (text) => (progress.text += text),
      onPhase: ({ kind }) => progress.phases.push(kind),
    });
    await eventually(() => isSo(progress), 'the moment to stop');
    stop.abort();
    return running;
  }

  async function assertServerSawIt(): Promise<void> {
    assert.equal((await server().requests.at(-1)?.ended)?.by, 'client');
  }

  function assertCancelled(run: ObservedRun, text: string, attempts = 1): void {
    assert.deepEqual(
      [run.outcome, run.error?.kind, run.text, run.usage, run.attempts],
      ['cancelled', 'cancelled', text, undefined, attempts],
    );
  }

  it('sends nothing before the key was read [X03]', async () => {
    stop.abort();
    assertCancelled(await runAt(server().url, { signal: stop.signal }), '', 0);
    assert.equal(server().requests.length, 0);
  });

  it('ends while it is connecting [X04]', async () => {
    const worker = new Worker(sleepingServer, { eval: true });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    const fillers = Array.from({ length: 4 }, () => net.connect(port, '127.0.0.1').on('error', () => undefined));
    try {
      await new Promise((resolve) => fillers[0]?.once('connect', resolve));
      const url = `http://127.0.0.1:${port}/v1`;
      assertCancelled(await stopWhen(({ phases }) => phases.at(-1) === 'connecting', {}, url), '');
    } finally {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    }
  });

  it('ends while it sends a long request that the server does not read [X05]', async () => {
    const sockets: net.Socket[] = [];
    const deaf = net.createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`;
    try {
      const prompt = 'x'.repeat(20_000_000);
      assertCancelled(await stopWhen(() => sockets.length === 1, { prompt }, url), '');
      const [socket] = sockets;
      const closed = new Promise((resolve) => socket?.once('close', resolve));
      socket?.on('error', () => undefined);
      socket?.resume();
      await closed;
    } finally {
      deaf.close();
    }
  });

  it('ends before the headers [X06, R45]', async () => {
    server().script(neverAnswers);
    assertCancelled(await stopWhen(() => server().requests.length === 1), '');
    await assertServerSawIt();
    await eventually(() => server().openConnections === 0, 'no connection is left');
  });

  it('ends while it waits to retry [X07, R45]', async () => {
    server().script(apiError(429, { message: 'Slow down.' }, { 'retry-after': '50' }));
    assertCancelled(await stopWhen(({ phases }) => phases.at(-1) === 'retrying'), '');
    assert.equal(server().requests.length, 1);
  });

  it('ends after the headers, before any text [X08]', async () => {
    server().script({ steps: [hang] });
    const run = await stopWhen(({ phases }) => phases.at(-1) === 'waiting');
    assertCancelled(run, '');
    assert.equal(run.status, 200);
    await assertServerSawIt();
  });

  it('ends while a server that does not stream is answering [X08]', async () => {
    server().script({ headers: { 'content-type': 'application/json' }, steps: [{ do: 'send', text: '{' }, hang] });
    assertCancelled(await stopWhen(({ phases }) => phases.at(-1) === 'waiting'), '');
    await assertServerSawIt();
  });

  it('keeps the text that arrived [X09, R45]', async () => {
    server().script({ steps: [{ do: 'repeat', text: deltaFrame({ content: '.' }), everyMs: 5 }] });
    const run = await stopWhen(({ text }) => text.length >= 5);
    assertCancelled(run, run.shown);
    assert.match(run.shown, /^\.{5,}$/);
    await assertServerSawIt();
  });

  it('shows no more text when stopped as text is shown [X09, R46]', async () => {
    server().script(streamed(['one', 'two', 'three']));
    const run = await runAt(server().url, { signal: stop.signal, onText: () => stop.abort() });
    assertCancelled(run, 'one');
  });

  it('is complete between the finish reason and the usage [X10]', async () => {
    const text = deltaFrame({ content: 'Hello' }) + finishFrame();
    server().script({ steps: [{ do: 'send', text }, hang] });
    // On a busy machine, the finish reason is read some turns of the event loop after the text.
    let turns = 0;
    const run = await stopWhen((progress) => progress.text === 'Hello' && ++turns > 3);
    assert.deepEqual([run.outcome, run.text, run.usage, run.error], ['ok', 'Hello', undefined, undefined]);
    await assertServerSawIt();
  });

  it('is not changed by stopping it again or after the end [X12]', async () => {
    server().script({ steps: [hang] });
    const run = await stopWhen(({ phases }) => phases.at(-1) === 'waiting');
    const before = { ...run, phases: [...run.phases] };
    stop.abort();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(run, before);

    server().script(streamed(['Hello']));
    const next = await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, requests: 2 });
    stop.abort();
    assert.equal(next.outcome, 'ok');
  });

  it('leaves no connection behind, also with many runs at once', async () => {
    server().script({ steps: [{ do: 'repeat', text: deltaFrame({ content: '.' }), everyMs: 5 }] });
    const running = Array.from({ length: 20 }, () => runAt(server().url, { signal: stop.signal }));
    await eventually(() => server().requests.length === 20, 'all requests arrived');
    stop.abort();
    for (const run of await Promise.all(running)) assert.equal(run.outcome, 'cancelled');
    await eventually(() => server().openConnections === 0, 'no connection is left');
  });
});
