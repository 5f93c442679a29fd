import * as assert from 'node:assert/strict';
import { uniqueIndexOf } from '../../../src/text/uniqueIndexOf';

describe('looking for code that was moved', () => {
  it('finds what is there once, and nothing where it would have to guess', () => {
    assert.equal(uniqueIndexOf('abc', 'c'), 2);
    assert.equal(uniqueIndexOf('abc', 'x'), undefined);
    assert.equal(uniqueIndexOf('aba', 'a'), undefined);
    assert.equal(uniqueIndexOf('aaa', 'aa'), undefined);
  });
});
