import assert from 'node:assert/strict';
import { parseJson } from '../../../src/util/json';

describe('parseJson', () => {
  it('returns the value, or undefined for invalid JSON', () => {
    const table = [
      ['{"a":[1,"x",null]}', { a: [1, 'x', null] }],
      ['null', null],
      ['', undefined],
      ['{"a":', undefined],
      ['<html>', undefined],
      ['{}{}', undefined],
      ["{'a':1}", undefined],
    ] as const;
    for (const [text, expected] of table) assert.deepEqual(parseJson(text), expected, text);
  });

  it('does not throw for a million levels of nesting [S33]', () => {
    assert.doesNotThrow(() => parseJson('['.repeat(1_000_000)));
  });
});
