import * as assert from 'node:assert/strict';
import { redrawInterval } from '../../../../src/threads/common/redrawInterval';

describe('redrawPace', () => {
  const paces: readonly [number, number][] = [
    [0, 150],
    [3_999, 150],
    [4_000, 400],
    [11_999, 400],
    [12_000, 1_000],
    [10_000_000, 1_000],
  ];
  for (const [length, expected] of paces) {
    it(`S38: redraws an answer of ${length} characters every ${expected} ms`, () =>
      assert.equal(redrawInterval(length), expected));
  }
});
