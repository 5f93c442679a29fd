import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  applyChanges,
  diffLines,
  findNearestChange,
  getStartLine,
  includeNeighborLine,
  type LineChange,
  rebase,
  toReplacement,
} from '../../../../src/review/common/lineDiff';
import { checkProperty } from '../../../support/properties';

/** Few distinct lines, including blank ones: repetitions are hard for a diff. */
const textArbitrary = fc
  .array(fc.constantFrom('a', 'b', 'c', '', '}'), { maxLength: 12 })
  .map((lines) => lines.join('\n'));

const replaced = (text: string, { start, end, text: put }: { start: number; end: number; text: string }): string =>
  text.slice(0, start) + put + text.slice(end);

describe('diffLines', () => {
  const cases: readonly [string, string, string, [number, number, string[]][]][] = [
    ['no change', 'a\nb', 'a\nb', []],
    ['a changed line', 'a\nb\nc', 'a\nB\nc', [[1, 2, ['B']]]],
    ['an inserted line', 'a\nc', 'a\nb\nc', [[1, 1, ['b']]]],
    ['a deleted line', 'a\nb\nc', 'a\nc', [[1, 2, []]]],
    ['an appended line', 'a', 'a\nb', [[1, 1, ['b']]]],
    ['an appended line ending', 'a', 'a\n', [[1, 1, ['']]]],
    ['a completely different text', 'a\nb', 'c', [[0, 2, ['c']]]],
    [
      'two changes',
      'a\nb\nc',
      'A\nb\nC',
      [
        [0, 1, ['A']],
        [2, 3, ['C']],
      ],
    ],
  ];
  for (const [name, before, after, expected] of cases) {
    it(`finds ${name}`, () =>
      assert.deepEqual(
        diffLines(before, after).map(({ start, end, lines }) => [start, end, lines]),
        expected,
      ));
  }

  it('stops searching for a minimal diff of very different texts, but is still correct', () => {
    const before = ['same', ...Array.from({ length: 20_000 }, (_, index) => `old ${index}`), 'end'].join('\n');
    const after = ['same', ...Array.from({ length: 20_000 }, (_, index) => `new ${index}`), 'end'].join('\n');
    const [only, ...others] = diffLines(before, after);
    assert.deepEqual([only?.start, only?.end, only?.lines.length, others], [1, 20_001, 20_000, []]);
    assert.equal(applyChanges(before, diffLines(before, after)), after);
  });

  it('transforms one text into the other, with a common line between changes (property)', () => {
    checkProperty(
      fc.property(textArbitrary, textArbitrary, (before, after) => {
        const changes = diffLines(before, after);
        assert.equal(applyChanges(before, changes), after);
        for (const [index, { start }] of changes.slice(1).entries()) assert.ok((changes[index]?.end ?? 0) < start);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe('rebase', () => {
  const cases: readonly [string, string, string, string, string | undefined][] = [
    ['edits of different lines', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC'],
    ['a line inserted above', 'a\nb\nc', 'x\na\nb\nc', 'a\nb\nC', 'x\na\nb\nC'],
    ['the same edit on both sides', 'a\nb\nc', 'a\nB\nc', 'a\nB\nc', 'a\nB\nc'],
    ['the same edit with an adjacent one', 'a\nb\nc', 'a\nB\nc', 'A\nB\nc', undefined],
    ['the same edit with a distant one', 'a\nb\nc\nd', 'a\nB\nc\nd', 'a\nB\nc\nD', 'a\nB\nc\nD'],
    ['edits of the same line', 'a\nb\nc', 'a\nx\nc', 'a\ny\nc', undefined],
    ['an edit of a deleted line', 'a\nb\nc', 'a\nx\nc', 'a\nc', undefined],
    ['edits of adjacent lines', 'a\nb\nc', 'a\nB\nc', 'A\nb\nc', 'A\nB\nc'],
    ['lines inserted at the same position', 'a\nb', 'a\nx\nb', 'a\ny\nb', undefined],
    ['a line inserted next to an edited one', 'a\nb\nc', 'a\nB\nc', 'a\nb\nx\nc', 'a\nB\nx\nc'],
    ['a line inserted next to a deleted one', 'a\nb\nc', 'a\nc', 'a\nb\nx\nc', undefined],
    ['adjacent insertions', 'a\nb', 'a\nA\nb', 'a\nb\nB', 'a\nA\nb\nB'],
    ['adjacent replacements that both add lines', 'a\nb', 'x\ny\nb', 'a\np\nq', undefined],
    ['different appended endings', 'a', 'a\n', 'a\nb', undefined],
  ];
  for (const [name, base, current, proposed, expected] of cases) {
    it(`${expected === undefined ? 'rejects' : 'merges'} ${name}`, () =>
      assert.equal(rebase(base, current, proposed), expected));
  }

  it('returns the other side if one did not change, and merges equal sides (property)', () => {
    checkProperty(
      fc.property(textArbitrary, textArbitrary, (base, other) => {
        assert.equal(rebase(base, base, other), other);
        assert.equal(rebase(base, other, base), other);
        assert.equal(rebase(base, other, other), other);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it('is symmetric and never loses an inserted line (property)', () => {
    const counts = (lines: readonly string[]): Map<string, number> => {
      const result = new Map<string, number>();
      for (const line of lines) result.set(line, (result.get(line) ?? 0) + 1);
      return result;
    };
    let joined = 0;
    checkProperty(
      fc.property(textArbitrary, textArbitrary, textArbitrary, (base, current, proposed) => {
        const result = rebase(base, current, proposed);
        assert.equal(rebase(base, proposed, current), result);
        if (result === undefined) return;
        joined += 1;
        const there = counts(result.split('\n'));
        for (const side of [current, proposed]) {
          const put = counts(diffLines(base, side).flatMap(({ lines }) => lines));
          for (const [line, count] of put) assert.ok((there.get(line) ?? 0) >= count, `lost ${JSON.stringify(line)}`);
        }
      }),
      { seed: 6, numRuns: 5000 },
    );
    assert.ok(joined > 300, `only ${joined} pairs could be joined`);
  });

  it('merges all edits that are separated by an unchanged line (property)', () => {
    const edit = fc.constantFrom<'keep' | 'change' | 'drop' | 'grow'>('keep', 'change', 'drop', 'grow');
    const blocks = fc.array(fc.record({ isOurs: fc.boolean(), edits: fc.array(edit, { maxLength: 4 }) }), {
      maxLength: 6,
    });
    checkProperty(
      fc.property(blocks, (list) => {
        const base: string[] = [];
        const sides: { ours: string[]; theirs: string[]; both: string[] } = { ours: [], theirs: [], both: [] };
        for (const { isOurs, edits } of list) {
          for (const kind of ['keep' as const, ...edits]) {
            const line = `line ${base.length}`;
            base.push(line);
            const edited = { keep: [line], change: [`new ${line}`], drop: [], grow: [line, `after ${line}`] }[kind];
            sides.ours.push(...(isOurs ? edited : [line]));
            sides.theirs.push(...(isOurs ? [line] : edited));
            sides.both.push(...edited);
          }
        }
        const end = ['end'];
        const text = (lines: string[]) => [...lines, ...end].join('\n');
        assert.equal(rebase(text(base), text(sides.theirs), text(sides.ours)), text(sides.both));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('toReplacement', () => {
  it('has the same effect on characters as the changes on lines, one by one or together (property)', () => {
    checkProperty(
      fc.property(textArbitrary, textArbitrary, (before, after) => {
        const changes = diffLines(before, after);
        for (const change of changes) {
          const expected = applyChanges(before, [change]);
          const replacement = toReplacement(before, change);
          assert.equal(replaced(before, replacement), expected);
          assert.equal(replaced(before, includeNeighborLine(before, replacement)), expected);
        }
        const all = changes.map((change) => toReplacement(before, change));
        for (const [index, { start }] of all.slice(1).entries()) assert.ok((all[index]?.end ?? 0) <= start);
        assert.equal(
          all.reduceRight((text, replacement) => replaced(text, replacement), before),
          after,
        );
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  it('is never a pure insertion or deletion at the start or end of the text (property)', () => {
    checkProperty(
      fc.property(textArbitrary, textArbitrary, (before, after) => {
        for (const change of diffLines(before, after)) {
          const { start, end, text } = includeNeighborLine(before, toReplacement(before, change));
          const isAtBorder = start === 0 || end === before.length;
          const isAll = start === 0 && end === before.length;
          assert.ok(!isAtBorder || isAll || (start < end && text !== ''), JSON.stringify({ start, end, text }));
        }
      }),
      { seed: 9, numRuns: 2000 },
    );
  });
});

describe('findNearestChange', () => {
  // before: 0 a, 1 b, 2 c, 3 d, 4 e      after: 0 a, 1 B, 2 BB, 3 c, 4 e
  const changes: readonly LineChange[] = [
    { start: 1, end: 2, lines: ['B', 'BB'] },
    { start: 3, end: 4, lines: [] },
  ];
  const cases: readonly ['before' | 'after', number, number][] = [
    ['before', 0, 1],
    ['before', 1, 1],
    ['before', 2, 1],
    ['before', 3, 3],
    ['before', 9, 3],
    ['after', 2, 1],
    ['after', 3, 3],
    ['after', 4, 3],
    ['after', -5, 1],
  ];
  for (const [side, line, expected] of cases) {
    it(`finds the change at line ${expected} for line ${line} of the ${side} side`, () =>
      assert.equal(findNearestChange(changes, { side, line })?.start, expected));
  }

  it('returns undefined without changes', () =>
    assert.equal(findNearestChange([], { side: 'before', line: 0 }), undefined));

  it('knows the first line of each change on both sides', () => {
    const [first, second] = changes;
    assert.ok(first && second);
    assert.deepEqual(
      [first, second].flatMap((change) => [
        getStartLine(changes, change, 'before'),
        getStartLine(changes, change, 'after'),
      ]),
      [1, 1, 3, 4],
    );
  });
});
