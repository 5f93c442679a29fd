import assert from 'node:assert/strict';
import { RunIds, splitId } from '../../../../src/ledger/common/runIds';

describe('run IDs', () => {
  it('are found by owner and number, or as a whole if there is no number', () => {
    const ids = new RunIds(
      new Uint32Array([1, 1, 2, 3]),
      new Float64Array([0, 36, 5, Number.NaN]),
      (owner) => ['a', 'b-1', 'other', 'elsewhere'].indexOf(owner) + 1 || undefined,
    );
    const there = ['a-0', 'a-10', 'b-1-5', 'other'];
    const missing = ['a-1', 'a', 'b-1', 'b-1-0', 'other-5', 'elsewhere', 'elsewhere-0', 'unknown-0', 'unknown'];
    assert.deepEqual(
      [...there, ...missing].filter((id) => ids.has(id)),
      there,
    );
    assert.deepEqual([...ids.ownerCodes], [1, 2, 3]);
    assert.deepEqual(splitId('b-1-5'), { owner: 'b-1', serial: 5 });
  });

  it('of unknown windows are looked up without a scan of all runs [R34]', () => {
    const ids = new RunIds(new Uint32Array(1_000_000).fill(1), new Float64Array(1_000_000), () => 2);
    const start = performance.now();
    for (let run = 0; run < 1000; run += 1) assert.equal(ids.has(`gone-${run}`), false);
    const taken = performance.now() - start;
    assert.ok(taken < 500, `${Math.round(taken)} ms`);
  });
});
