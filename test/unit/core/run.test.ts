import assert from 'node:assert/strict';
import { isComplete, type RunResult } from '../../../src/core/run';
import type { RunOutcome } from '../../../src/core/runRecord';

function result(outcome: RunOutcome, finishReason?: string): RunResult {
  const reason = finishReason === undefined ? {} : { finishReason };
  return { outcome, text: 'x', warnings: [], attempts: 1, totalMs: 1, ...reason };
}

describe('isComplete', () => {
  it('accepts a successful answer with a finish reason that means complete [S10]', () => {
    assert.ok(isComplete(result('ok', 'stop')));
    assert.ok(!isComplete(result('ok', 'tool_calls')));
    assert.ok(isComplete(result('ok')), '[DONE] without a finish reason');
    assert.ok(!isComplete(result('ok', 'length')));
    for (const outcome of ['truncated', 'failed', 'cancelled', 'refused'] as const) {
      assert.ok(!isComplete(result(outcome, 'stop')), outcome);
    }
  });
});
