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

describe('adjustSelection [D21]', () => {
  const cases: readonly Case[] = [
    { name: 'moves a caret after the insertion', before: range(5, 5), insertions: [at(2, 3)], after: range(8, 8) },
    { name: 'leaves a caret before the insertion', before: range(1, 1), insertions: [at(2, 3)], after: range(1, 1) },
    { name: 'leaves a caret at the insertion', before: range(2, 2), insertions: [at(2, 3)], after: range(2, 2) },
    {
      name: 'leaves a selection that ends at the insertion',
      before: range(0, 2),
      insertions: [at(2, 3)],
      after: range(0, 2),
    },
    {
      name: 'moves a selection that starts at the insertion',
      before: range(2, 4),
      insertions: [at(2, 3)],
      after: range(5, 7),
    },
    {
      name: 'extends a selection around the insertion',
      before: range(0, 4),
      insertions: [at(2, 3)],
      after: range(0, 7),
    },
    {
      name: 'moves a selection between two insertions',
      before: range(2, 4),
      insertions: [at(2, 3), at(4, 10)],
      after: range(5, 7),
    },
    {
      name: 'moves a selection after two insertions',
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

  it('is distinguished from selections the user changed', () => {
    assert.ok(isExplainedByInsertions(range(2, 2), range(5, 5), [at(2, 3)]));
    assert.ok(isExplainedByInsertions(range(0, 2), range(0, 5), [at(2, 3)]));
    assert.ok(!isExplainedByInsertions(range(2, 2), range(4, 4), [at(2, 3)]));
    assert.ok(!isExplainedByInsertions(range(0, 2), range(1, 2), [at(2, 3)]));
  });
});

function range(start: number, end: number): OffsetRange {
  return { start, end };
}
