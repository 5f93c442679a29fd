import assert from 'node:assert/strict';
import { expectRun, knownUsage, type ObservedRun, runAt, useServer } from '../../support/llmHarness';
import { deltaFrame, neverAnswers, type Step, streamed } from '../../support/scenario';

const hang: Step = { do: 'hang' };
const keepAlive: Step = { do: 'repeat', text: ': keep-alive\n\n', everyMs: 20 };

describe('a run that is kept waiting', () => {
  const server = useServer();

  /** A run that gave up must have let go of its connection as well. */
  async function assertLimit(run: ObservedRun, limitMs: number): Promise<void> {
    assert.equal(run.error?.details.limitMs, limitMs);
    assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
    assert.ok(run.totalMs >= limitMs - 5 && run.totalMs < limitMs + 1000, `${run.totalMs} ms`);
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  }

  it('T01, need 13: headers that never come, and no second attempt', async () => {
    server().script(neverAnswers);
    const run = await expectRun(server(), { outcome: 'failed', kind: 'time.headers' }, { timeouts: { headers: 150 } });
    await assertLimit(run, 150);
  });

  it('T01: the body of an error that never ends', async () => {
    server().script({ status: 500, headers: { 'content-type': 'application/json' }, steps: [hang] });
    const run = await expectRun(server(), { outcome: 'failed', kind: 'time.headers' }, { timeouts: { headers: 150 } });
    await assertLimit(run, 150);
  });

  for (const [name, step] of [
    ['T02: headers and then nothing', hang],
    ['T04: headers and then only keep-alive comments', keepAlive],
  ] as const) {
    it(name, async () => {
      server().script({ steps: [step] });
      const timeouts = { firstToken: 150 };
      const run = await expectRun(server(), { outcome: 'failed', kind: 'time.firstToken' }, { timeouts });
      await assertLimit(run, 150);
    });
  }

  it('T02: a whole completion that never comes', async () => {
    server().script({ headers: { 'content-type': 'application/json' }, steps: [hang] });
    const timeouts = { firstToken: 150 };
    await assertLimit(await expectRun(server(), { outcome: 'failed', kind: 'time.firstToken' }, { timeouts }), 150);
  });

  for (const [name, step] of [
    ['T03, need 12: a piece and then nothing', hang],
    ['T04, need 12: a piece and then only keep-alive comments', keepAlive],
  ] as const) {
    it(name, async () => {
      server().script(streamed(['Hello'], { then: [step] }));
      const expected = { outcome: 'truncated', kind: 'time.idle', text: 'Hello' } as const;
      await assertLimit(await expectRun(server(), expected, { timeouts: { idle: 150 } }), 150);
    });
  }

  it('T05: pieces that come just within the limit', async () => {
    server().script(streamed(['a', 'b', 'c', 'd', 'e', 'f'], { delayMs: 90 }));
    const timeouts = { idle: 400, firstToken: 400 };
    await expectRun(server(), { outcome: 'ok', text: 'abcdef', usage: knownUsage }, { timeouts });
  });

  it('T05, need 9: reasoning is progress too', async () => {
    const reasoning = { do: 'send', text: deltaFrame({ reasoning_content: 'Hm' }) } as const;
    const pause = { do: 'wait', ms: 80 } as const;
    const answer = streamed(['Hello']).steps ?? [];
    server().script({ steps: [reasoning, pause, reasoning, pause, reasoning, pause, reasoning, pause, ...answer] });
    await expectRun(
      server(),
      { outcome: 'ok', text: 'Hello', usage: knownUsage },
      { timeouts: { idle: 300, firstToken: 300 } },
    );
  });

  it('T06: the total limit ends a drip that never stops', async () => {
    server().script({ steps: [{ do: 'repeat', text: deltaFrame({ content: '.' }), everyMs: 20 }] });
    const run = await runAt(server().url, { timeouts: { total: 200 } });
    assert.deepEqual([run.outcome, run.error?.kind, run.attempts], ['truncated', 'time.total', 1]);
    assert.match(run.text, /^\.{3,}$/);
    await assertLimit(run, 200);
  });

  it('T07, need 13: the first piece may take its time where no limit is set', async () => {
    server().script({ steps: [keepAliveOnce(), { do: 'wait', ms: 400 }, ...(streamed(['Hello']).steps ?? [])] });
    const timeouts = { headers: 350, firstToken: 0, idle: 350 };
    const run = await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { timeouts });
    assert.ok((run.firstTextMs ?? 0) >= 390, `${run.firstTextMs} ms`);
  });

  it('T07: limits of 0 are off', async () => {
    server().script(streamed(['Hello'], { delayMs: 100, toxics: { latency: 100 } }));
    const timeouts = { headers: 0, firstToken: 0, idle: 0, total: 0 };
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage }, { timeouts });
  });

  it('T08: durations are whole milliseconds, in order', async () => {
    server().script(streamed(['Hello'], { delayMs: 20 }));
    const { firstTextMs = -1, totalMs } = await expectRun(server(), {
      outcome: 'ok',
      text: 'Hello',
      usage: knownUsage,
    });
    assert.ok(
      Number.isInteger(firstTextMs) && firstTextMs >= 0 && firstTextMs <= totalMs,
      `${firstTextMs}, ${totalMs}`,
    );
  });
});

function keepAliveOnce(): Step {
  return { do: 'send', text: ': keep-alive\n\n' };
}
