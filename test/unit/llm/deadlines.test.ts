import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Deadlines } from '../../../src/llm/deadlines';
import type { Timeouts } from '../../../src/settings/common/settings';

describe('Deadlines', () => {
  let expired: [string, number | undefined][] = [];

  beforeEach(() => {
    expired = [];
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  afterEach(() => mock.timers.reset());

  function start(timeouts: Partial<Timeouts>): Deadlines {
    const off = { headers: 0, firstToken: 0, idle: 0, total: 0 };
    return new Deadlines({ ...off, ...timeouts }, ({ kind, details }) => expired.push([kind, details.limitMs]));
  }

  function wait(ms: number): void {
    mock.timers.tick(ms);
  }

  it('limit the time to the headers [T01]', () => {
    start({ headers: 100 });
    wait(99);
    assert.deepEqual(expired, []);
    wait(1);
    assert.deepEqual(expired, [['time.headers', 100]]);
  });

  it('limit the time from the headers to the first text [T02]', () => {
    const deadlines = start({ headers: 100, firstToken: 200 });
    wait(90);
    deadlines.onHeaders();
    wait(199);
    assert.deepEqual(expired, []);
    wait(1);
    assert.deepEqual(expired, [['time.firstToken', 200]]);
  });

  it('limit the time between two pieces of text [T03, T05]', () => {
    const deadlines = start({ headers: 100, firstToken: 10, idle: 50 });
    deadlines.onHeaders();
    for (let piece = 0; piece < 5; piece += 1) {
      deadlines.onContent();
      wait(49);
    }
    assert.deepEqual(expired, []);
    wait(1);
    assert.deepEqual(expired, [['time.idle', 50]]);
  });

  it('limit the total time, whatever arrives [T06]', () => {
    const deadlines = start({ idle: 50, total: 120 });
    for (let piece = 0; piece < 4; piece += 1) {
      deadlines.onContent();
      wait(30);
    }
    assert.deepEqual(expired, [['time.total', 120]]);
  });

  it('allow any time to the first text if no limit is set [T07]', () => {
    const deadlines = start({ headers: 100, idle: 50 });
    deadlines.onHeaders();
    wait(3_600_000);
    assert.deepEqual(expired, []);
  });

  it('do not expire after they were stopped', () => {
    const deadlines = start({ headers: 100, idle: 50, total: 200 });
    deadlines.onContent();
    deadlines.stop();
    wait(1000);
    assert.deepEqual(expired, []);
  });
});
