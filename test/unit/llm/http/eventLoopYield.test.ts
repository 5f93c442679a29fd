import assert from 'node:assert/strict';
import { LongTurn } from '../../../../src/llm/http/eventLoopYield';

describe('a flood of work that is always ready', () => {
  it('S38: lets others have their turn before it is done', async () => {
    const turn = new LongTurn();
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 1);
    // Without a pause the timer above would never come to its turn, however long this goes on.
    const end = performance.now() + 5000;
    while (turns < 2 && performance.now() < end) await turn.pause();
    clearInterval(others);
    assert.equal(turns, 2);
  });

  it('is not held up while it comes in small pieces', async () => {
    const turn = new LongTurn();
    assert.equal(turn.pause(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(turn.pause(), undefined);
  });
});
