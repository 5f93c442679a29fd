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

// A short stream with every kind of cut: inside characters of two to four bytes, CRLF, and field names.
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

// Runs several at a time.
async function forEachOffset(limit: number, work: (offset: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < limit) await work(next++);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

describe('a run over a bad network', () => {
  const server = useServer();

  it('names the host and port that refused the connection, after three attempts [N01]', async () => {
    await server().close();
    const run = await runAt(server().url);
    assertRun(run, { outcome: 'failed', kind: 'net.refused', attempts: 3 });
    assert.equal(run.error?.details.code, 'ECONNREFUSED');
    assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
    assert.equal(run.error?.details.providerLabel, 'Fake server');
  });

  it('reports an unknown host without retrying [N02]', async () => {
    const run = await runAt('https://nonexistent.invalid/v1');
    assertRun(run, { outcome: 'failed', kind: 'net.dns' });
    assert.equal(run.error?.details.host, 'nonexistent.invalid:443');
  });

  it('retries a reset before the headers, three attempts in all [N03]', async () => {
    server().script(resets);
    const run = await expectRun(server(), { outcome: 'failed', kind: 'net.reset', attempts: 3 });
    assert.equal(run.error?.details.code, 'ECONNRESET');
  });

  it('succeeds at the second attempt after one reset [N03]', async () => {
    server().scriptNext([resets]);
    server().script(streamed(['Hello']));
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 });
  });

  it('keeps the text after a reset in the middle, and does not retry [N04]', async () => {
    server().script(streamed(['Hello ', 'wor'], { then: [{ do: 'wait', ms: 20 }, { do: 'reset' }] }));
    const run = await expectRun(server(), { outcome: 'truncated', kind: 'net.midstream', text: 'Hello wor' });
    assert.equal(run.status, 200);
  });

  it('keeps the text if the connection closes in the middle of a chunked body [N05]', async () => {
    server().script(streamed(['Hello '], { then: [{ do: 'cut' }] }));
    await expectRun(server(), { outcome: 'truncated', kind: 'net.midstream', text: 'Hello ' });
  });

  it('reports a bad chunk size as invalid HTTP without retrying [N07]', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
    server().script({ raw: `${head}ZZ\r\n`, steps: [{ do: 'hang' }] });
    await expectRun(server(), { outcome: 'failed', kind: 'net.protocol' });
  });

  it('makes three attempts at a server that does not speak HTTP [N08]', async () => {
    server().script({ raw: 'NOT HTTP\r\n\r\n' });
    await expectRun(server(), { outcome: 'failed', kind: 'net.protocol', attempts: 3 });
  });

  it('fails at the TLS handshake for https to a port that speaks http [N11]', async () => {
    const run = await runAt(server().url.replace('http:', 'https:'));
    assertRun(run, { outcome: 'failed', kind: 'net.tls' });
    assert.equal(server().requests.length, 0);
  });

  it('reads one byte per packet [N14]', async () => {
    server().script(streamed(['Hällo ', '😀'], { toxics: { slicer: { size: 1 } } }));
    await expectRun(server(), { outcome: 'ok', text: 'Hällo 😀', usage: knownUsage });
  });

  it('reads packets that end at every possible byte [N15]', async () => {
    for (let offset = 0; offset <= everyKindOfByte.length; offset += 1) server().scriptNext([inTwo(offset)]);
    await forEachOffset(everyKindOfByte.length + 1, async (offset) => {
      const run = await runAt(server().url);
      assert.deepEqual([run.outcome, run.text, run.usage], ['ok', 'é—😀', knownUsage], `cut at ${offset}`);
    });
  });

  it('is never complete before the finish reason if cut off at any byte [N16]', async () => {
    const steps = [{ do: 'bytes', base64: everyKindOfByte.toString('base64') }] as const;
    // The model name carries the offset, because the requests arrive in any order.
    server().script((request) => ({ steps, toxics: { limitData: Number(requestedModel(request)) } }));
    const finished = everyKindOfByte.indexOf('"stop"');
    await forEachOffset(everyKindOfByte.length, async (offset) => {
      const run = await runAt(server().url, { model: String(offset) });
      if (run.outcome === 'ok') assert.ok(offset > finished, `complete after ${offset} bytes`);
      assert.ok('é—😀'.startsWith(run.text), `text after ${offset} bytes: ${run.text}`);
    });
  });

  it('reads a body that ends with the connection, as in HTTP/1.0 [N19]', async () => {
    const body = framesOf(deltaFrame({ content: 'Hello' }), finishFrame(), doneFrame).steps ?? [];
    server().script({ raw: 'HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n', steps: [...body, send('')] });
    await expectRun(server(), { outcome: 'ok', text: 'Hello' });
  });
});
