import * as assert from 'node:assert/strict';
import {
  type InsertedText,
  isCarried,
  type OffsetPair,
  selectionBehind,
} from '../../../../src/editor/common/selectionAdjustment';

interface Case {
  readonly name: string;
  readonly before: OffsetPair;
  readonly inserted: readonly InsertedText[];
  readonly after: OffsetPair;
}

const at = (offset: number, length: number): InsertedText => ({ offset, length });

describe('need 40, D21: selections while texts are inserted', () => {
  const cases: readonly Case[] = [
    { name: 'a caret after the text', before: pair(5, 5), inserted: [at(2, 3)], after: pair(8, 8) },
    { name: 'a caret before the text', before: pair(1, 1), inserted: [at(2, 3)], after: pair(1, 1) },
    { name: 'a caret where the text appears', before: pair(2, 2), inserted: [at(2, 3)], after: pair(2, 2) },
    { name: 'a selection that ends there', before: pair(0, 2), inserted: [at(2, 3)], after: pair(0, 2) },
    { name: 'a selection that begins there', before: pair(2, 4), inserted: [at(2, 3)], after: pair(5, 7) },
    { name: 'a selection around it', before: pair(0, 4), inserted: [at(2, 3)], after: pair(0, 7) },
    {
      name: 'a selection between two of them',
      before: pair(2, 4),
      inserted: [at(2, 3), at(4, 10)],
      after: pair(5, 7),
    },
    { name: 'a selection after two of them', before: pair(6, 8), inserted: [at(2, 3), at(4, 10)], after: pair(19, 21) },
  ];
  for (const { name, before, inserted, after } of cases) {
    it(name, () => {
      assert.deepEqual(selectionBehind(before, inserted), after);
      assert.ok(isCarried(before, after, inserted));
    });
  }

  it('are told apart from those that the user moved meanwhile', () => {
    assert.ok(isCarried(pair(2, 2), pair(5, 5), [at(2, 3)]));
    assert.ok(isCarried(pair(0, 2), pair(0, 5), [at(2, 3)]));
    assert.ok(!isCarried(pair(2, 2), pair(4, 4), [at(2, 3)]));
    assert.ok(!isCarried(pair(0, 2), pair(1, 2), [at(2, 3)]));
  });
});

function pair(start: number, end: number): OffsetPair {
  return { start, end };
}
