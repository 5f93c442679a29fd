import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Deadlines } from '../../../src/llm/deadlines';
import type { Timeouts } from '../../../src/settings/common/settings';

describe('deadlines', () => {
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

  it('T01: limits the time to the headers', () => {
    start({ headers: 100 });
    wait(99);
    assert.deepEqual(expired, []);
    wait(1);
    assert.deepEqual(expired, [['time.headers', 100]]);
  });

  it('T02: limits the time to the first piece from the headers on', () => {
    const deadlines = start({ headers: 100, firstToken: 200 });
    wait(90);
    deadlines.onHeaders();
    wait(199);
    assert.deepEqual(expired, []);
    wait(1);
    assert.deepEqual(expired, [['time.firstToken', 200]]);
  });

  it('T03, T05: limits the time between two pieces', () => {
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

  it('T06: limits the whole time, whatever arrives', () => {
    const deadlines = start({ idle: 50, total: 120 });
    for (let piece = 0; piece < 4; piece += 1) {
      deadlines.onContent();
      wait(30);
    }
    assert.deepEqual(expired, [['time.total', 120]]);
  });

  it('T07, need 13: the first piece may take for ever where no limit is set', () => {
    const deadlines = start({ headers: 100, idle: 50 });
    deadlines.onHeaders();
    wait(3_600_000);
    assert.deepEqual(expired, []);
  });

  it('is silent once it was stopped', () => {
    const deadlines = start({ headers: 100, idle: 50, total: 200 });
    deadlines.onContent();
    deadlines.stop();
    wait(1000);
    assert.deepEqual(expired, []);
  });
});
