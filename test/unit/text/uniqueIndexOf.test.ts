import * as assert from 'node:assert/strict';
import { uniqueIndexOf } from '../../../src/text/uniqueIndexOf';

describe('uniqueIndexOf', () => {
  it('finds the only occurrence, and nothing if there are several', () => {
    assert.equal(uniqueIndexOf('abc', 'c'), 2);
    assert.equal(uniqueIndexOf('abc', 'x'), undefined);
    assert.equal(uniqueIndexOf('aba', 'a'), undefined);
    assert.equal(uniqueIndexOf('aaa', 'aa'), undefined);
  });
});
