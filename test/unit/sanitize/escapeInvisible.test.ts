import assert from 'node:assert/strict';
import { escapeInvisible, escapeInvisibleInJson } from '../../../src/sanitize/escapeInvisible';

describe('escapeInvisible', () => {
  const cases: readonly [string, string, string][] = [
    ['lines and tabs', 'a\n\tb\n', 'a\n\tb\n'],
    ['line ends of every kind', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
    ['escape sequences [R25]', '\u{1b}[31mred\u{7}', '\\u{1b}[31mred\\u{7}'],
    ['C1 controls, DEL, NUL and the form feed [R25]', '\u{9b}\u{7f}\0\f', '\\u{9b}\\u{7f}\\u{0}\\u{c}'],
    ['what changes the direction [R25]', 'a\u{202e}b\u{2066}c', 'a\\u{202e}b\\u{2066}c'],
    ['line ends that only some take for one [R25]', 'a\u{2028}b\u{2029}c', 'a\\u{2028}b\\u{2029}c'],
    ['tags [R24]', '\u{e0072}', '\\u{e0072}'],
    ['scripts and emoji that need joiners', '👩‍👩‍👧 می‌خواهم שלום 🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩‍👩‍👧 می‌خواهم שלום 🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ];
  for (const [name, text, expected] of cases) {
    it(`shows ${name}`, () => assert.equal(escapeInvisible(text), expected));
  }

  it('keeps the value of JSON [R24]', () => {
    const value = { a: '\u{202e}\u{e0072}\u{2028}\u{7f}👩‍👧' };
    const shown = escapeInvisibleInJson(JSON.stringify(value));
    assert.deepEqual(JSON.parse(shown), value);
    assert.equal(shown, '{"a":"\\u202e\\udb40\\udc72\\u2028\\u007f👩‍👧"}');
  });
});
