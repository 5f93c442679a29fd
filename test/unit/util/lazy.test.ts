import * as assert from 'node:assert/strict';
import { asyncLazy } from '../../../src/util/lazy';
import { memoize } from '../../../src/util/memoize';

describe('what is made on first use', () => {
  it('is made once, by the first of several who ask at the same time', async () => {
    let made = 0;
    const part = asyncLazy(async () => {
      made += 1;
      await Promise.resolve();
      return { id: made };
    });
    assert.equal(part.value, undefined);
    const [one, other] = await Promise.all([part(), part()]);
    assert.equal(one, other);
    assert.equal(part.value, one);
    assert.equal(await part(), one);
    assert.equal(made, 1);
  });

  it('is tried again by the next who asks, where it failed', async () => {
    let tries = 0;
    const part = asyncLazy(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no network');
      return { tries };
    });
    await assert.rejects(part(), /no network/);
    assert.equal(part.value, undefined);
    assert.deepEqual(await part(), { tries: 2 });
  });

  it('is made at once and kept, where nothing has to be waited for', () => {
    let made = 0;
    const value = memoize(() => {
      made += 1;
      return { made };
    });
    assert.equal(made, 0);
    assert.equal(value(), value());
    assert.equal(made, 1);
  });
});
