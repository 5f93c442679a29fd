import * as assert from 'node:assert/strict';
import { detectBinary } from '../../../src/sanitize/binaryDetection';

/** Decodes bytes as UTF-8, as an editor does. */
function read(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}

describe('detectBinary', () => {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 0x9d, 0xff, 0xfe, 0x81];
  const latin1 = [...'Grüße aus Köln, schöne Straße'].map((letter) => letter.charCodeAt(0));
  const cases: readonly [name: string, text: string, sign: ReturnType<typeof detectBinary>][] = [
    ['a NUL', 'text\0text', 'nul'],
    ['UTF-16 read as UTF-8', read([0x61, 0, 0x62, 0, 0x63, 0]), 'nul'],
    ['a picture', read(png), 'undecodable'],
    ['Latin-1 read as UTF-8', read(latin1), 'undecodable'],
    ['control characters all over', '\u{1}\u{2}ab\u{3}\u{4}cd', 'controls'],
    ['plain text', 'Grüße\r\n\tfrom Köln 😀', undefined],
    ['one intended replacement character', "const replacement = '\u{fffd}';", undefined],
    ['documentation about replacement characters', `\u{fffd}\u{fffd}${'a'.repeat(1_000)}`, undefined],
    ['a log with colors', '\u{1b}[31merror\u{1b}[0m: it did not work out as planned', undefined],
    ['old sources with form feeds', 'a\f\nb\f\nc\f\n', undefined],
    ['nothing', '', undefined],
  ];
  for (const [name, text, sign] of cases) {
    it(`classifies ${name} as ${sign ?? 'text'} [U11]`, () => assert.equal(detectBinary(text), sign));
  }
});
