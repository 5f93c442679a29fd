import * as assert from 'node:assert/strict';
import { scanForSecrets } from '../../../src/secrets/secretScanner';
import { coverageOf, RecallTable } from '../../support/secretCoverage';
import { Random, sampleKinds, sampleOf } from '../../support/secretSamples';
import { serviceKeyKinds } from '../../support/serviceKeySamples';

const samplesOfEach = 28;
// Places where keys are found, and what is around them.
const places: readonly (readonly [before: string, after: string])[] = [
  ['"', '"'],
  ['\n', '\n'],
  [' ', ' '],
  ['(', ')'],
  ['`', '`'],
  ['\n-', '\n'],
  ['\n+', '\n'],
  ['\n> ', '\n'],
  ['=', ';'],
  ['\\"', '\\"'],
  ['\\n', '\\n'],
  ['>', '<'],
  ['the ', '.'],
  ['%22', '%22'],
];

describe('scanForSecrets: keys of services', () => {
  const table = new RecallTable('service');
  after(() => table.print());

  for (const { name, minShare, make } of serviceKeyKinds) {
    it(`finds ${name} as a whole, wherever it is [U22, R39]`, async () => {
      const missed: string[] = [];
      for (let index = 0; index < samplesOfEach; index += 1) {
        const secret = make(new Random(index + 1));
        const [before, after] = places[index % places.length] ?? ['', ''];
        const text = `x ${before}${String(secret)}${after} y`;
        const { isFound, extra } = await coverageOf(text, String(secret));
        if (!isFound || extra > 2) missed.push(text);
      }
      table.add(name, samplesOfEach - missed.length, samplesOfEach);
      assert.ok(missed.length <= samplesOfEach * (1 - minShare), missed.join('\n'));
    });
  }
});

describe('scanForSecrets: credentials in files', () => {
  const random = new Random(3);
  const base62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const key = `-----BEGIN RSA PRIVATE KEY-----\nMII${random.text(base62, 600)}\n-----END RSA PRIVATE KEY-----\n`;
  const files: readonly (readonly [name: string, before: string, secret: string, after: string])[] = [
    [
      'auth of config.json of Docker',
      '{"auths":{"https://r.io":{"auth":"',
      btoa(`bot:${random.text(base62, 20)}`),
      '"}}}',
    ],
    ['auth in JSON in a string', '"{\\"auth\\":\\"', btoa(`bot:${random.text(base62, 20)}`), '\\"}"'],
    ['client-key-data of a kubeconfig', '    client-key-data: ', btoa(key), '\n'],
    ['a removed client-key-data', '-    client-key-data: ', btoa(key), '\n'],
    ['a private key in an environment variable', 'KEY_B64=', btoa(key), '\n'],
    ['d of a JSON Web Key', '{"kty":"EC","crv":"P-256","d":"', random.text(base62, 43), '"}'],
    ['p of a JSON Web Key', '{\n  "kty": "RSA",\n  "p": "', random.text(base62, 170), '"\n}'],
    ['the password of .netrc', 'machine api.acme.io\n  login bot\n  password ', random.text(base62, 16), '\n'],
    ['a password in SQL', "CREATE USER app IDENTIFIED BY '", `a${random.text(base62, 10)}!`, "';"],
    ['a password with an @ in an address', 'postgres://app:', 'p4ss@w0rd@7', '@db.internal/x'],
    ['an address in JSON', '"postgres:\\/\\/app:', random.text(base62, 12), '@db.internal\\/x"'],
    ['a token of an Authorization header', 'Authorization: token ', random.text(base62, 40), '\n'],
    ['a quoted value with other quotes', 'DB_PASSWORD="', "Zk3'v`Q8!mN", '"\n'],
    ['a quoted value with an escaped quote', 'password = "', 'Zk3\\"vQ8!mN', '";\n'],
    ['a quoted value of 3,000 characters', 'token = "', random.text(base62, 3000), '";\n'],
    ['an unquoted value of 3,000 characters', 'API_TOKEN=', random.text(base62, 3000), '\n'],
  ];
  for (const [name, before, secret, end] of files) {
    it(`finds ${name} [U22, R39]`, async () => {
      const { isFound, extra } = await coverageOf(before + secret + end, secret);
      assert.ok(isFound);
      assert.ok(extra <= 2, `${extra} characters too many`);
    });
  }
});

describe('scanForSecrets: the end of a finding', () => {
  it('is not inside a token: the next character is no letter, digit, hyphen or underscore [R42]', async () => {
    const cut: string[] = [];
    for (const kind of [...sampleKinds, ...serviceKeyKinds]) {
      for (let index = 0; index < 6; index += 1) {
        const { text } = sampleOf(kind, index);
        for (const { end, kind: found } of await scanForSecrets(text, { limitMs: 60_000 })) {
          if (found !== 'privateKey' && /^[\w-]{2}/.test(text.slice(end - 1, end + 1))) cut.push(text);
        }
      }
    }
    assert.deepEqual(cut, []);
  });

  it('covers a key that is longer than usual [R42]', async () => {
    const cut: string[] = [];
    for (const { make, name } of serviceKeyKinds) {
      const secret = `${String(make(new Random(5)))}${new Random(6).text('abcdef0123456789', 40)}`;
      const text = `key "${secret}"`;
      for (const { end } of await scanForSecrets(text, { limitMs: 60_000 })) {
        if (end < text.length - 1) cut.push(`${name}: ${text.slice(0, end)} | ${text.slice(end)}`);
      }
    }
    assert.deepEqual(cut, []);
  });
});
