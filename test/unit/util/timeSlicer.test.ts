import assert from 'node:assert/strict';
import { TimeSlicer } from '../../../src/util/timeSlicer';

describe('TimeSlicer', () => {
  it('lets timers run while work is always ready [S38]', async () => {
    const slicer = new TimeSlicer(15);
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 1);
    // Without yielding, the timer above would never fire.
    for (let calls = 0; turns < 2 && calls < 10_000_000; calls += 1) await slicer.yieldIfDue();
    clearInterval(others);
    assert.equal(turns, 2);
  });

  it('does not wait if work comes in small pieces', async () => {
    const slicer = new TimeSlicer(0);
    assert.equal(slicer.yieldIfDue(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(slicer.yieldIfDue(), undefined);
  });
});
