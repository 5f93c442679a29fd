import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Redactor, singleLine } from '../../../src/core/redact';
import { checkProperty } from '../../support/properties';

const key = 'CANARY-4f/0d+9e"8c';

function redact(text: string): string {
  const redactor = new Redactor();
  redactor.remember(key);
  return redactor.redact(text);
}

describe('redact', () => {
  const known: readonly [string, string][] = [
    ['as it is', `header was ${key}!`],
    ['percent-encoded', `GET /?q=${encodeURIComponent(key)}`],
    ['inside JSON', JSON.stringify({ message: `wrong key ${key}` })],
    ['in base64', btoa(key)],
    ['in base64 behind a user name', btoa(`user:${key}`)],
    ['in base64 between other text', btoa(`ab${key}cd`)],
    ['in the alphabet of URLs', btoa(`user:${key}`).replaceAll('+', '-').replaceAll('/', '_')],
  ];
  for (const [form, text] of known) {
    it(`R18: hides a known key ${form}`, () => {
      const result = redact(text);
      assert.match(result, /\*\*\*/);
      assert.doesNotMatch(result, /CANARY|4f.{0,3}0d|Q0FOQVJZ|DQU5BUl|NBTkFSW/);
    });
  }

  it('R18: hides the longer of two keys that begin alike as a whole', () => {
    const redactor = new Redactor();
    redactor.remember('secret-one');
    redactor.remember('secret-one-and-more');
    assert.equal(redactor.redact('secret-one-and-more secret-one'), '*** ***');
  });

  it('K16: still hides a key that was replaced by another one', () => {
    const redactor = new Redactor();
    redactor.remember('first-secret');
    redactor.remember('second-secret');
    assert.equal(redactor.redact('first-secret, second-secret'), '***, ***');
  });

  it('leaves the words that stand for "no key" alone', () => {
    const redactor = new Redactor();
    for (const placeholder of ['', 'none', 'ollama']) redactor.remember(placeholder);
    assert.equal(redactor.redact('ollama has none'), 'ollama has none');
  });

  const shapes: readonly [string, string][] = [
    ['Headers.append: "Bearer sk-abc def" is invalid', 'Headers.append: "Bearer *** def" is invalid'],
    ['bearer   abcdefgh.ijk', 'bearer ***'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: ***'],
    ['{"authorization":"Bearer abc","model":"m"}', '{"authorization":"***","model":"m"}'],
    ['x-api-key: abc\nnext', 'x-api-key: ***\nnext'],
    ['Cookie: a=b; c=d', 'Cookie: ***'],
    ['connect https://user:hunter2@host/v1', 'connect https://***@host/v1'],
    ['connect https://user:hun@ter2@host/v1', 'connect https://***@host/v1'],
    ['GET /v1?key=abc&model=m', 'GET /v1?key=***&model=m'],
    ['GET /v1?a=1&access_token=abc#x', 'GET /v1?a=1&access_token=***#x'],
    ['Incorrect API key provided: sk-proj-abcdefghijklmnop_1234.', 'Incorrect API key provided: ***.'],
    ['gsk_abcdefghijklmnop1234', '***'],
    ['AIzaabcdefghijklmnopqrstuvwxyz0123456789', '***'],
    ['token eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc_def', 'token ***'],
  ];
  for (const [text, expected] of shapes) {
    it(`R18: writes ${JSON.stringify(text)} as ${JSON.stringify(expected)}`, () =>
      assert.equal(redact(text), expected));
  }

  const harmless = [
    'connect ECONNREFUSED 127.0.0.1:1234',
    'The bearer token is missing',
    'https://host/@scope/package',
    'a task-list-of-many-hyphenated-words',
    'max_tokens: 16, model=gpt-5-mini?temperature=1',
  ];
  for (const text of harmless) it(`leaves ${JSON.stringify(text)} as it is`, () => assert.equal(redact(text), text));

  it('R18: hides a known key wherever it stands (property)', () => {
    checkProperty(
      fc.property(fc.string(), fc.string(), (before, after) => {
        assert.ok(!redact(before + key + after).includes(key));
      }),
      { seed: 42 },
    );
  });

  for (const text of [
    'a',
    '(',
    '://',
    'bearer ',
    'sk-',
    'eyJ-',
    '?key=',
    'authorization: ',
    '@',
    '://a@',
    'AIza-',
    '\n ',
  ]) {
    it(`E22: reads very much of ${JSON.stringify(text)} in no time`, () => {
      const start = performance.now();
      redact(text.repeat(Math.ceil(1_000_000 / text.length)));
      assert.ok(performance.now() - start < 1_000);
    });
  }

  it('R25, E13: writes one line, whatever the text contains', () => {
    assert.equal(
      singleLine('a\nFAKE\r\u{1b}[31m\u{9b}\u{202e}\u{2066}\u{2028}\u{200f}\u{85}\u{e0041}é🎉\t'),
      'a\\u{a}FAKE\\u{d}\\u{1b}[31m\\u{9b}\\u{202e}\\u{2066}\\u{2028}\\u{200f}\\u{85}\\u{e0041}é🎉\\u{9}',
    );
  });
});
