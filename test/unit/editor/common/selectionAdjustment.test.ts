import * as assert from 'node:assert/strict';
import {
  adjustSelection,
  type InsertedText,
  isExplainedByInsertions,
  type OffsetRange,
} from '../../../../src/editor/common/selectionAdjustment';

interface Case {
  readonly name: string;
  readonly before: OffsetRange;
  readonly insertions: readonly InsertedText[];
  readonly after: OffsetRange;
}

const at = (offset: number, length: number): InsertedText => ({ offset, length });

describe('need 40, D21: selections while texts are inserted', () => {
  const cases: readonly Case[] = [
    { name: 'a caret after the text', before: range(5, 5), insertions: [at(2, 3)], after: range(8, 8) },
    { name: 'a caret before the text', before: range(1, 1), insertions: [at(2, 3)], after: range(1, 1) },
    { name: 'a caret where the text appears', before: range(2, 2), insertions: [at(2, 3)], after: range(2, 2) },
    { name: 'a selection that ends there', before: range(0, 2), insertions: [at(2, 3)], after: range(0, 2) },
    { name: 'a selection that begins there', before: range(2, 4), insertions: [at(2, 3)], after: range(5, 7) },
    { name: 'a selection around it', before: range(0, 4), insertions: [at(2, 3)], after: range(0, 7) },
    {
      name: 'a selection between two of them',
      before: range(2, 4),
      insertions: [at(2, 3), at(4, 10)],
      after: range(5, 7),
    },
    {
      name: 'a selection after two of them',
      before: range(6, 8),
      insertions: [at(2, 3), at(4, 10)],
      after: range(19, 21),
    },
  ];
  for (const { name, before, insertions, after } of cases) {
    it(name, () => {
      assert.deepEqual(adjustSelection(before, insertions), after);
      assert.ok(isExplainedByInsertions(before, after, insertions));
    });
  }

  it('are told apart from those that the user moved meanwhile', () => {
    assert.ok(isExplainedByInsertions(range(2, 2), range(5, 5), [at(2, 3)]));
    assert.ok(isExplainedByInsertions(range(0, 2), range(0, 5), [at(2, 3)]));
    assert.ok(!isExplainedByInsertions(range(2, 2), range(4, 4), [at(2, 3)]));
    assert.ok(!isExplainedByInsertions(range(0, 2), range(1, 2), [at(2, 3)]));
  });
});

function range(start: number, end: number): OffsetRange {
  return { start, end };
}
