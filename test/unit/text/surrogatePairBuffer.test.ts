import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { SurrogatePairBuffer } from '../../../src/text/surrogatePairBuffer';
import { checkProperty } from '../../support/properties';

interface Filter {
  push(chunk: string): string;
  end(): string;
}

function pushAll(filter: Filter, chunks: readonly string[]): string {
  return chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
}

describe('SurrogatePairBuffer', () => {
  it('withholds a high surrogate until the low one arrives [S34]', () => {
    const buffer = new SurrogatePairBuffer();
    assert.deepEqual([buffer.push('a\ud83d'), buffer.push('\ude00b'), buffer.end()], ['a', '😀b', '']);
  });

  it('returns a lone surrogate at the end [S34]', () => {
    const buffer = new SurrogatePairBuffer();
    assert.deepEqual(
      [buffer.push('\ud83d'), buffer.push('\ud83d'), buffer.push(''), buffer.end(), buffer.end()],
      ['', '\ud83d', '', '\ud83d', ''],
    );
  });

  it('loses nothing and never splits a pair (property) [S34]', () => {
    const units = fc.array(fc.constantFrom('a', '\ud83d', '\ude00', ''), { maxLength: 12 });
    checkProperty(
      fc.property(units, (chunks) => {
        assert.equal(pushAll(new SurrogatePairBuffer(), chunks), chunks.join(''));
        const buffer = new SurrogatePairBuffer();
        const output = [...chunks.map((chunk) => buffer.push(chunk)), buffer.end()].filter((text) => text !== '');
        assert.doesNotMatch(output.join('|'), /[\ud800-\udbff]\|[\udc00-\udfff]/);
      }),
      { seed: 34 },
    );
  });
});
