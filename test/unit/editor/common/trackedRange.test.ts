import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type TextChange, TrackedRange } from '../../../../src/editor/common/trackedRange';
import { checkProperty } from '../../../support/properties';

describe('TrackedRange', () => {
  const cases: readonly [string, [number, number], [number, number, string][], string, [number, number]][] = [
    ['moves with text inserted before it [D07]', [10, 20], [[0, 0, 'abc']], 'moved', [13, 23]],
    ['moves with text deleted before it [D07]', [10, 20], [[0, 4, '']], 'moved', [6, 16]],
    ['ignores text inserted after it [D08]', [10, 20], [[30, 0, 'abc']], 'unchanged', [10, 20]],
    ['excludes text inserted exactly at the start', [10, 20], [[10, 0, 'abc']], 'moved', [13, 23]],
    ['excludes text inserted exactly at the end', [10, 20], [[20, 0, 'abc']], 'unchanged', [10, 20]],
    ['moves with a replacement that ends at its start', [10, 20], [[8, 2, 'x']], 'moved', [9, 19]],
    ['ignores a replacement that starts at its end', [10, 20], [[20, 2, 'x']], 'unchanged', [10, 20]],
    ['ignores a replacement of the same length before it', [10, 20], [[0, 2, 'xy']], 'unchanged', [10, 20]],
    ['is touched by text inserted inside [D09]', [10, 20], [[15, 0, 'abc']], 'touched', [10, 23]],
    ['is touched by text deleted inside [D09]', [10, 20], [[15, 2, '']], 'touched', [10, 18]],
    ['becomes empty if its text is deleted [D10]', [10, 20], [[10, 10, '']], 'touched', [10, 10]],
    ['becomes empty if the whole document is replaced [D10]', [10, 20], [[0, 50, 'new']], 'touched', [3, 3]],
    ['is touched by a deletion across its start', [10, 20], [[8, 4, 'x']], 'touched', [9, 17]],
    ['is touched by a deletion across its end', [10, 20], [[18, 4, 'xyz']], 'touched', [10, 18]],
    ['is touched by a deletion from its start to after its end', [10, 20], [[10, 15, 'xyz']], 'touched', [10, 10]],
    [
      'applies several changes listed from last to first',
      [10, 20],
      [
        [30, 0, 'z'],
        [5, 1, ''],
        [0, 0, 'ab'],
      ],
      'moved',
      [11, 21],
    ],
    [
      'applies several changes listed from first to last',
      [10, 20],
      [
        [0, 0, 'ab'],
        [5, 1, ''],
        [30, 0, 'z'],
      ],
      'moved',
      [11, 21],
    ],
    [
      'applies changes before and inside it [D09]',
      [10, 20],
      [
        [12, 1, ''],
        [0, 0, 'ab'],
      ],
      'touched',
      [12, 21],
    ],
    ['ignores an empty change', [10, 20], [[15, 0, '']], 'unchanged', [10, 20]],
    ['moves after text inserted at an empty range', [10, 10], [[10, 0, 'abc']], 'moved', [13, 13]],
    ['ignores a deletion after an empty range', [10, 10], [[10, 3, '']], 'unchanged', [10, 10]],
    ['is touched by a deletion around an empty range', [10, 10], [[8, 4, '']], 'touched', [8, 8]],
    ['ignores an event without changes', [10, 20], [], 'unchanged', [10, 20]],
  ];
  for (const [name, [start, end], changes, outcome, expected] of cases) {
    it(name, () => {
      const range = new TrackedRange(start, end);
      const result = range.apply(
        changes.map(([rangeOffset, rangeLength, text]) => ({ rangeOffset, rangeLength, text })),
      );
      assert.deepEqual([result, [range.start, range.end]], [outcome, expected]);
    });
  }

  it('moves back when text inserted before it is undone [D11]', () => {
    const range = new TrackedRange(10, 20);
    range.apply([{ rangeOffset: 2, rangeLength: 0, text: 'abc' }]);
    range.apply([{ rangeOffset: 2, rangeLength: 3, text: '' }]);
    assert.deepEqual([range.start, range.end], [10, 20]);
  });

  it('always covers exactly its own text (property)', () => {
    checkProperty(
      fc.property(fc.array(eventArbitrary, { maxLength: 8 }), fc.nat(12), fc.nat(8), (events, before, inside) => {
        checkEvents(events, before, inside);
      }),
      { seed: 20_261_122, numRuns: 2_000 },
    );
  });
});

