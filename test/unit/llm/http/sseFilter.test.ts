import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { QuilletError } from '../../../../src/core/errors';
import { createSseFilter, createStreamStatus } from '../../../../src/llm/http/sseFilter';
import { checkProperty } from '../../../support/properties';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function runFilter(chunks: readonly Uint8Array<ArrayBuffer>[]) {
  const streamStatus = createStreamStatus();
  const filter = createSseFilter(streamStatus);
  const pieces: string[] = [];
  const enqueue = (piece: Uint8Array) => void pieces.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(piece));
  let failure: unknown;
  try {
    for (const chunk of chunks) filter.transform(chunk, enqueue);
    filter.flush?.(enqueue);
  } catch (thrown) {
    assert.ok(thrown instanceof QuilletError);
    failure = thrown.kind;
  }
  return { pieces, text: pieces.join(''), streamStatus, failure };
}

const anyLine = fc.constantFrom(
  'data: {"a":1}',
  'data:{"b":"é"}',
  'data: {',
  'data: "c"',
  'data:  {"d":2}',
  'data: [DONE]',
  'data:',
  'data',
  ': comment',
  'event: ping',
  'event: message',
  'id: 1',
  '{"no":"field"}',
  'error: {"message":"no"}',
  '',
  '',
);

describe('the SSE filter', () => {
  it('gives the same result for any chunks and line ends (property) [N14, N15]', () => {
    const anyStream = fc.tuple(
      fc.array(anyLine, { maxLength: 20 }),
      fc.boolean(),
      fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
    );
    const run = fc.property(anyStream, ([lines, hasMark, cuts]) => {
      const textWith = (end: string) => `${hasMark ? '\ufeff' : ''}${lines.map((line) => line + end).join('')}`;
      const bytes = bytesOf(textWith('\n'));
      const { pieces, ...whole } = runFilter([bytes]);
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((left, right) => left - right), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      const ways = [
        chunks,
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
        [bytesOf(textWith('\r\n'))],
        [bytesOf(textWith('\r'))],
      ];
      for (const way of ways) {
        const { pieces: others, ...same } = runFilter(way);
        assert.deepEqual(same, whole);
      }
    });
    checkProperty(run, { seed: 4, numRuns: 400 });
  });

  it('passes events on in batches of bounded size', () => {
    const event = `data: {"text":"${'x'.repeat(80)}"}\n\n`;
    const { pieces, text } = runFilter([bytesOf(event.repeat(1000))]);
    assert.equal(text, event.repeat(1000));
    assert.ok(pieces.length < 20, `${pieces.length} pieces`);
    assert.ok(Math.max(...pieces.map(({ length }) => length)) < 9000);
  });

  it('passes on the events before a line that fails [S20]', () => {
    const { text, failure } = runFilter([bytesOf('data: {"a":1}\n\ndata: {"b":2}\n\nerror: {"message":"no"}\n\n')]);
    assert.deepEqual([text, failure], ['data: {"a":1}\n\ndata: {"b":2}\n\n', 'sse.error']);
  });
});
