import * as assert from 'node:assert/strict';
import { symbolPath } from '../../../../src/editor/common/symbolPath';

describe('symbolPath', () => {
  const total = { name: 'total', first: 5, last: 9, children: [] };
  const cart = { name: 'Cart', first: 2, last: 20, children: [total, { ...total, name: 'add', first: 11, last: 12 }] };

  it('joins the names of the enclosing symbols from outermost to innermost', () => {
    assert.equal(symbolPath([cart], { first: 6, last: 7 }), 'Cart.total');
    assert.equal(symbolPath([cart], { first: 5, last: 9 }), 'Cart.total');
    assert.equal(symbolPath([cart], { first: 8, last: 11 }), 'Cart');
    assert.equal(symbolPath([cart], { first: 0, last: 3 }), undefined);
    assert.equal(symbolPath([], { first: 0, last: 0 }), undefined);
  });

  it('picks the smallest enclosing symbol in a flat list', () => {
    assert.equal(symbolPath([{ ...cart, children: [] }, total], { first: 6, last: 6 }), 'total');
  });
});
