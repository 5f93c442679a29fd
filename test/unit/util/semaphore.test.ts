import * as assert from 'node:assert/strict';
import { Semaphore } from '../../../src/util/semaphore';

/** Takes turns by name, and keeps the order in which they are given. */
function queue(limit: { most: number }) {
  const slots = new Semaphore(() => limit.most);
  const events: string[] = [];
  const take = (name: string, stopper = new AbortController()) => {
    const turn = slots.acquire(stopper.signal, () => events.push(`${name} waits`));
    void turn.then((hasTurn) => events.push(`${name} ${hasTurn ? 'runs' : 'is gone'}`));
    return stopper;
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { slots, events, take, settle };
}

describe('slots', () => {
  it('give no more turns at a time than there are, first come, first served', async () => {
    const { slots, events, take, settle } = queue({ most: 2 });
    for (const name of ['a', 'b', 'c', 'd']) take(name);
    await settle();
    assert.deepEqual(events.splice(0), ['c waits', 'd waits', 'a runs', 'b runs']);
    slots.release();
    await settle();
    assert.deepEqual(events.splice(0), ['c runs']);
    slots.release();
    slots.release();
    slots.release();
    take('e');
    await settle();
    assert.deepEqual(events, ['d runs', 'e runs']);
  });

  it('let nobody pass who comes later, even in the moment in which a turn becomes free', async () => {
    const { slots, events, take, settle } = queue({ most: 1 });
    for (const name of ['a', 'b']) take(name);
    slots.release();
    take('c');
    await settle();
    assert.deepEqual(events, ['b waits', 'c waits', 'a runs', 'b runs']);
  });

  it('X01: whoever stops waiting gets no turn and keeps none from the others', async () => {
    const { slots, events, take, settle } = queue({ most: 1 });
    take('a');
    const waiting = take('b');
    take('c');
    waiting.abort();
    await settle();
    assert.deepEqual(events.splice(0), ['b waits', 'c waits', 'a runs', 'b is gone']);
    slots.release();
    await settle();
    assert.deepEqual(events, ['c runs']);
  });

  it('give none to whoever was stopped before, and stopping later takes nothing back', async () => {
    const { slots, events, take, settle } = queue({ most: 1 });
    const stopped = new AbortController();
    stopped.abort();
    take('a', stopped);
    const running = take('b');
    take('c');
    await settle();
    running.abort();
    await settle();
    assert.deepEqual(events.splice(0), ['c waits', 'a is gone', 'b runs']);
    slots.release();
    await settle();
    assert.deepEqual(events, ['c runs']);
  });

  it('follow a limit that is changed while some wait', async () => {
    const limit = { most: 1 };
    const { slots, events, take, settle } = queue(limit);
    for (const name of ['a', 'b', 'c']) take(name);
    limit.most = 2;
    slots.release();
    await settle();
    assert.deepEqual(events.splice(0), ['b waits', 'c waits', 'a runs', 'b runs', 'c runs']);
    limit.most = 1;
    take('d');
    slots.release();
    await settle();
    assert.deepEqual(events.splice(0), ['d waits']);
    slots.release();
    await settle();
    assert.deepEqual(events, ['d runs']);
  });
});
