import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  findReferences,
  formatFileReference,
  formatSymbolReference,
} from '../../../src/references/common/findReferences';

function labels(question: string): string[] {
  return findReferences(question).map(({ label }) => label);
}

describe('findReferences', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['@cart.ts', ['@cart.ts']],
    ['Compare (@src/cart.ts:8-17) with @src/tax.ts:3.', ['@src/cart.ts:8-17', '@src/tax.ts:3']],
    ['Is it @cart.ts? Or @a/b.test.ts, or "@c.py"!', ['@cart.ts', '@a/b.test.ts', '@c.py']],
    ['@"my file.ts":2-3 and @"Makefile"', ['@"my file.ts":2-3', '@"Makefile"']],
    ['@symbol:cartTotal, @symbol:src/cart.ts#total.', ['@symbol:cartTotal', '@symbol:src/cart.ts#total']],
    ['@problems @gitDiff @terminal', ['@problems', '@gitDiff', '@terminal']],
    ['@cart.ts and again @cart.ts', ['@cart.ts']],
    ['@cart.ts:8–17', ['@cart.ts:8–17']],
    // Refused, because no file has that name: GitHub's form of lines.
    ['@cart.ts#L8-L9', ['@cart.ts#L8-L9']],
    ['@größe/straße.ts', ['@größe/straße.ts']],
    ['@.env @src/.env', ['@.env', '@src/.env']],
    ['@../secret.txt @/etc/hosts.conf', ['@../secret.txt', '@/etc/hosts.conf']],
    ['@cart.ts:\nfix it', ['@cart.ts']],
    // Text.
    ['me@example.com', []],
    ['@Component @param @media @angular/core @types/node', []],
    ['@app.get("/") @pytest.mark.parametrize(1)', []],
    ['`@cart.ts` and ```\n@cart.ts\n```', []],
    ['don`t\n@cart.ts\nit`s', ['@cart.ts']],
    ['@problemsolver @symbol: @symbol:#', []],
    ['@', []],
    ['', []],
  ];
  for (const [question, expected] of cases) {
    it(`finds ${expected.length === 0 ? 'nothing' : expected.join(' ')} in ${JSON.stringify(question)}`, () => {
      assert.deepEqual(labels(question), expected);
    });
  }

  it('reads paths, lines and symbols', () => {
    assert.deepEqual(
      findReferences('@src/cart.ts:8-17 @cart.ts:3 @cart.ts:4–5 @symbol:a.ts#b @symbol:c @problems').map(
        ({ target }) => target,
      ),
      [
        { kind: 'file', path: 'src/cart.ts', lines: { first: 8, last: 17 } },
        { kind: 'file', path: 'cart.ts', lines: { first: 3, last: 3 } },
        { kind: 'file', path: 'cart.ts', lines: { first: 4, last: 5 } },
        { kind: 'symbol', name: 'b', path: 'a.ts' },
        { kind: 'symbol', name: 'c' },
        { kind: 'context', name: 'problems' },
      ],
    );
  });

  it('finds what formatFileReference writes for any path', () => {
    const path = fc.stringMatching(/^[^"\n]+$/).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(path, (name) => {
        const [reference] = findReferences(`See ${formatFileReference(name)} please`);
        assert.deepEqual(reference?.target, { kind: 'file', path: name });
      }),
    );
  });

  it('finds what formatSymbolReference writes, and nothing is written for other names', () => {
    assert.equal(formatSymbolReference('total'), '@symbol:total');
    assert.equal(formatSymbolReference('total', 'src/cart.ts'), '@symbol:src/cart.ts#total');
    for (const name of ['', '## Prices', 'Cart total', 'Cart::total', 'total.', 'a#b']) {
      assert.equal(formatSymbolReference(name), undefined, name);
    }
    assert.equal(formatSymbolReference('total', 'my shop/cart.ts'), undefined);
  });

  it('takes steps in proportion to the length of hostile text', () => {
    for (const unit of ['`', '@', '@a', '@a.', '@"', '@symbol:', '``@', '-', '@-']) {
      const found = (count: number) => findReferences(unit.repeat(count)).length;
      const timeOf = (count: number) => {
        const start = performance.now();
        found(count);
        return performance.now() - start;
      };
      const isLinear = Array.from({ length: 5 }, () => timeOf(80_000) < 40 * Math.max(timeOf(20_000), 1)).some(Boolean);
      assert.ok(isLinear, unit);
    }
  });
});
