import * as assert from 'node:assert/strict';
import { findSecretsInSettings, omitPath } from '../../../../src/settings/common/secretsInSettings';

const key = 'sk-CANARY0123456789';

function found(raw: object): string[] {
  return findSecretsInSettings(raw).map(({ setting, path }) => [setting, ...path].join('.'));
}

describe('keys in the settings', () => {
  for (const field of [
    'apiKey',
    'api_key',
    'api-key',
    'apikey',
    'key',
    'token',
    'accessToken',
    'secret',
    'Authorization',
  ]) {
    it(`R15: finds one in the field ${field} of a provider`, () => {
      const [secret, ...others] = findSecretsInSettings({
        providers: { mine: { baseUrl: 'x', [field]: `Bearer ${key}` } },
      });
      assert.deepEqual(others, []);
      assert.deepEqual(secret, { setting: 'providers', path: ['mine', field], providerId: 'mine', key });
    });
  }

  it('R15: finds them in headers, and which header they were meant for', () => {
    assert.deepEqual(
      findSecretsInSettings({ headers: { authorization: `Bearer ${key}`, 'X-Team': 'blue-blue-blue' } }),
      [{ setting: 'headers', path: ['authorization'], providerId: undefined, key }],
    );
    assert.deepEqual(findSecretsInSettings({ providers: { mine: { headers: { 'x-api-key': key } } } }), [
      { setting: 'providers', path: ['mine', 'headers', 'x-api-key'], providerId: 'mine', keyHeader: 'x-api-key', key },
    ]);
  });

  it('R15: what names a key is none, and neither is what cannot be one', () => {
    const names = {
      apiKeyEnv: 'OPENAI_API_KEY',
      apiKeyCommand: ['op', 'read'],
      keyHeader: 'api-key-of-mine',
      needsKey: true,
    };
    const others = {
      apiKey: '',
      token: 'none',
      secret: '${env:MY_SECRET}',
      key: 12345678,
      password: 'two\nlines-of-it',
    };
    assert.deepEqual(found({ providers: { mine: { ...names, ...others, label: key } } }), []);
    for (const raw of [undefined, null, 1, key, [key], { mine: [key] }]) {
      assert.deepEqual(found({ providers: raw, headers: raw }), []);
    }
  });

  it('takes out one path and leaves the rest as it is', () => {
    const before = { mine: { apiKey: key, headers: { a: '1', b: '2' } }, other: { apiKey: key } };
    assert.deepEqual(omitPath(before, ['mine', 'apiKey']), {
      mine: { headers: before.mine.headers },
      other: before.other,
    });
    assert.deepEqual(omitPath(before, ['mine', 'headers', 'a']), {
      mine: { apiKey: key, headers: { b: '2' } },
      other: before.other,
    });
    assert.deepEqual(omitPath(before, ['nobody', 'apiKey']), before);
    assert.deepEqual(before.mine.headers, { a: '1', b: '2' });
  });
});
