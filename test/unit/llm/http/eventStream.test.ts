import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { QuilletError } from '../../../../src/core/errors';
import { readEventStream } from '../../../../src/llm/http/eventStream';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function readChunks(chunks: readonly Uint8Array<ArrayBuffer>[]) {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const pieces: unknown[] = [];
  const read = (document: unknown, name?: string) => {
    pieces.push([document, name]);
    return [];
  };
  try {
    for await (const event of readEventStream(response, { isChunk: () => true, read })) pieces.push(event);
    return { pieces };
  } catch (thrown) {
    assert.ok(thrown instanceof QuilletError);
    return { pieces, failure: thrown.kind };
  }
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

describe('a stream of events', () => {
  it('is read alike for any chunks and line ends (property) [N14, N15]', async () => {
    const anyStream = fc.tuple(
      fc.array(anyLine, { maxLength: 20 }),
      fc.boolean(),
      fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
    );
    const run = fc.asyncProperty(anyStream, async ([lines, hasMark, cuts]) => {
      const textWith = (end: string) =>
        `${hasMark ? '\ufeff' : ''}: comment${end}${lines.map((line) => line + end).join('')}`;
      const bytes = bytesOf(textWith('\n'));
      const whole = await readChunks([bytes]);
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((left, right) => left - right), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      const ways = [
        chunks,
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
        [bytesOf(textWith('\r\n'))],
        [bytesOf(textWith('\r'))],
      ];
      for (const way of ways) assert.deepEqual(await readChunks(way), whole);
    });
    await fc.assert(run, { seed: 4, numRuns: 400 });
  });

  it('is read up to a line that fails [S20]', async () => {
    const text = 'data: {"a":1}\n\ndata: {"b":2}\n\nerror: {"message":"no"}\n\n';
    const pieces = [
      [{ a: 1 }, undefined],
      [{ b: 2 }, undefined],
    ];
    assert.deepEqual(await readChunks([bytesOf(text)]), { pieces, failure: 'sse.error' });
  });
});
