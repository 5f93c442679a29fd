import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { enclosingLines, type SymbolLines } from '../../../../src/editor/common/enclosingLines';
import { checkProperty } from '../../../support/properties';

function symbol(first: number, last: number, ...children: SymbolLines[]): SymbolLines {
  return { first, last, children };
}

/** A class of two methods, the first with a variable of one line and a function inside. */
const symbols = [symbol(10, 80, symbol(12, 40, symbol(14, 14), symbol(20, 30)), symbol(42, 78))];

describe('the lines around a problem', () => {
  const cases: readonly [string, readonly [number, number], readonly SymbolLines[], readonly [number, number]][] = [
    ['the innermost function', [25, 25], symbols, [20, 30]],
    ['a variable of one line is too little: its function', [14, 14], symbols, [12, 40]],
    ['the first line of a function belongs to it', [42, 42], symbols, [42, 78]],
    ['problems in two methods: their class', [30, 50], symbols, [10, 80]],
    ['outside of everything: twenty lines on both sides', [90, 91], symbols, [70, 111]],
    ['without a language that knows: twenty lines on both sides', [25, 25], [], [5, 45]],
    ['at the start of the document', [3, 3], [], [0, 23]],
    ['at its end', [118, 118], [], [98, 119]],
    ['more than 200 lines is too much', [50, 50], [symbol(0, 119, symbol(0, 200))], [0, 119]],
    ['what reaches beyond the document is of another text', [50, 50], [symbol(40, 130)], [30, 70]],
    ['a flat list of parts', [25, 25], [symbol(10, 80), symbol(20, 30), symbol(12, 40)], [20, 30]],
  ];
  for (const [name, [first, last], symbols, [from, to]] of cases) {
    it(name, () => assert.deepEqual(enclosingLines({ first, last }, symbols, 120), { first: from, last: to }));
  }

  it('a part of 200 lines is taken, one of 201 is not', () => {
    assert.deepEqual(enclosingLines({ first: 50, last: 50 }, [symbol(0, 199)], 500), { first: 0, last: 199 });
    assert.deepEqual(enclosingLines({ first: 50, last: 50 }, [symbol(0, 200)], 500), { first: 30, last: 70 });
  });

  it('always hold the problem, and are always lines of the document (property)', () => {
    const line = fc.integer({ min: 0, max: 400 });
    checkProperty(
      fc.property(
        line,
        line,
        fc.array(fc.tuple(line, line)),
        fc.integer({ min: 401, max: 500 }),
        (a, b, raw, count) => {
          const lines = { first: Math.min(a, b), last: Math.max(a, b) };
          const parts = raw.map(([from, to]) => symbol(Math.min(from, to), Math.max(from, to)));
          const found = enclosingLines(lines, parts, count);
          assert.ok(found.first >= 0 && found.first <= lines.first && found.last >= lines.last && found.last < count);
        },
      ),
      { seed: 7 },
    );
  });
});
