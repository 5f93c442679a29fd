import * as assert from 'node:assert/strict';
import { redrawInterval } from '../../../../src/threads/common/redrawInterval';

describe('redrawInterval', () => {
  const paces: readonly [number, number][] = [
    [0, 150],
    [3_999, 150],
    [4_000, 400],
    [11_999, 400],
    [12_000, 1_000],
    [10_000_000, 1_000],
  ];
  for (const [length, expected] of paces) {
    it(`redraws an answer of ${length} characters every ${expected} ms [S38]`, () =>
      assert.equal(redrawInterval(length), expected));
  }
});
