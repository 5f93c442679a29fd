import * as assert from 'node:assert/strict';
import { symbolPath } from '../../../../src/editor/common/symbolPath';

describe('symbolPath', () => {
  const total = { name: 'total', first: 5, last: 9, children: [] };
  const cart = { name: 'Cart', first: 2, last: 20, children: [total, { ...total, name: 'add', first: 11, last: 12 }] };

  it('names the parts around the lines, from the outside in', () => {
    assert.equal(symbolPath([cart], { first: 6, last: 7 }), 'Cart.total');
    assert.equal(symbolPath([cart], { first: 5, last: 9 }), 'Cart.total');
    assert.equal(symbolPath([cart], { first: 8, last: 11 }), 'Cart');
    assert.equal(symbolPath([cart], { first: 0, last: 3 }), undefined);
    assert.equal(symbolPath([], { first: 0, last: 0 }), undefined);
  });

  it('takes the smallest where several are around, as in languages that list all parts side by side', () => {
    assert.equal(symbolPath([{ ...cart, children: [] }, total], { first: 6, last: 6 }), 'total');
  });
});
