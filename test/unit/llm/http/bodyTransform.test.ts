import assert from 'node:assert/strict';
import { type BodyTransform, transformBody } from '../../../../src/llm/http/bodyTransform';

const bytes = (...values: number[]) => Uint8Array.from(values);
const copy: BodyTransform = { transform: (chunk, pass) => pass(chunk) };

/** A body that is written by the test, one chunk after the other, and that tells whether it was given up. */
function bodyOf(chunks: readonly Uint8Array<ArrayBuffer>[], failure?: Error) {
  const state = { next: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const chunk = chunks[state.next++];
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (failure !== undefined) controller.error(failure);
      else controller.close();
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { body, state };
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<{ pieces: number[][]; failure?: unknown }> {
  const pieces: number[][] = [];
  try {
    for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) pieces.push([...piece]);
    return { pieces };
  } catch (failure) {
    return { pieces, failure };
  }
}

describe('bodyStream', () => {
  it('passes what the step passes, and what it keeps for the end', async () => {
    const kept: Uint8Array<ArrayBuffer>[] = [];
    const transform: BodyTransform = {
      transform: (chunk) => void kept.push(chunk),
      flush: (pass) => kept.forEach(pass),
    };
    const { body } = bodyOf([bytes(1), bytes(2, 3)]);
    assert.deepEqual(await drain(transformBody(body, transform)), { pieces: [[1], [2, 3]] });
  });

  it('R50: hands out every piece before the failure that came behind it', async () => {
    const lost = new TypeError('terminated');
    const { body } = bodyOf([bytes(1), bytes(2)], lost);
    assert.deepEqual(await drain(transformBody(body, copy)), { pieces: [[1], [2]], failure: lost });
  });

  it('S20: hands out what the step passed before it failed, and gives up the body', async () => {
    const broken = new Error('broken');
    const transform: BodyTransform = {
      transform(_chunk, pass) {
        pass(bytes(1));
        pass(bytes(2));
        throw broken;
      },
    };
    const { body, state } = bodyOf([bytes(0), bytes(0)]);
    assert.deepEqual(await drain(transformBody(body, transform)), { pieces: [[1], [2]], failure: broken });
    assert.ok(state.cancelled);
  });

  it('reads no further ahead than it is read', async () => {
    const { body, state } = bodyOf(Array.from({ length: 100 }, () => bytes(1)));
    const reader = transformBody(body, copy).getReader();
    await reader.read();
    assert.ok(state.next <= 3, `${state.next} chunks`);
    await reader.cancel();
    assert.ok(state.cancelled);
  });
});
