import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { enclosingLines, type SymbolLines } from '../../../../src/editor/common/enclosingLines';
import { checkProperty } from '../../../support/properties';

function symbol(first: number, last: number, ...children: SymbolLines[]): SymbolLines {
  return { first, last, children };
}

// A class with two methods, the first with a one-line variable and a nested function.
const symbols = [symbol(10, 80, symbol(12, 40, symbol(14, 14), symbol(20, 30)), symbol(42, 78))];

describe('enclosingLines', () => {
  const cases: readonly [string, readonly [number, number], readonly SymbolLines[], readonly [number, number]][] = [
    ['returns the innermost function', [25, 25], symbols, [20, 30]],
    ['prefers the enclosing function to a one-line variable', [14, 14], symbols, [12, 40]],
    ['treats the first line of a function as part of it', [42, 42], symbols, [42, 78]],
    ['returns the class for a range across two methods', [30, 50], symbols, [10, 80]],
    ['returns 20 lines of context outside of any symbol', [90, 91], symbols, [70, 111]],
    ['returns 20 lines of context without symbols', [25, 25], [], [5, 45]],
    ['stops at the start of the document', [3, 3], [], [0, 23]],
    ['stops at the end of the document', [118, 118], [], [98, 119]],
    ['ignores symbols of more than 200 lines', [50, 50], [symbol(0, 119, symbol(0, 200))], [0, 119]],
    ['ignores symbols that end after the document', [50, 50], [symbol(40, 130)], [30, 70]],
    ['finds the innermost symbol in a flat list', [25, 25], [symbol(10, 80), symbol(20, 30), symbol(12, 40)], [20, 30]],
  ];
  for (const [name, [first, last], symbols, [from, to]] of cases) {
    it(name, () => assert.deepEqual(enclosingLines({ first, last }, symbols, 120), { first: from, last: to }));
  }

  it('accepts a symbol of 200 lines but not one of 201', () => {
    assert.deepEqual(enclosingLines({ first: 50, last: 50 }, [symbol(0, 199)], 500), { first: 0, last: 199 });
    assert.deepEqual(enclosingLines({ first: 50, last: 50 }, [symbol(0, 200)], 500), { first: 30, last: 70 });
  });

  it('always contains the given lines and stays within the document (property)', () => {
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
