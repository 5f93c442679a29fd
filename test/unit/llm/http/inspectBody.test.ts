import assert from 'node:assert/strict';
import { inspectBody } from '../../../../src/llm/http/inspectBody';

const bytes = (...values: number[]) => Uint8Array.from(values);
const ignore = () => undefined;

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

describe('inspectBody', () => {
  it('hands out every chunk before a failure [R50]', async () => {
    const lost = new TypeError('terminated');
    const { body } = bodyOf([bytes(1), bytes(2)], lost);
    assert.deepEqual(await drain(inspectBody(body, ignore)), { pieces: [[1], [2]], failure: lost });
  });

  it('hands out what passed the inspection before, and cancels the body [S20]', async () => {
    const broken = new Error('broken');
    const { body, state } = bodyOf([bytes(1), bytes(2), bytes(3), bytes(4)]);
    const inspect = ([first]: Uint8Array) => {
      if (first === 3) throw broken;
    };
    assert.deepEqual(await drain(inspectBody(body, inspect)), { pieces: [[1], [2]], failure: broken });
    assert.ok(state.cancelled);
  });

  it('does not read ahead', async () => {
    const { body, state } = bodyOf(Array.from({ length: 100 }, () => bytes(1)));
    const reader = inspectBody(body, ignore).getReader();
    await reader.read();
    assert.ok(state.next <= 3, `${state.next} chunks`);
    await reader.cancel();
    assert.ok(state.cancelled);
  });
});