// Gap and replacement sizes that become non-overlapping changes, as an editor reports them.
const eventArbitrary = fc.record({
  pieces: fc.array(fc.record({ gap: fc.nat(6), length: fc.nat(4), grows: fc.nat(3) }), { minLength: 1, maxLength: 4 }),
  isDescending: fc.boolean(),
});

interface EditEvent {
  readonly pieces: readonly { gap: number; length: number; grows: number }[];
  readonly isDescending: boolean;
}

// Text in the range is uppercase. Other text is lowercase or a digit and must never end up inside.
function checkEvents(events: readonly EditEvent[], before: number, inside: number): void {
  let text = 'a'.repeat(before) + 'T'.repeat(inside) + 'b'.repeat(30);
  const range = new TrackedRange(before, before + inside);
  let isTouched = false;
  for (const event of events) {
    const changes = changesOf(event, text.length);
    const { start, end } = range;
    const overlaps = changes.some((change) => touches(change, start, end));
    const outcome = range.apply(event.isDescending ? [...changes].reverse() : changes);
    for (const change of [...changes].reverse()) {
      const changeEnd = change.rangeOffset + change.rangeLength;
      text = text.slice(0, change.rangeOffset) + change.text + text.slice(changeEnd);
    }
    assert.equal(outcome === 'touched', overlaps);
    isTouched ||= overlaps;
    const covered = text.slice(range.start, range.end);
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
    assert.doesNotMatch(covered, /[ab]/);
    if (!isTouched) assert.equal(covered, 'T'.repeat(inside));
  }
}

function changesOf(event: EditEvent, length: number): TextChange[] {
  const changes: TextChange[] = [];
  let offset = 0;
  for (const piece of event.pieces) {
    const rangeOffset = offset + piece.gap;
    if (rangeOffset + piece.length > length) break;
    changes.push({ rangeOffset, rangeLength: piece.length, text: '1'.repeat(piece.grows) });
    // Two changes of one event never start at the same position.
    offset = rangeOffset + piece.length + 1;
  }
  return changes;
}

function touches(change: TextChange, start: number, end: number): boolean {
  const changeEnd = change.rangeOffset + change.rangeLength;
  if (change.rangeLength === 0) return change.text !== '' && change.rangeOffset > start && change.rangeOffset < end;
  return change.rangeOffset < end && changeEnd > start;
}

describe('a sticky TrackedRange', () => {
  const cases: readonly [string, [number, number], [number, number, string], [number, number]][] = [
    ['includes text inserted exactly at the end [D19]', [10, 20], [20, 0, 'abc'], [10, 23]],
    ['includes text inserted exactly at the start [D19]', [10, 20], [10, 0, 'abc'], [10, 23]],
    ['includes text inserted at an empty range [D19]', [10, 10], [10, 0, 'abc'], [10, 13]],
    ['moves with text inserted before it [D19]', [10, 20], [9, 0, 'abc'], [13, 23]],
    ['ignores a replacement that starts at its end [D19]', [10, 20], [20, 2, 'x'], [10, 20]],
  ];
  for (const [name, [start, end], [rangeOffset, rangeLength, text], expected] of cases) {
    it(name, () => {
      const range = new TrackedRange(start, end, { isSticky: true });
      range.apply([{ rangeOffset, rangeLength, text }]);
      assert.deepEqual([range.start, range.end], expected);
    });
  }
});
