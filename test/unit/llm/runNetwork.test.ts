import assert from 'node:assert/strict';
import { assertRun, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import { requestedModel } from '../../support/recordedRequest';
import {
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  resets,
  type Scenario,
  type Step,
  send,
  streamed,
} from '../../support/scenario';

/** As few bytes as hold every kind a cut can fall into: characters of two to four bytes, CRLF, the words of the format. */
const everyKindOfByte = Buffer.from(
  [
    frame({ choices: [{ delta: { content: 'é—😀' } }] }).replace(/\n/g, '\r\n'),
    frame({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
    frame({ choices: [], usage: defaultUsage }),
    doneFrame,
  ].join(''),
);

function inTwo(offset: number): Scenario {
  const part = (start: number, end?: number): Step => {
    return { do: 'bytes', base64: everyKindOfByte.subarray(start, end).toString('base64') };
  };
  return { steps: [part(0, offset), { do: 'wait', ms: 1 }, part(offset)] };
}

/** Runs work for every number below a limit, some at a time. */
async function forEachOffset(limit: number, work: (offset: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < limit) await work(next++);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

describe('a run over a bad network', () => {
  const server = useServer();

  it('N01, need 4: says that nothing listens at host and port, after three attempts', async () => {
    await server().close();
    const run = await runAt(server().url);
    assertRun(run, { outcome: 'failed', kind: 'net.refused', attempts: 3 });
    assert.equal(run.error?.details.code, 'ECONNREFUSED');
    assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
    assert.equal(run.error?.details.providerLabel, 'Fake server');
  });

  it('N02: an unknown host is a name that was not found, and is not tried again', async () => {
    const run = await runAt('https://nonexistent.invalid/v1');
    assertRun(run, { outcome: 'failed', kind: 'net.dns' });
    assert.equal(run.error?.details.host, 'nonexistent.invalid:443');
  });

  it('N03: a reset before the headers is tried three times', async () => {
    server().script(resets);
    const run = await expectRun(server(), { outcome: 'failed', kind: 'net.reset', attempts: 3 });
    assert.equal(run.error?.details.code, 'ECONNRESET');
  });

  it('N03: a reset once is answered at the second attempt', async () => {
    server().scriptNext([resets]);
    server().script(streamed(['Hello']));
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 });
  });

  it('N04, need 12: a reset in the middle keeps the text and is not tried again', async () => {
    server().script(streamed(['Hello ', 'wor'], { then: [{ do: 'wait', ms: 20 }, { do: 'reset' }] }));
    const run = await expectRun(server(), { outcome: 'truncated', kind: 'net.midstream', text: 'Hello wor' });
    assert.equal(run.status, 200);
  });

  it('N05: a connection that closes in the middle of a chunked body keeps the text', async () => {
    server().script(streamed(['Hello '], { then: [{ do: 'cut' }] }));
    await expectRun(server(), { outcome: 'truncated', kind: 'net.midstream', text: 'Hello ' });
  });

  it('N07: a bad chunk size is not HTTP, and is not tried again', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
    server().script({ raw: `${head}ZZ\r\n`, steps: [{ do: 'hang' }] });
    await expectRun(server(), { outcome: 'failed', kind: 'net.protocol' });
  });

  it('N08: what is not HTTP at all is tried three times', async () => {
    server().script({ raw: 'NOT HTTP\r\n\r\n' });
    await expectRun(server(), { outcome: 'failed', kind: 'net.protocol', attempts: 3 });
  });

  it('N11: https to a port that speaks http fails at the TLS handshake', async () => {
    const run = await runAt(server().url.replace('http:', 'https:'));
    assertRun(run, { outcome: 'failed', kind: 'net.tls' });
    assert.equal(server().requests.length, 0);
  });

  it('N14: one byte in each packet', async () => {
    server().script(streamed(['Hällo ', '😀'], { toxics: { slicer: { size: 1 } } }));
    await expectRun(server(), { outcome: 'ok', text: 'Hällo 😀', usage: knownUsage });
  });

  it('N15: a packet border at every byte', async () => {
    for (let offset = 0; offset <= everyKindOfByte.length; offset += 1) server().scriptNext([inTwo(offset)]);
    await forEachOffset(everyKindOfByte.length + 1, async (offset) => {
      const run = await runAt(server().url);
      assert.deepEqual([run.outcome, run.text, run.usage], ['ok', 'é—😀', knownUsage], `cut at ${offset}`);
    });
  });

  it('N16: cut off at every byte, a run is never complete before its finish reason', async () => {
    const steps = [{ do: 'bytes', base64: everyKindOfByte.toString('base64') }] as const;
    // The offset travels in the model's name, because it is not known which request comes first.
    server().script((request) => ({ steps, toxics: { limitData: Number(requestedModel(request)) } }));
    const finished = everyKindOfByte.indexOf('"stop"');
    await forEachOffset(everyKindOfByte.length, async (offset) => {
      const run = await runAt(server().url, { model: String(offset) });
      if (run.outcome === 'ok') assert.ok(offset > finished, `complete after ${offset} bytes`);
      assert.ok('é—😀'.startsWith(run.text), `text after ${offset} bytes: ${run.text}`);
    });
  });

  it('N19: a body that ends with the connection, as HTTP/1.0 has it', async () => {
    const body = framesOf(deltaFrame({ content: 'Hello' }), finishFrame(), doneFrame).steps ?? [];
    server().script({ raw: 'HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n', steps: [...body, send('')] });
    await expectRun(server(), { outcome: 'ok', text: 'Hello' });
  });
});
