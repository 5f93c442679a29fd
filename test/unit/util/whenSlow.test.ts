import * as assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { whenSlow } from '../../../src/util/whenSlow';

describe('whenSlow', () => {
  it('returns the result of fast work without a call', async () => {
    let calls = 0;
    assert.equal(await whenSlow(Promise.resolve(1), 0, () => (calls += 1)), 1);
    await delay(20);
    assert.equal(calls, 0);
  });

  it('calls once while slow work continues', async () => {
    let calls = 0;
    let finish = (_value: number): void => undefined;
    const work = new Promise<number>((resolve) => (finish = resolve));
    const called = new Promise<void>((resolve) => {
      void whenSlow(work, 0, () => {
        calls += 1;
        resolve();
      });
    });
    await called;
    finish(2);
    assert.deepEqual([await work, calls], [2, 1]);
  });

  it('rejects with the error of the work, without a call', async () => {
    const error = new Error('broken');
    let calls = 0;
    await assert.rejects(
      whenSlow(Promise.reject(error), 0, () => (calls += 1)),
      error,
    );
    await delay(20);
    assert.equal(calls, 0);
  });
});
