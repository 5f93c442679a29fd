import * as assert from 'node:assert/strict';
import { Queue } from '../../../src/util/queue';

describe('Queue', () => {
  it('runs tasks one at a time, in the order they were added', async () => {
    const queue = new Queue();
    const steps: string[] = [];
    const task = (name: string) => async () => {
      steps.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve));
      steps.push(`${name} ends`);
      return name;
    };
    assert.deepEqual(await Promise.all([queue.add(task('a')), queue.add(task('b'))]), ['a', 'b']);
    assert.deepEqual(steps, ['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('continues after a task that failed, which rejects only its own promise', async () => {
    const queue = new Queue();
    const failed = queue.add(() => Promise.reject(new Error('no')));
    const next = queue.add(() => 'next');
    await assert.rejects(failed, /no/);
    assert.equal(await next, 'next');
  });
});
