import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type TextChange, TrackedRange } from '../../../../src/editor/common/trackedRange';
import { checkProperty } from '../../../support/properties';

describe('trackedRange', () => {
  const cases: readonly [string, [number, number], [number, number, string][], string, [number, number]][] = [
    ['D07: text typed before', [10, 20], [[0, 0, 'abc']], 'moved', [13, 23]],
    ['D07: text deleted before', [10, 20], [[0, 4, '']], 'moved', [6, 16]],
    ['D08: text typed after', [10, 20], [[30, 0, 'abc']], 'unchanged', [10, 20]],
    ['text typed exactly at the start stays outside', [10, 20], [[10, 0, 'abc']], 'moved', [13, 23]],
    ['text typed exactly at the end stays outside', [10, 20], [[20, 0, 'abc']], 'unchanged', [10, 20]],
    ['text replaced right before', [10, 20], [[8, 2, 'x']], 'moved', [9, 19]],
    ['text replaced right after', [10, 20], [[20, 2, 'x']], 'unchanged', [10, 20]],
    ['text of the same length replaced before', [10, 20], [[0, 2, 'xy']], 'unchanged', [10, 20]],
    ['D09: text typed inside', [10, 20], [[15, 0, 'abc']], 'touched', [10, 23]],
    ['D09: text deleted inside', [10, 20], [[15, 2, '']], 'touched', [10, 18]],
    ['D10: the whole range deleted', [10, 20], [[10, 10, '']], 'touched', [10, 10]],
    ['D10: the whole text replaced', [10, 20], [[0, 50, 'new']], 'touched', [3, 3]],
    ['a deletion over the start', [10, 20], [[8, 4, 'x']], 'touched', [9, 17]],
    ['a deletion over the end', [10, 20], [[18, 4, 'xyz']], 'touched', [10, 18]],
    ['a deletion from the start to behind the end', [10, 20], [[10, 15, 'xyz']], 'touched', [10, 10]],
    [
      'need 6: several changes, last place first',
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
      'need 6: several changes, first place first',
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
      'D09: changes before and inside',
      [10, 20],
      [
        [12, 1, ''],
        [0, 0, 'ab'],
      ],
      'touched',
      [12, 21],
    ],
    ['a change that changes nothing', [10, 20], [[15, 0, '']], 'unchanged', [10, 20]],
    ['an empty range and text typed at it', [10, 10], [[10, 0, 'abc']], 'moved', [13, 13]],
    ['an empty range and text deleted after it', [10, 10], [[10, 3, '']], 'unchanged', [10, 10]],
    ['an empty range and text deleted around it', [10, 10], [[8, 4, '']], 'touched', [8, 8]],
    ['no change at all', [10, 20], [], 'unchanged', [10, 20]],
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

  it('D11: an undo of what was typed before brings it back', () => {
    const range = new TrackedRange(10, 20);
    range.apply([{ rangeOffset: 2, rangeLength: 0, text: 'abc' }]);
    range.apply([{ rangeOffset: 2, rangeLength: 3, text: '' }]);
    assert.deepEqual([range.start, range.end], [10, 20]);
  });

  it('need 6: always covers its own text and no other (property)', () => {
    checkProperty(
      fc.property(fc.array(eventArbitrary, { maxLength: 8 }), fc.nat(12), fc.nat(8), (events, before, inside) => {
        checkEvents(events, before, inside);
      }),
      { seed: 20_261_122, numRuns: 2_000 },
    );
  });
});

/** Sizes of gaps and replaced pieces, turned into changes that do not overlap, as an editor would send them. */
const eventArbitrary = fc.record({
  pieces: fc.array(fc.record({ gap: fc.nat(6), length: fc.nat(4), grows: fc.nat(3) }), { minLength: 1, maxLength: 4 }),
  isDescending: fc.boolean(),
});

interface EditEvent {
  readonly pieces: readonly { gap: number; length: number; grows: number }[];
  readonly isDescending: boolean;
}

/** Letters in the range are upper case; text from outside is lower case or a digit and must never end up inside. */
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
    // Two changes of one event never share a place.
    offset = rangeOffset + piece.length + 1;
  }
  return changes;
}

function touches(change: TextChange, start: number, end: number): boolean {
  const changeEnd = change.rangeOffset + change.rangeLength;
  if (change.rangeLength === 0) return change.text !== '' && change.rangeOffset > start && change.rangeOffset < end;
  return change.rangeOffset < end && changeEnd > start;
}

describe('a sticky trackedRange', () => {
  const cases: readonly [string, [number, number], [number, number, string], [number, number]][] = [
    ['D19: text typed exactly at the end', [10, 20], [20, 0, 'abc'], [10, 23]],
    ['D19: text typed exactly at the start', [10, 20], [10, 0, 'abc'], [10, 23]],
    ['D19: text typed at an empty range', [10, 10], [10, 0, 'abc'], [10, 13]],
    ['D19: text typed before', [10, 20], [9, 0, 'abc'], [13, 23]],
    ['D19: text replaced right after', [10, 20], [20, 2, 'x'], [10, 20]],
  ];
  for (const [name, [start, end], [rangeOffset, rangeLength, text], expected] of cases) {
    it(name, () => {
      const range = new TrackedRange(start, end, { isSticky: true });
      range.apply([{ rangeOffset, rangeLength, text }]);
      assert.deepEqual([range.start, range.end], expected);
    });
  }
});
