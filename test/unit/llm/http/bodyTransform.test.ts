import assert from 'node:assert/strict';
import { type BodyTransform, transformBody } from '../../../../src/llm/http/bodyTransform';

const bytes = (...values: number[]) => Uint8Array.from(values);
const copy: BodyTransform = { transform: (chunk, pass) => pass(chunk) };

// A body that records whether it was cancelled.
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

describe('transformBody', () => {
  it('passes on what the transform enqueues, also on flush', async () => {
    const kept: Uint8Array<ArrayBuffer>[] = [];
    const transform: BodyTransform = {
      transform: (chunk) => void kept.push(chunk),
      flush: (pass) => kept.forEach(pass),
    };
    const { body } = bodyOf([bytes(1), bytes(2, 3)]);
    assert.deepEqual(await drain(transformBody(body, transform)), { pieces: [[1], [2, 3]] });
  });

  it('hands out every chunk before a failure [R50]', async () => {
    const lost = new TypeError('terminated');
    const { body } = bodyOf([bytes(1), bytes(2)], lost);
    assert.deepEqual(await drain(transformBody(body, copy)), { pieces: [[1], [2]], failure: lost });
  });

  it('hands out what was enqueued before the transform failed, and cancels the body [S20]', async () => {
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

  it('does not read ahead', async () => {
    const { body, state } = bodyOf(Array.from({ length: 100 }, () => bytes(1)));
    const reader = transformBody(body, copy).getReader();
    await reader.read();
    assert.ok(state.next <= 3, `${state.next} chunks`);
    await reader.cancel();
    assert.ok(state.cancelled);
  });
});
