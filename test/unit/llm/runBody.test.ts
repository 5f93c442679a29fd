import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { dialects } from '../../support/dialects';
import { assertRun, type Expected, expectRun, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { completion, framesOf, html, json, type Scenario, text } from '../../support/scenario';

for (const dialect of dialects) {
  describe(`a run of the style ${dialect.api}`, () => {
    const server = useServer(dialect.keyHeader);
    const { endpoint, usage, done } = dialect;
    const script = (scenario: Scenario) => server().script(scenario, dialect.api);
    const expect = (expected: Expected, options: RunOptions = {}) =>
      expectRun(server(), expected, { endpoint, ...options });
    const run = (options: RunOptions = {}) => runAt(server().url, { endpoint, ...options });

    describe('answered with 200 and a body that is not a stream', () => {
      it('uses a whole completion as the answer [B01]', async () => {
        script(dialect.whole('Hello there.'));
        const ended = await expect({
          outcome: 'ok',
          text: 'Hello there.',
          usage,
          warnings: ['body.nonstream'],
        });
        assert.equal(ended.finishReason, dialect.complete);
      });

      it('reports a whole completion without choices as an empty answer [B01]', async () => {
        script(completion('', { choices: [], usage: null }));
        await expect({ outcome: 'failed', kind: 'body.empty' });
      });

      for (const error of [{ message: 'the prompt is longer than n_ctx' }, 'the prompt is longer than n_ctx']) {
        it(`reports an error of type ${typeof error} in the body [B02]`, async () => {
          script(json({ error }));
          const ended = await expect({ outcome: 'failed', kind: 'body.error' });
          const { serverMessage, status, host, path } = ended.error?.details ?? {};
          assert.equal(serverMessage, 'the prompt is longer than n_ctx');
          assert.deepEqual([status, host, path], [200, `127.0.0.1:${server().port}`, dialect.path]);
        });
      }

      it('does not accept a web page as an answer [B03]', async () => {
        script(html('<!doctype html><title>Sign in</title>'));
        const ended = await expect({ outcome: 'failed', kind: 'body.html' });
        assert.deepEqual([ended.status, ended.error?.details.status], [200, 200]);
        assert.equal(ended.error?.details.host, `127.0.0.1:${server().port}`);
      });

      for (const [name, scenario] of [
        ['event stream', framesOf()],
        ['text', text('')],
        ['JSON', { ...json({}), steps: [] }],
      ] as const) {
        it(`reports an empty body of type ${name} as an empty answer [B04]`, async () => {
          script(scenario);
          await expect({ outcome: 'failed', kind: 'body.empty' });
        });
      }

      it('recognizes lines of JSON as the other protocol of the server [B05]', async () => {
        const lines = '{"message":{"content":"Hel"},"done":false}\n{"message":{"content":"lo"},"done":true}\n';
        script(text(lines, 200, { 'content-type': 'application/x-ndjson' }));
        const ended = await expect({ outcome: 'failed', kind: 'body.ndjson' });
        assert.equal(ended.error?.details.subject, 'application/x-ndjson');
      });

      it('reads a stream without a content type [B06]', async () => {
        const { steps = [] } = framesOf(dialect.text('Hello'), dialect.finish(), done);
        script({ steps, headers: { 'content-type': null } });
        await expect({ outcome: 'ok', text: 'Hello' });
      });

      it('replaces invalid UTF-8 with replacement characters [B08]', async () => {
        const [before, after] = dialect.text('a?b').split('?');
        script({
          steps: [
            { do: 'send', text: before ?? '' },
            { do: 'bytes', base64: Buffer.from([0xff]).toString('base64') },
            { do: 'send', text: `${after}${dialect.finish()}${done}` },
          ],
        });
        await expect({ outcome: 'ok', text: 'a\ufffdb', warnings: ['text.undecodable 1'] });
      });
    });

    describe('answered with an encoded body', () => {
      const answer = textOf(dialect.streamed(['Hello']));

      it('counts bytes of another character set, and keeps the rest [B07]', async () => {
        const [before, after] = dialect.text('caf? cr?me').split(/(?<=caf)\?/);
        const latin = Buffer.from(
          `${before}\u00e9${after?.replace('?', '\u00e8')}${dialect.finish()}${done}`,
          'latin1',
        );
        script({
          headers: { 'content-type': 'text/event-stream; charset=iso-8859-1' },
          steps: [{ do: 'bytes', base64: latin.toString('base64') }],
        });
        await expect({ outcome: 'ok', text: 'caf\ufffd cr\ufffdme', warnings: ['text.undecodable 2'] });
      });

      for (const [coding, bytes] of [
        ['gzip', gzipSync(answer)],
        ['br', brotliCompressSync(answer)],
        ['deflate', deflateSync(answer)],
        ['identity', Buffer.from(answer)],
      ] as const) {
        it(`decodes ${coding} [B09]`, async () => {
          script(encoded(coding, bytes));
          await expect({ outcome: 'ok', text: 'Hello', usage });
        });
      }

      it('decodes zstd, or names it where the host cannot [B09]', async () => {
        script(encoded('zstd', zstdCompressSync(answer)));
        const ended = await run();
        if (ended.outcome === 'ok') return assert.equal(ended.text, 'Hello');
        assert.deepEqual(
          [ended.error?.kind, ended.error?.details.subject],
          ['body.encoding', 'content-encoding: zstd'],
        );
      });

      it('does not accept damaged gzip as an answer [B10]', async () => {
        script(encoded('gzip', Buffer.from('this is not gzip at all')));
        const ended = await expect({ outcome: 'failed', kind: 'body.encoding' });
        assert.equal(ended.error?.details.code, 'Z_DATA_ERROR');
      });

      it('never completes an answer whose gzip breaks off early [B10]', async () => {
        const bytes = gzipSync(textOf(dialect.streamed(['Hello '.repeat(50)], { usage: null })));
        for (const size of [bytes.length - 10, bytes.length - 40, 30]) {
          script(encoded('gzip', bytes.subarray(0, size)));
          const ended = await run();
          assert.ok(
            ['truncated', 'failed'].includes(ended.outcome) || ended.finishReason === dialect.complete,
            `${size}: ${ended.outcome}`,
          );
          assert.ok('Hello '.repeat(50).startsWith(ended.text));
        }
      });

      it('stops a bomb of zeros at the line limit [B11]', async () => {
        script(encoded('gzip', gzipSync(Buffer.alloc(50_000_000))));
        await expect({ outcome: 'failed', kind: 'limit.line' });
      });

      it('stops a bomb of text at the answer limit [B11]', async () => {
        const bomb = gzipSync(dialect.text('x'.repeat(1000)).repeat(20_000));
        script(encoded('gzip', bomb));
        const ended = await run({ answerLimit: 100_000 });
        assert.deepEqual([ended.outcome, ended.error?.kind, ended.text.length], ['truncated', 'limit.answer', 100_000]);
      });

      it('stops a bomb that is not a stream at the body limit [B11]', async () => {
        const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
        script({ ...encoded('gzip', gzipSync(Buffer.alloc(50_000_000, 0x20))), headers });
        await expect({ outcome: 'failed', kind: 'limit.answer' });
      });

      it('names an unknown encoding [B12]', async () => {
        script(encoded('foo', Buffer.from([1, 2, 3])));
        const ended = await expect({ outcome: 'failed', kind: 'body.encoding' });
        assert.equal(ended.error?.details.subject, 'content-encoding: foo');
      });
    });

    describe('whose server responds before it has read the request', () => {
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
          const ended = await runAt(url, { endpoint, prompt: 'x'.repeat(1_000_000) });
          assertRun(ended, { outcome: 'failed', kind: 'http.413' });
          assert.equal(ended.error?.details.serverMessage, 'Request too large.');
        } finally {
          server.close();
        }
      });
    });
  });
}

function encoded(coding: string, bytes: Buffer): Scenario {
  return { headers: { 'content-encoding': coding }, steps: [{ do: 'bytes', base64: bytes.toString('base64') }] };
}

function textOf({ steps = [] }: Scenario): string {
  return steps.map((step) => (step.do === 'send' ? step.text : '')).join('');
}
