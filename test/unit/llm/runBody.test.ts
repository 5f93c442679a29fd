import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { assertRun, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import {
  completion,
  deltaFrame,
  doneFrame,
  finishFrame,
  framesOf,
  html,
  json,
  type Scenario,
  streamed,
  text,
} from '../../support/scenario';

describe('a run answered with 200 and a body that is not a stream', () => {
  const server = useServer();

  it('uses a whole completion as the answer [B01]', async () => {
    server().script(completion('Hello there.'));
    const run = await expectRun(server(), {
      outcome: 'ok',
      text: 'Hello there.',
      usage: knownUsage,
      warnings: ['body.nonstream'],
    });
    assert.equal(run.finishReason, 'stop');
  });

  it('reports a whole completion without choices as an empty answer [B01]', async () => {
    server().script(completion('', { choices: [], usage: null }));
    await expectRun(server(), { outcome: 'failed', kind: 'body.empty' });
  });

  for (const error of [{ message: 'the prompt is longer than n_ctx' }, 'the prompt is longer than n_ctx']) {
    it(`reports an error of type ${typeof error} in the body [B02]`, async () => {
      server().script(json({ error }));
      const run = await expectRun(server(), { outcome: 'failed', kind: 'body.error' });
      const { serverMessage, status, host, path } = run.error?.details ?? {};
      assert.equal(serverMessage, 'the prompt is longer than n_ctx');
      assert.deepEqual([status, host, path], [200, `127.0.0.1:${server().port}`, '/v1/chat/completions']);
    });
  }

  it('does not accept a web page as an answer [B03]', async () => {
    server().script(html('<!doctype html><title>Sign in</title>'));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.html' });
    assert.deepEqual([run.status, run.error?.details.status], [200, 200]);
    assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
  });

  for (const [name, scenario] of [
    ['event stream', framesOf()],
    ['text', text('')],
    ['JSON', { ...json({}), steps: [] }],
  ] as const) {
    it(`reports an empty body of type ${name} as an empty answer [B04]`, async () => {
      server().script(scenario);
      await expectRun(server(), { outcome: 'failed', kind: 'body.empty' });
    });
  }

  it('recognizes lines of JSON as the other protocol of the server [B05]', async () => {
    const lines = '{"message":{"content":"Hel"},"done":false}\n{"message":{"content":"lo"},"done":true}\n';
    server().script(text(lines, 200, { 'content-type': 'application/x-ndjson' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.ndjson' });
    assert.equal(run.error?.details.subject, 'application/x-ndjson');
  });

  it('reads a stream without a content type [B06]', async () => {
    const { steps = [] } = framesOf(deltaFrame({ content: 'Hello' }), finishFrame(), doneFrame);
    server().script({ steps, headers: { 'content-type': null } });
    await expectRun(server(), { outcome: 'ok', text: 'Hello' });
  });

  it('replaces invalid UTF-8 with replacement characters [B08]', async () => {
    const [before, after] = deltaFrame({ content: 'a?b' }).split('?');
    server().script({
      steps: [
        { do: 'send', text: before ?? '' },
        { do: 'bytes', base64: Buffer.from([0xff]).toString('base64') },
        { do: 'send', text: `${after}${finishFrame()}${doneFrame}` },
      ],
    });
    await expectRun(server(), { outcome: 'ok', text: 'a\ufffdb', warnings: ['text.undecodable 1'] });
  });
});

const answer = (streamed(['Hello']).steps ?? []).map(textOf).join('');

function encoded(coding: string, bytes: Buffer): Scenario {
  return { headers: { 'content-encoding': coding }, steps: [{ do: 'bytes', base64: bytes.toString('base64') }] };
}

describe('a run answered with an encoded body', () => {
  const server = useServer();

  it('counts bytes of another character set, and keeps the rest [B07]', async () => {
    const [before, after] = deltaFrame({ content: 'caf? cr?me' }).split(/(?<=caf)\?/);
    const latin = Buffer.from(`${before}\u00e9${after?.replace('?', '\u00e8')}${finishFrame()}${doneFrame}`, 'latin1');
    server().script({
      headers: { 'content-type': 'text/event-stream; charset=iso-8859-1' },
      steps: [{ do: 'bytes', base64: latin.toString('base64') }],
    });
    await expectRun(server(), { outcome: 'ok', text: 'caf\ufffd cr\ufffdme', warnings: ['text.undecodable 2'] });
  });

  for (const [coding, bytes] of [
    ['gzip', gzipSync(answer)],
    ['br', brotliCompressSync(answer)],
    ['deflate', deflateSync(answer)],
    ['identity', Buffer.from(answer)],
  ] as const) {
    it(`decodes ${coding} [B09]`, async () => {
      server().script(encoded(coding, bytes));
      await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage });
    });
  }

  it('decodes zstd, or names it where the host cannot [B09]', async () => {
    server().script(encoded('zstd', zstdCompressSync(answer)));
    const run = await runAt(server().url);
    if (run.outcome === 'ok') return assert.equal(run.text, 'Hello');
    assert.deepEqual([run.error?.kind, run.error?.details.subject], ['body.encoding', 'content-encoding: zstd']);
  });

  it('does not accept damaged gzip as an answer [B10]', async () => {
    server().script(encoded('gzip', Buffer.from('this is not gzip at all')));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.encoding' });
    assert.equal(run.error?.details.code, 'Z_DATA_ERROR');
  });

  it('never completes an answer whose gzip breaks off early [B10]', async () => {
    const bytes = gzipSync(
      streamed(['Hello '.repeat(50)], { usage: null })
        .steps?.map(textOf)
        .join('') ?? '',
    );
    for (const size of [bytes.length - 10, bytes.length - 40, 30]) {
      server().script(encoded('gzip', bytes.subarray(0, size)));
      const run = await runAt(server().url);
      assert.ok(
        ['truncated', 'failed'].includes(run.outcome) || run.finishReason === 'stop',
        `${size}: ${run.outcome}`,
      );
      assert.ok('Hello '.repeat(50).startsWith(run.text));
    }
  });

  it('stops a bomb of zeros at the line limit [B11]', async () => {
    server().script(encoded('gzip', gzipSync(Buffer.alloc(50_000_000))));
    await expectRun(server(), { outcome: 'failed', kind: 'limit.line' });
  });

  it('stops a bomb of text at the answer limit [B11]', async () => {
    const bomb = gzipSync(deltaFrame({ content: 'x'.repeat(1000) }).repeat(20_000));
    server().script(encoded('gzip', bomb));
    const run = await runAt(server().url, { answerLimit: 100_000 });
    assert.deepEqual([run.outcome, run.error?.kind, run.text.length], ['truncated', 'limit.answer', 100_000]);
  });

  it('stops a bomb that is not a stream at the body limit [B11]', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    server().script({ ...encoded('gzip', gzipSync(Buffer.alloc(50_000_000, 0x20))), headers });
    await expectRun(server(), { outcome: 'failed', kind: 'limit.answer' });
  });

  it('names an unknown encoding [B12]', async () => {
    server().script(encoded('foo', Buffer.from([1, 2, 3])));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.encoding' });
    assert.equal(run.error?.details.subject, 'content-encoding: foo');
  });
});

describe('a run whose server responds before it has read the request', () => {
  useServer();

  it('reports 413 rather than the closed connection [B13]', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const body = '{"error":{"message":"Request too large."}}';
        socket.write(`HTTP/1.1 413 Payload Too Large\r\ncontent-type: application/json\r\n`);
        socket.end(`content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    try {
      const run = await runAt(url, { prompt: 'x'.repeat(1_000_000) });
      assertRun(run, { outcome: 'failed', kind: 'http.413' });
      assert.equal(run.error?.details.serverMessage, 'Request too large.');
    } finally {
      server.close();
    }
  });
});

function textOf(step: NonNullable<Scenario['steps']>[number]): string {
  return step.do === 'send' ? step.text : '';
}
