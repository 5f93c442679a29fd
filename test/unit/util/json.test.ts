import assert from 'node:assert/strict';
import { parseJson } from '../../../src/util/json';

describe('json', () => {
  it('gives what JSON says, and undefined for everything else', () => {
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

  it('S33: survives nesting without end', () => {
    assert.doesNotThrow(() => parseJson('['.repeat(1_000_000)));
  });
});
