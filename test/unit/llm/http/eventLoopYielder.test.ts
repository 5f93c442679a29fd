import assert from 'node:assert/strict';
import { EventLoopYielder } from '../../../../src/llm/http/eventLoopYielder';

describe('a flood of work that is always ready', () => {
  it('S38: lets others have their turn before it is done', async () => {
    const yielder = new EventLoopYielder();
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 1);
    // Without a pause the timer above would never come to its turn, however long this goes on.
    const end = performance.now() + 5000;
    while (turns < 2 && performance.now() < end) await yielder.yieldIfDue();
    clearInterval(others);
    assert.equal(turns, 2);
  });

  it('is not held up while it comes in small pieces', async () => {
    const yielder = new EventLoopYielder();
    assert.equal(yielder.yieldIfDue(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(yielder.yieldIfDue(), undefined);
  });
});
