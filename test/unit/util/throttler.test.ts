import * as assert from 'node:assert/strict';
import { throttled } from '../../../src/util/throttler';

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** A throttled task that the test settles. */
function controlledTask() {
  const pending: { resolve: (value: string) => void; reject: (failure: Error) => void }[] = [];
  const run = throttled(() => new Promise<string>((resolve, reject) => pending.push({ resolve, reject })));
  return { run, pending };
}

describe('throttled', () => {
  it('runs one task at a time, and calls made while it runs share the next one', async () => {
    const { run, pending } = controlledTask();
    const first = run();
    await settle();
    const queued = Array.from({ length: 1000 }, run);
    await settle();
    assert.equal(pending.length, 1);
    assert.equal(new Set(queued).size, 1);
    pending[0]?.resolve('one');
    assert.equal(await first, 'one');
    await settle();
    assert.equal(pending.length, 2, 'the next task has started');
    const last = run();
    pending[1]?.resolve('two');
    assert.deepEqual(new Set(await Promise.all(queued)), new Set(['two']));
    await settle();
    pending[2]?.resolve('three');
    assert.equal(await last, 'three');
  });

  it('runs the queued task after a failure, which rejects only its own call', async () => {
    const { run, pending } = controlledTask();
    const first = run();
    await settle();
    const second = run();
    pending[0]?.reject(new Error('no'));
    await assert.rejects(first, /no/);
    await settle();
    pending[1]?.resolve('yes');
    assert.equal(await second, 'yes');
  });
});
