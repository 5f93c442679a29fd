import * as assert from 'node:assert/strict';
import { decodeUtf8 } from '../../../src/util/decodeUtf8';

describe('decodeUtf8', () => {
  for (const [name, bytes, expected] of [
    ['text', [0x61, 0xc3, 0xbc, 0xf0, 0x9f, 0x98, 0x80], 'aü😀'],
    ['nothing', [], ''],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\u{feff}a'],
    ['a byte that never occurs', [0x61, 0xff], undefined],
    ['half a character', [0x61, 0xc3], undefined],
    ['an encoded surrogate', [0xed, 0xa0, 0x80], undefined],
    ['Latin-1', [0x66, 0xfc, 0x72], undefined],
    ['text after a failure', [0x62], 'b'],
  ] as const) {
    it(`${expected === undefined ? 'rejects' : 'decodes'} ${name}`, () =>
      assert.equal(decodeUtf8(Uint8Array.from(bytes)), expected));
  }
});
