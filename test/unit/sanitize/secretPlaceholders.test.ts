import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type PlaceholderFilter, SecretPlaceholders } from '../../../src/sanitize/secretPlaceholders';
import { assertLinear } from '../../support/growth';
import { checkProperty } from '../../support/properties';

const key = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';

function rangesOf(text: string, ...secrets: string[]) {
  return secrets
    .map((secret) => ({ start: text.indexOf(secret), end: text.indexOf(secret) + secret.length }))
    .sort((a, b) => a.start - b.start);
}

function pushAll(filter: PlaceholderFilter, chunks: readonly string[]): string {
  return chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
}

describe('SecretPlaceholders, in requests', () => {
  it('replaces each range with a placeholder, numbered in order [R42]', () => {
    const text = `a = "${key}"; b = "hunter2";`;
    const placeholders = new SecretPlaceholders([text]);
    assert.equal(
      placeholders.replaceSecrets(text, rangesOf(text, key, 'hunter2')),
      'a = "<SECRET_1>"; b = "<SECRET_2>";',
    );
    assert.equal(placeholders.size, 2);
  });

  it('uses the same placeholder for a secret everywhere, even outside the ranges [R42]', () => {
    const text = `${key} again ${key}`;
    const placeholders = new SecretPlaceholders([text]);
    assert.equal(placeholders.replaceSecrets(text, rangesOf(text, key)), '<SECRET_1> again <SECRET_1>');
    assert.equal(placeholders.replaceSecrets(`x${key}`, rangesOf(`x${key}`, key)), 'x<SECRET_1>');
    assert.equal(placeholders.replaceKnownSecrets(`why ${key}?`), 'why <SECRET_1>?');
  });

  it('replaces a short secret only in its range [R42]', () => {
    const text = 'redis://:test@cache # a test';
    const placeholders = new SecretPlaceholders([text]);
    assert.equal(placeholders.replaceSecrets(text, rangesOf(text, 'test')), 'redis://:<SECRET_1>@cache # a test');
  });

  it('replaces the longer of two secrets with a common prefix completely [R42]', () => {
    const text = 'long-secret-and-more long-secret-an';
    const placeholders = new SecretPlaceholders([text]);
    placeholders.replaceSecrets(text, [
      { start: 0, end: 20 },
      { start: 21, end: 35 },
    ]);
    assert.equal(placeholders.replaceKnownSecrets('long-secret-and-more, long-secret-an'), '<SECRET_1>, <SECRET_2>');
  });

  it('uses placeholders that do not occur in the texts [R42]', () => {
    const texts = [`<SECRET_1> ${key}`, 'and <SECRET_X_1>'];
    const placeholders = new SecretPlaceholders(texts);
    const sent = placeholders.replaceSecrets(texts[0] ?? '', rangesOf(texts[0] ?? '', key));
    assert.equal(sent, '<SECRET_1> <SECRET_X_X_1>');
    assert.equal(placeholders.restoreSecrets(sent), texts[0]);
  });

  it('replaces restored secrets in URLs, and nowhere else [R12]', () => {
    const [secret, short] = ['topSecret0123', 'abc'];
    const placeholders = new SecretPlaceholders([]);
    placeholders.replaceSecrets(`${secret} ${short}`, [
      { start: 0, end: secret.length },
      { start: secret.length + 1, end: secret.length + 1 + short.length },
    ]);
    const written = `${secret} [a](https://e.example/?k=${secret}) HTTP://${secret}.example www.e.example/${secret} x:${secret}`;
    const shown = `${secret} [a](https://e.example/?k=<SECRET_1>) HTTP://<SECRET_1>.example www.e.example/<SECRET_1> x:${secret}`;
    assert.equal(placeholders.replaceSecretsInUrls(written), shown);
  });

  it('replaces ten thousand secrets in a megabyte in linear time [E22]', async () => {
    await assertLinear((count) => {
      const secrets = Array.from({ length: count }, (_, index) => `secret-${String(index).padStart(20, '0')}`);
      const text = secrets.join(' ').padEnd(100 * count, ' secret-x');
      const ranges = secrets.map((_, index) => ({ start: index * 28, end: index * 28 + 27 }));
      const placeholders = new SecretPlaceholders([text]);
      assert.equal(placeholders.restoreSecrets(placeholders.replaceSecrets(text, ranges)), text);
    }, 2_500);
  });
});

