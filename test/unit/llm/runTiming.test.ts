import assert from 'node:assert/strict';
import { dialects } from '../../support/dialects';
import { expectRun, type ObservedRun, runAt, useServer } from '../../support/llmHarness';
import { neverAnswers, type Scenario, type Step } from '../../support/scenario';

const hang: Step = { do: 'hang' };
const keepAlive: Step = { do: 'repeat', text: ': keep-alive\n\n', everyMs: 20 };

for (const { api, endpoint, keyHeader, usage, text, streamed } of dialects) {
  describe(`a slow run of the style ${api}`, () => {
    const server = useServer(keyHeader);

    const script = (scenario: Scenario) => server().script(scenario, api);

    // A run that gave up must have closed its connection.
    async function assertLimit(run: ObservedRun, limitMs: number): Promise<void> {
      assert.equal(run.error?.details.limitMs, limitMs);
      assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
      assert.equal((await server().requests[0]?.ended)?.by, 'client');
    }

    it('gives up on headers that never arrive, without retrying [T01]', async () => {
      script(neverAnswers);
      const run = await expectRun(
        server(),
        { outcome: 'failed', kind: 'time.headers' },
        { endpoint, timeouts: { headers: 150 } },
      );
      await assertLimit(run, 150);
    });

    it('gives up on the body of an error that never ends [T01]', async () => {
      script({ status: 500, headers: { 'content-type': 'application/json' }, steps: [hang] });
      const run = await expectRun(
        server(),
        { outcome: 'failed', kind: 'time.headers' },
        { endpoint, timeouts: { headers: 150 } },
      );
      await assertLimit(run, 150);
    });

    for (const [name, step] of [
      ['gives up if nothing follows the headers [T02]', hang],
      ['gives up if only keep-alive comments follow the headers [T04]', keepAlive],
    ] as const) {
      it(name, async () => {
        script({ steps: [step] });
        const timeouts = { firstToken: 150 };
        const run = await expectRun(server(), { outcome: 'failed', kind: 'time.firstToken' }, { endpoint, timeouts });
        await assertLimit(run, 150);
      });
    }

    it('gives up on a whole completion that never arrives [T02]', async () => {
      script({ headers: { 'content-type': 'application/json' }, steps: [hang] });
      const timeouts = { firstToken: 150 };
      await assertLimit(
        await expectRun(server(), { outcome: 'failed', kind: 'time.firstToken' }, { endpoint, timeouts }),
        150,
      );
    });

    for (const [name, step] of [
      ['gives up if nothing follows some text [T03]', hang],
      ['gives up if only keep-alive comments follow some text [T04]', keepAlive],
    ] as const) {
      it(name, async () => {
        script(streamed(['Hello'], { usage: null, then: [step] }));
        const expected = { outcome: 'truncated', kind: 'time.idle', text: 'Hello' } as const;
        await assertLimit(await expectRun(server(), expected, { endpoint, timeouts: { idle: 150 } }), 150);
      });
    }

    it('ends an endless drip of text at the total limit [T06]', async () => {
      script({ steps: [{ do: 'repeat', text: text('.'), everyMs: 20 }] });
      const run = await runAt(server().url, { endpoint, timeouts: { total: 1000 } });
      assert.deepEqual([run.outcome, run.error?.kind, run.attempts], ['truncated', 'time.total', 1]);
      assert.match(run.text, /^\.+$/);
      await assertLimit(run, 1000);
    });

    it('has no limits if they are 0 [T07]', async () => {
      script(streamed(['Hello'], { delayMs: 100, toxics: { latency: 100 } }));
      const timeouts = { headers: 0, firstToken: 0, idle: 0, total: 0 };
      await expectRun(server(), { outcome: 'ok', text: 'Hello', usage }, { endpoint, timeouts });
    });

    it('reports durations in whole milliseconds, in order [T08]', async () => {
      script(streamed(['Hello'], { delayMs: 20 }));
      const expected = { outcome: 'ok', text: 'Hello', usage } as const;
      const { firstTextMs = -1, totalMs } = await expectRun(server(), expected, { endpoint });
      assert.ok(
        Number.isInteger(firstTextMs) && firstTextMs >= 0 && firstTextMs <= totalMs,
        `${firstTextMs}, ${totalMs}`,
      );
    });
  });
}
