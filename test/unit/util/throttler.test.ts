import * as assert from 'node:assert/strict';
import { throttled } from '../../../src/util/throttler';

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Work that ends when it is told to. */
function heldWork() {
  const ends: { resolve: (value: string) => void; reject: (failure: Error) => void }[] = [];
  const ask = throttled(() => new Promise<string>((resolve, reject) => ends.push({ resolve, reject })));
  return { ask, ends };
}

describe('coalesced work', () => {
  it('is never under way twice, and those who ask meanwhile share what comes after', async () => {
    const { ask, ends } = heldWork();
    const first = ask();
    await settle();
    const others = Array.from({ length: 1000 }, ask);
    await settle();
    assert.equal(ends.length, 1);
    assert.equal(new Set(others).size, 1);
    ends[0]?.resolve('one');
    assert.equal(await first, 'one');
    await settle();
    assert.equal(ends.length, 2, 'it began after they had asked');
    const last = ask();
    ends[1]?.resolve('two');
    assert.deepEqual(new Set(await Promise.all(others)), new Set(['two']));
    await settle();
    ends[2]?.resolve('three');
    assert.equal(await last, 'three');
  });

  it('goes on after a failure, of which those are told who asked for it', async () => {
    const { ask, ends } = heldWork();
    const first = ask();
    await settle();
    const second = ask();
    ends[0]?.reject(new Error('no'));
    await assert.rejects(first, /no/);
    await settle();
    ends[1]?.resolve('yes');
    assert.equal(await second, 'yes');
  });
});
