import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ControlCharacterFilter, stripControlCharacters } from '../../../src/sanitize/controlCharacterFilter';
import { assertLinear, repeatTo } from '../../support/growth';
import { checkProperty } from '../../support/properties';

function inPieces(chunks: readonly string[]): { text: string; removedCount: number } {
  const filter = new ControlCharacterFilter();
  const text = chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
  return { text, removedCount: filter.removedCount };
}

describe('ControlCharacterFilter', () => {
  const cases: readonly [name: string, text: string, cleaned: string, removedCount: number][] = [
    ['nothing from tabs and line ends', 'a\tb\nc\r\nd\re\u{2028}f', 'a\tb\nc\r\nd\re\u{2028}f', 0],
    [
      'nothing from letters, marks, emoji, direction and joiners',
      'é\u{301}😀\u{202e}\u{200d}ش',
      'é\u{301}😀\u{202e}\u{200d}ش',
      0,
    ],
    ['NUL, BEL, BS, VT, FF, DEL', 'a\0b\u{7}c\u{8}d\u{b}e\u{c}f\u{7f}g', 'abcdefg', 6],
    ['C1', 'a\u{80}b\u{85}c\u{8d}d', 'abcd', 3],
    ['colors', '\u{1b}[31mred\u{1b}[0m', 'red', 2],
    ['colors with the C1 form', '\u{9b}1;31mred\u{9b}m', 'red', 2],
    ['cursor movements and deleted lines', 'a\u{1b}[2K\u{1b}[1;1Hb\u{1b}[?25lc', 'abc', 3],
    ['OSC 52, which writes the clipboard', 'a\u{1b}]52;c;cm0gLXJmIH4=\u{7}b', 'ab', 1],
    ['OSC 8 links', '\u{1b}]8;;http://x/\u{1b}\\text\u{1b}]8;;\u{1b}\\', 'text', 2],
    ['OSC 0, with the C1 forms', 'a\u{9d}0;title\u{9c}b', 'ab', 1],
    ['DCS, APC, PM and SOS', 'a\u{1b}P1$r\u{1b}\\b\u{1b}_x\u{1b}\\c\u{1b}^y\u{1b}\\d\u{1b}Xz\u{1b}\\e', 'abcde', 4],
    ['reset and character sets', 'a\u{1b}cb\u{1b}(0c\u{1b}#8d', 'abcd', 3],
    [
      'the introducer of an unclosed OSC, but not the text after it',
      'a\u{1b}]52;c;aGk=\nnext line',
      'a52;c;aGk=\nnext line',
      1,
    ],
    ['the introducer of an OSC without an end', 'a\u{1b}]0;b', 'a0;b', 1],
    ['the introducer of a CSI without an end', 'a\u{1b}[31', 'a31', 1],
    ['ESC before a line end, and at the end', 'a\u{1b}\nb\u{1b}', 'a\nb', 2],
    ['ESC before ESC', '\u{1b}\u{1b}[0ma', 'a', 2],
    ['nothing', '', '', 0],
  ];
  for (const [name, text, cleaned, removedCount] of cases) {
    it(`removes ${name}, in any chunks [U01, R23]`, () => {
      assert.deepEqual(stripControlCharacters(text), { text: cleaned, removedCount });
      for (let first = 0; first <= text.length; first += 1) {
        assert.deepEqual(inPieces([text.slice(0, first), text.slice(first)]), { text: cleaned, removedCount });
      }
      assert.deepEqual(inPieces([...text]), { text: cleaned, removedCount });
    });
  }

  it('leaves no control character, in any chunks (property) [U01]', () => {
    const unit = fc.constantFrom(
      '\u{1b}',
      '[',
      ']',
      '\\',
      '3',
      'm',
      ' ',
      '\u{9b}',
      '\u{9d}',
      '\u{9c}',
      '\u{7}',
      '\n',
      'a',
      '😀',
    );
    checkProperty(
      fc.property(fc.array(fc.array(unit, { maxLength: 4 }), { maxLength: 8 }), (groups) => {
        const chunks = groups.map((group) => group.join(''));
        const result = inPieces(chunks);
        assert.deepEqual(result, stripControlCharacters(chunks.join('')));
        assert.doesNotMatch(result.text, /(?!\s)\p{Cc}/u);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('does not wait indefinitely for the end of a terminal string [U01]', () => {
    const filter = new ControlCharacterFilter();
    filter.push('\u{1b}]52;');
    let shown = '';
    for (let index = 0; index < 5_000; index += 1) shown += filter.push('a');
    assert.equal(shown, `52;${'a'.repeat(5_000)}`);
  });

  for (const text of [
    'a',
    '\u{1b}',
    '\u{1b}]',
    '\u{9d}',
    '\u{1b}[',
    '\u{9b}0',
    '\u{1b}]aaaaaaaa',
    '\0',
    '\u{1b} ',
    '\u{1b}P\u{1b}',
  ]) {
    it(`handles a megabyte of ${JSON.stringify(text)} in linear time, in chunks too [E22]`, async () => {
      await assertLinear((size) => stripControlCharacters(repeatTo(text, size)), 250_000);
      await assertLinear((size) => inPieces(repeatTo(text, size).match(/.{1,1000}/gs) ?? []), 250_000);
    });
  }
});
