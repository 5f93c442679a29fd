import * as assert from 'node:assert/strict';
import { onlyIndexOf } from '../../../src/text/uniqueIndexOf';

describe('looking for code that was moved', () => {
  it('finds what is there once, and nothing where it would have to guess', () => {
    assert.equal(onlyIndexOf('abc', 'c'), 2);
    assert.equal(onlyIndexOf('abc', 'x'), undefined);
    assert.equal(onlyIndexOf('aba', 'a'), undefined);
    assert.equal(onlyIndexOf('aaa', 'aa'), undefined);
  });
});
