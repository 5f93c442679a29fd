import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Endpoint } from '../../../src/core/chat';
import { messagesEndpoint } from '../../support/dialects';
import { type Expected, newService, runAt, useServer } from '../../support/llmHarness';
import { type BodyEnd, stubFetch } from '../../support/stubbedFetch';

const sentence = 'The function adds two numbers: `1 + 2` is 3.';

// Text of the events that end before an offset of the stream.
function textBefore(stream: string, end: number): string {
  const contents =
    stream.slice(0, end).match(/(?<="(?:content|text_delta","text)":")(?:[^"\\]|\\.)*(?="[^\n]*\n\n)/g) ?? [];
  return contents.join('');
}

/**
 * The stream is cut after each of its bytes. The body comes from a stubbed fetch, because there are thousands of cuts;
 * runNetwork.test.ts does the same to a smaller stream over sockets.
 */
describe('a run whose stream is cut off', () => {
  useServer();
  const service = newService();

  for (const [file, endpoint, reason] of [
    ['llamacpp.sse', {}, '"finish_reason":"stop"'],
    ['openrouter.sse', {}, '"finish_reason":"stop"'],
    ['anthropic.sse', messagesEndpoint, '"stop_reason":"end_turn"'],
  ] as const) {
    for (const end of ['close', 'reset'] as const) {
      it(`is complete only after the finish reason: ${file}, ${end} after every byte [R50]`, async () => {
        const bytes = new Uint8Array(fs.readFileSync(`test/fixtures/wire/${file}`));
        const stream = new TextDecoder().decode(bytes);
        assert.equal(stream.length, bytes.length, 'the sample is ASCII, so that offsets in both are the same');
        const finished = stream.indexOf(reason) + reason.length;
        for (let size = 0; size < bytes.length; size += 1) {
          const run = await cutAt(bytes.slice(0, size), end, endpoint);
          const at = `${size} bytes: ${run.outcome} ${run.error?.kind}`;
          assert.ok(sentence.startsWith(run.text), at);
          assert.ok(run.text.length >= textBefore(stream, size).length, `text was lost after ${at}`);
          assert.equal(run.outcome === 'ok', reason.endsWith(`"${run.finishReason}"`), at);
          assert.ok(run.finishReason === undefined || size >= finished, at);
          assert.equal(run.attempts, 1, at);
        }
      });
    }
  }

  async function cutAt(part: Uint8Array<ArrayBuffer>, end: BodyEnd, endpoint: Partial<Endpoint> = {}) {
    const restore = stubFetch([part], end);
    return runAt('https://llm.example.com/v1', { service, endpoint }).finally(restore);
  }

  it('is complete with the whole stream [R50]', async () => {
    const expected: Expected = { outcome: 'ok', text: sentence };
    const run = await cutAt(new Uint8Array(fs.readFileSync('test/fixtures/wire/ollama.sse')), 'close');
    assert.deepEqual([run.outcome, run.text], [expected.outcome, expected.text]);
  });
});
