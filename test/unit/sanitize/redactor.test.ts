import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Redactor, toSingleLine } from '../../../src/sanitize/redactor';
import { assertLinear, repeatTo } from '../../support/growth';
import { checkProperty } from '../../support/properties';

const key = 'CANARY-4f/0d+9e"8c';

function redact(text: string): string {
  const redactor = new Redactor();
  redactor.addSecret(key);
  return redactor.redact(text);
}

describe('Redactor', () => {
  const known: readonly [string, string][] = [
    ['as it is', `header was ${key}!`],
    ['percent-encoded', `GET /?q=${encodeURIComponent(key)}`],
    ['inside JSON', JSON.stringify({ message: `wrong key ${key}` })],
    ['in base64', btoa(key)],
    ['in base64 after a user name', btoa(`user:${key}`)],
    ['in base64 between other text', btoa(`ab${key}cd`)],
    ['in the alphabet of URLs', btoa(`user:${key}`).replaceAll('+', '-').replaceAll('/', '_')],
  ];
  const strict = [...key].map((char) => (/[\w.-]/.test(char) ? char : `%${char.charCodeAt(0).toString(16)}`)).join('');
  const sharp = 'CANARY-<a>&b\'c"d+e`f/g';
  const more: readonly [string, string, string][] = [
    ['percent-encoded in lower case', key, strict],
    ['with its brackets and marks percent-encoded', 'CANARY-(a)!~*x', 'GET /?q=CANARY-%28a%29%21%7E%2Ax'],
    ['inside JSON that escapes slashes', key, JSON.stringify(key).replaceAll('/', '\\/')],
    ['inside JSON inside JSON', key, JSON.stringify(JSON.stringify({ key }))],
    ['inside JSON as Go writes it', sharp, 'CANARY-\\u003ca\\u003e\\u0026b\'c\\"d+e`f/g'],
    ['inside JSON as .NET writes it', sharp, 'CANARY-\\u003Ca\\u003E\\u0026b\\u0027c\\u0022d\\u002Be\\u0060f/g'],
    ['inside HTML', sharp, 'CANARY-&lt;a&gt;&amp;b&#39;c&quot;d+e`f/g'],
  ];
  for (const [form, secret, text] of more) {
    it(`hides a known key ${form} [R18]`, () => {
      const redactor = new Redactor();
      redactor.addSecret(secret);
      const result = redactor.redact(text);
      assert.match(result, /\*\*\*/, result);
      assert.doesNotMatch(result, /CANARY/);
    });
  }

  for (const [form, text] of known) {
    it(`hides a known key ${form} [R18]`, () => {
      const result = redact(text);
      assert.match(result, /\*\*\*/, result);
      assert.doesNotMatch(result, /CANARY|4f.{0,3}0d|Q0FOQVJZ|DQU5BUl|NBTkFSW/);
    });
  }

  it('hides the longer of two keys with a common prefix completely [R18]', () => {
    const redactor = new Redactor();
    redactor.addSecret('secret-one');
    redactor.addSecret('secret-one-and-more');
    assert.equal(redactor.redact('secret-one-and-more secret-one'), '*** ***');
  });

  it('still hides a key after another one replaced it [K16]', () => {
    const redactor = new Redactor();
    redactor.addSecret('first-secret');
    redactor.addSecret('second-secret');
    assert.equal(redactor.redact('first-secret, second-secret'), '***, ***');
  });

  it('keeps the words that mean "no key"', () => {
    const redactor = new Redactor();
    for (const placeholder of ['', 'none', 'ollama']) redactor.addSecret(placeholder);
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
    [
      '{\\"authorization\\":\\"Bearer abc\\",\\"model\\":\\"m\\"}',
      '{\\"authorization\\":\\"***\\",\\"model\\":\\"m\\"}',
    ],
    ['{"api_key":"abc"}', '{"api_key":"***"}'],
    ['{"access_token": "abc", "expires_in": 1}', '{"access_token": "***", "expires_in": 1}'],
    ["{'client_secret': 'abc'}", "{'client_secret': '***'}"],
    ['X-Goog-Api-Key: abc', 'X-Goog-Api-Key: ***'],
    ['AccountKey=abc==;EndpointSuffix=x', 'AccountKey=***'],
    ['sent Basic dXNlcjpwYXNz', 'sent Basic ***'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\\nMIIabc-def\\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIabc', '-----BEGIN PRIVATE KEY-----***'],
    ['key AKIAZ3MSJV6K7BQTXW2P', 'key ***'],
    ['hf_abcdefghijklmnopqrst', '***'],
    ['xoxb-123456789012-abcdefghijkl', '***'],
    ['glpat-abcdefghij1234567890', '***'],
    ['token eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc_def', 'token ***'],
  ];
  for (const [text, expected] of shapes) {
    it(`redacts ${JSON.stringify(text)} to ${JSON.stringify(expected)} [R18]`, () =>
      assert.equal(redact(text), expected));
  }

  const harmless = [
    'connect ECONNREFUSED 127.0.0.1:1234',
    'The bearer token is missing',
    'Basic authentication is required',
    'npm_config_registry_of_the_user is set, hf_hub_download_of_a_model failed',
    'The password is wrong, and so is the private key',
    'https://host/@scope/package',
    'a task-list-of-many-hyphenated-words',
    'max_tokens: 16, model=gpt-5-mini?temperature=1',
  ];
  for (const text of harmless) it(`keeps ${JSON.stringify(text)}`, () => assert.equal(redact(text), text));

  it('hides a known key at any position (property) [R18]', () => {
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
    '-----BEGIN PRIVATE KEY-----',
    'basic a',
    'password: a',
    '\\"api_key\\":\\"',
    'AKIA',
    'xoxb-',
  ]) {
    it(`handles a megabyte of ${JSON.stringify(text)} in linear time [E22]`, async () => {
      await assertLinear((size) => redact(repeatTo(text, size)), 250_000);
    });
  }

  it('hides a key that an answer repeats, in any chunks [E07]', () => {
    const redactor = new Redactor();
    redactor.addSecret(key);
    const answer = `const key = '${key}'; // ${btoa(`u:${key}`)} sk-abcdefghijklmnopqrstuvwx CANARY-4f`;
    const whole = redactor.redactKnownSecrets(answer);
    assert.equal(whole.redactedCount, 2);
    assert.doesNotMatch(whole.text, /0d\+9/);
    assert.match(whole.text, /^const key = '\*\*\*'; .*\*\*\*.* sk-abcdefghijklmnopqrstuvwx CANARY-4f$/);
    for (let first = 0; first <= answer.length; first += 1) {
      const filter = redactor.createFilter();
      const shown = filter.push(answer.slice(0, first)) + filter.push(answer.slice(first)) + filter.end();
      assert.deepEqual([shown, filter.redactedCount], [whole.text, 2]);
    }
    const filter = redactor.createFilter();
    assert.equal([...answer].map((chunk) => filter.push(chunk)).join('') + filter.end(), whole.text);
  });

  it('hides a key that ends like it begins, in any chunks (property) [E07]', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 40 });
    const secretString = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 10 });
    checkProperty(
      fc.property(
        fc.array(secretString, { minLength: 1, maxLength: 2 }),
        fc.array(letters, { maxLength: 4 }),
        (secrets, parts) => {
          const redactor = new Redactor();
          for (const secret of secrets) redactor.addSecret(secret);
          const chunks = [...parts, ...secrets, ...parts].flatMap((part) => part.match(/.{1,3}/g) ?? []);
          const filter = redactor.createFilter();
          const shown = chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
          for (const secret of secrets) assert.ok(!shown.includes(secret), `${shown} has ${secret}`);
        },
      ),
      { seed: 7, numRuns: 3_000 },
    );
  });

  it('passes on text immediately that cannot be the beginning of a key [E07]', () => {
    const redactor = new Redactor();
    redactor.addSecret('canary-0123456789');
    const filter = redactor.createFilter();
    assert.deepEqual(
      ['a can', 'ary-', 'x canary-01234', '56789!'].map((chunk) => filter.push(chunk)),
      ['a ', '', 'canary-x ', '***!'],
    );
  });
});

describe('toSingleLine', () => {
  it('returns one line for any text [R25, E13]', () => {
    assert.equal(
      toSingleLine('a\nFAKE\r\u{1b}[31m\u{9b}\u{202e}\u{2066}\u{2028}\u{200f}\u{85}\u{e0041}é🎉\t'),
      'a\\u{a}FAKE\\u{d}\\u{1b}[31m\\u{9b}\\u{202e}\\u{2066}\\u{2028}\\u{200f}\\u{85}\\u{e0041}é🎉\\u{9}',
    );
  });
});
