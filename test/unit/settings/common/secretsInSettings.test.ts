import * as assert from 'node:assert/strict';
import { findSecretsInSettings, omitPath } from '../../../../src/settings/common/secretsInSettings';

const key = 'sk-CANARY0123456789';

function findPaths(raw: object): string[] {
  return findSecretsInSettings(raw).map(({ setting, path }) => [setting, ...path].join('.'));
}

describe('findSecretsInSettings', () => {
  for (const field of [
    'apiKey',
    'api_key',
    'subscription-key',
    'client_secret',
    'sig',
    'api-key',
    'apikey',
    'key',
    'token',
    'accessToken',
    'secret',
    'Authorization',
  ]) {
    it(`finds a key in the field ${field} of a provider [R15]`, () => {
      const [secret, ...others] = findSecretsInSettings({
        providers: { mine: { baseUrl: 'x', [field]: `Bearer ${key}` } },
      });
      assert.deepEqual(others, []);
      assert.deepEqual(secret, { setting: 'providers', path: ['mine', field], providerId: 'mine', key });
    });
  }

  it('finds keys in headers and returns the header [R15]', () => {
    assert.deepEqual(
      findSecretsInSettings({ headers: { authorization: `Bearer ${key}`, 'X-Team': 'blue-blue-blue' } }),
      [{ setting: 'headers', path: ['authorization'], providerId: undefined, key }],
    );
    assert.deepEqual(findSecretsInSettings({ providers: { mine: { headers: { 'x-api-key': key } } } }), [
      { setting: 'providers', path: ['mine', 'headers', 'x-api-key'], providerId: 'mine', keyHeader: 'x-api-key', key },
    ]);
  });

  it('ignores names of keys and invalid keys [R15]', () => {
    const names = {
      apiKeyEnv: 'OPENAI_API_KEY',
      apiKeyCommand: ['op', 'read'],
      keyHeader: 'api-key-of-mine',
      auth: 'microsoft',
      needsKey: true,
    };
    const others = {
      apiKey: '',
      token: 'none',
      secret: '${env:MY_SECRET}',
      key: 12345678,
      password: 'two\nlines-of-it',
    };
    assert.deepEqual(findPaths({ providers: { mine: { ...names, ...others, label: key } } }), []);
    for (const raw of [undefined, null, 1, key, [key], { mine: [key] }]) {
      assert.deepEqual(findPaths({ providers: raw, headers: raw }), []);
    }
  });
});

describe('omitPath', () => {
  it('returns a copy without the entry', () => {
    const before = { mine: { apiKey: key, headers: { a: '1', b: '2' } }, other: { apiKey: key } };
    assert.deepEqual(omitPath(before, ['mine', 'apiKey']), {
      mine: { headers: before.mine.headers },
      other: before.other,
    });
    assert.deepEqual(omitPath(before, ['mine', 'headers', 'a']), {
      mine: { apiKey: key, headers: { b: '2' } },
      other: before.other,
    });
    assert.deepEqual(omitPath(before, ['missing', 'apiKey']), before);
    assert.deepEqual(before.mine.headers, { a: '1', b: '2' });
  });
});
