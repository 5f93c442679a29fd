import * as assert from 'node:assert/strict';
import { asyncLazy } from '../../../src/util/lazy';
import { memoize } from '../../../src/util/memoize';

describe('asyncLazy', () => {
  it('creates the value once for concurrent calls', async () => {
    let calls = 0;
    const lazy = asyncLazy(async () => {
      calls += 1;
      await Promise.resolve();
      return { id: calls };
    });
    assert.equal(lazy.value, undefined);
    const [first, second] = await Promise.all([lazy(), lazy()]);
    assert.equal(first, second);
    assert.equal(lazy.value, first);
    assert.equal(await lazy(), first);
    assert.equal(calls, 1);
  });

  it('retries a failed creation on the next call', async () => {
    let calls = 0;
    const lazy = asyncLazy(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no network');
      return { calls };
    });
    await assert.rejects(lazy(), /no network/);
    assert.equal(lazy.value, undefined);
    assert.deepEqual(await lazy(), { calls: 2 });
  });
});

describe('memoize', () => {
  it('creates the value on first use, and once', () => {
    let calls = 0;
    const value = memoize(() => {
      calls += 1;
      return { calls };
    });
    assert.equal(calls, 0);
    assert.equal(value(), value());
    assert.equal(calls, 1);
  });
});
