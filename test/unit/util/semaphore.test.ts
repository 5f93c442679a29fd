import * as assert from 'node:assert/strict';
import { Semaphore } from '../../../src/util/semaphore';

/** Acquires permits by name and records the order in which they are granted. */
function recordOrder(limit: { max: number }) {
  const semaphore = new Semaphore(() => limit.max);
  const events: string[] = [];
  const acquire = (name: string, controller = new AbortController()) => {
    const granted = semaphore.acquire(controller.signal, () => events.push(`${name} waits`));
    void granted.then((isGranted) => events.push(`${name} ${isGranted ? 'runs' : 'is gone'}`));
    return controller;
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { semaphore, events, acquire, settle };
}

describe('Semaphore', () => {
  it('grants no more permits than the limit, in FIFO order', async () => {
    const { semaphore, events, acquire, settle } = recordOrder({ max: 2 });
    for (const name of ['a', 'b', 'c', 'd']) acquire(name);
    await settle();
    assert.deepEqual(events.splice(0), ['c waits', 'd waits', 'a runs', 'b runs']);
    semaphore.release();
    await settle();
    assert.deepEqual(events.splice(0), ['c runs']);
    semaphore.release();
    semaphore.release();
    semaphore.release();
    acquire('e');
    await settle();
    assert.deepEqual(events, ['d runs', 'e runs']);
  });

  it('keeps the order even if a permit is requested just after a release', async () => {
    const { semaphore, events, acquire, settle } = recordOrder({ max: 1 });
    for (const name of ['a', 'b']) acquire(name);
    semaphore.release();
    acquire('c');
    await settle();
    assert.deepEqual(events, ['b waits', 'c waits', 'a runs', 'b runs']);
  });

  it('skips an aborted waiter [X01]', async () => {
    const { semaphore, events, acquire, settle } = recordOrder({ max: 1 });
    acquire('a');
    const waiting = acquire('b');
    acquire('c');
    waiting.abort();
    await settle();
    assert.deepEqual(events.splice(0), ['b waits', 'c waits', 'a runs', 'b is gone']);
    semaphore.release();
    await settle();
    assert.deepEqual(events, ['c runs']);
  });

  it('grants nothing to an aborted signal, and ignores an abort after the grant', async () => {
    const { semaphore, events, acquire, settle } = recordOrder({ max: 1 });
    const aborted = new AbortController();
    aborted.abort();
    acquire('a', aborted);
    const running = acquire('b');
    acquire('c');
    await settle();
    running.abort();
    await settle();
    assert.deepEqual(events.splice(0), ['c waits', 'a is gone', 'b runs']);
    semaphore.release();
    await settle();
    assert.deepEqual(events, ['c runs']);
  });

  it('follows a limit that changes while others wait', async () => {
    const limit = { max: 1 };
    const { semaphore, events, acquire, settle } = recordOrder(limit);
    for (const name of ['a', 'b', 'c']) acquire(name);
    limit.max = 2;
    semaphore.release();
    await settle();
    assert.deepEqual(events.splice(0), ['b waits', 'c waits', 'a runs', 'b runs', 'c runs']);
    limit.max = 1;
    acquire('d');
    semaphore.release();
    await settle();
    assert.deepEqual(events.splice(0), ['d waits']);
    semaphore.release();
    await settle();
    assert.deepEqual(events, ['d runs']);
  });
});
