import assert from 'node:assert/strict';
import { eventually, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import { deltaFrame, framesOf, type Scenario, type Step, send, streamed } from '../../support/scenario';

// The bytes of a whole answer, for hand-written responses.
const answer = (streamed(['Hello']).steps ?? []).map((step) => (step.do === 'send' ? step.text : '')).join('');
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';

function chunked(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

describe('a run with a hand-written response', () => {
  const server = useServer();

  it('keeps the text of a body shorter than its Content-Length [N06]', async () => {
    const part = deltaFrame({ content: 'Hello' });
    server().script({
      raw: `${head}content-length: 9999\r\n\r\n${part}`,
      steps: [{ do: 'wait', ms: 20 }, { do: 'cut' }],
    });
    await expectRun(server(), { outcome: 'truncated', kind: 'net.midstream', text: 'Hello' });
  });

  const notHttp: readonly (readonly [string, string])[] = [
    [
      'both a Content-Length and chunks [N09]',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n${chunked(answer)}`,
    ],
    ['a header of 40 KB [N10]', `${head}x-large: ${'x'.repeat(40_000)}\r\n\r\n${answer}`],
  ];
  for (const [name, raw] of notHttp) {
    it(`makes three attempts after invalid HTTP: ${name}`, async () => {
      server().script({ raw });
      const run = await expectRun(server(), { outcome: 'failed', kind: 'net.protocol', attempts: 3 });
      assert.match(run.error?.details.code ?? '', /^(HPE_|UND_ERR_)/);
    });
  }

  it('ignores early hints before the answer [N20]', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';
    server().script({ raw: `${hints}${hints}${head}connection: close\r\n\r\n${answer}` });
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
  });

  it('reports an unsolicited 100 Continue as a lost connection, as fetch does [N20]', async () => {
    server().script({ raw: `HTTP/1.1 100 Continue\r\n\r\n${head}connection: close\r\n\r\n${answer}` });
    await expectRun(server(), { outcome: 'failed', kind: 'net.reset', attempts: 3 });
  });

  it('accepts a status text that no header could hold', async () => {
    server().script({ raw: `HTTP/1.1 200 Tr\u00e8s bien \u0001\r\ncontent-type: text/event-stream\r\n\r\n${answer}` });
    const run = await runAt(server().url);
    assert.ok(run.outcome === 'ok' || run.error?.kind === 'net.protocol', run.error?.kind ?? '');
  });
});

describe('a run over a slow network', () => {
  const server = useServer();

  it('shows a thousand bytes a second as they arrive [N17]', async () => {
    const rest: readonly Step[] = [{ do: 'gate', name: 'shown' }, send(deltaFrame({ content: 'b' }))];
    server().script(streamed(['a'], { toxics: { bandwidth: 1000 }, then: rest }));
    await expectRun(
      server(),
      { outcome: 'ok', text: 'ab', usage: knownUsage },
      { onText: () => server().openGate('shown') },
    );
  });

  it('does not wait for a server that does not close after [DONE] [N18]', async () => {
    server().script(streamed(['Hello'], { toxics: { slowClose: 60_000 } }));
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
    await eventually(() => server().openConnections === 0, 'the connection is closed');
  });
});

describe('a run that received anything', () => {
  const server = useServer();

  const faults: readonly (readonly [string, Scenario['steps']])[] = [
    ['a reset after some text', [send(deltaFrame({ content: 'Hello' })), { do: 'wait', ms: 20 }, { do: 'reset' }]],
    ['a reset after the headers', [{ do: 'wait', ms: 20 }, { do: 'reset' }]],
    ['a rate limit inside the stream', framesOf('data: {"error":{"message":"Slow down.","code":429}}\n\n').steps ?? []],
  ];
  for (const [name, steps = []] of faults) {
    it(`is not retried after ${name} [R44]`, async () => {
      server().script({ steps });
      const run = await runAt(server().url);
      assert.deepEqual([run.attempts, server().requests.length], [1, 1]);
      assert.notEqual(run.outcome, 'ok');
    });
  }
});