describe('SecretPlaceholders, in answers', () => {
  function withTwelve(): SecretPlaceholders {
    const secrets = Array.from({ length: 12 }, (_, index) => `secret number ${index + 1}`);
    const placeholders = new SecretPlaceholders([]);
    for (const secret of secrets) placeholders.replaceSecrets(secret, [{ start: 0, end: secret.length }]);
    return placeholders;
  }

  const answers: readonly [name: string, answer: string, restored: string][] = [
    ['one secret', 'const key = "<SECRET_1>";', 'const key = "secret number 1";'],
    [
      'several secrets, with a number that is a prefix of another',
      '<SECRET_1><SECRET_12>',
      'secret number 1secret number 12',
    ],
    ['nothing for unknown numbers', '<SECRET_13> <SECRET_0> <SECRET_012>', '<SECRET_13> <SECRET_0> <SECRET_012>'],
    ['nothing for incomplete placeholders', '<SECRET_ <SECRET_1 <SECRETS> <S', '<SECRET_ <SECRET_1 <SECRETS> <S'],
    ['a secret in angle brackets', '<<SECRET_2>>', '<secret number 2>'],
    ['nothing in other spellings', '<secret_1> SECRET_1', '<secret_1> SECRET_1'],
    ['nothing in an empty answer', '', ''],
  ];
  for (const [name, answer, restored] of answers) {
    it(`restores ${name}, in any chunks [R42]`, () => {
      const placeholders = withTwelve();
      assert.equal(placeholders.restoreSecrets(answer), restored);
      for (let first = 0; first <= answer.length; first += 1) {
        for (let second = first; second <= answer.length; second += 1) {
          const chunks = [answer.slice(0, first), answer.slice(first, second), answer.slice(second)];
          assert.equal(pushAll(placeholders.createFilter(), chunks), restored);
        }
      }
      assert.equal(pushAll(placeholders.createFilter(), [...answer]), restored);
    });
  }

  it('passes on text immediately that cannot be a placeholder [R42]', () => {
    const filter = withTwelve().createFilter();
    assert.deepEqual(
      ['a < b', ' <SEC', 'RET_1', '> c <div', '>', ' <'].map((chunk) => filter.push(chunk)),
      ['a < b', ' ', '', 'secret number 1 c <div', '>', ' '],
    );
    assert.equal(filter.end(), '<');
  });

  it('restores a secret that looks like a placeholder or a replacement pattern [R42]', () => {
    const text = '$& $1 <SECRET_2>-like and hunter22';
    const placeholders = new SecretPlaceholders([]);
    const sent = placeholders.replaceSecrets(text, [
      { start: 0, end: 21 },
      { start: 26, end: 34 },
    ]);
    assert.equal(sent, '<SECRET_1> and <SECRET_2>'.replace(' and', text.slice(21, 25)));
    assert.equal(placeholders.restoreSecrets(sent), text);
    assert.equal(pushAll(placeholders.createFilter(), [...sent]), text);
  });

  it('restores all secrets exactly, in any chunks (property) [R42]', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('<SECRET_1>', '<SECRET_', '<', '>', '<SECRET_X_2>'));
    checkProperty(
      fc.property(fc.array(fc.tuple(part, fc.string({ minLength: 1 })), { maxLength: 5 }), fc.nat(40), (parts, cut) => {
        const ranges: { start: number; end: number }[] = [];
        let text = '';
        for (const [before, secret] of parts) {
          const start = text.length + before.length;
          ranges.push({ start, end: start + secret.length });
          text += before + secret;
        }
        const placeholders = new SecretPlaceholders([text]);
        const sent = placeholders.replaceSecrets(text, ranges);
        assert.equal(placeholders.restoreSecrets(sent), text);
        assert.equal(pushAll(placeholders.createFilter(), [sent.slice(0, cut), sent.slice(cut)]), text);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it('handles 200,000 chunks of one character in linear time [S38]', async () => {
    for (const character of ['<', 'S', 'a']) {
      await assertLinear((count) => {
        const filter = withTwelve().createFilter();
        for (let index = 0; index < count; index += 1) filter.push(character);
      }, 50_000);
    }
  });
});
