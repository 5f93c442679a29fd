import * as assert from 'node:assert/strict';
import { isLoopback, keyScope, sameOrigin } from '../../../src/util/origin';

describe('origin', () => {
  const scopes: readonly [string, string][] = [
    ['https://api.openai.com/v1', 'https://api.openai.com'],
    ['https://api.openai.com', 'https://api.openai.com'],
    ['https://api.groq.com/openai/v1', 'https://api.groq.com'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'https://generativelanguage.googleapis.com'],
    ['https://open.bigmodel.cn/api/paas/v4', 'https://open.bigmodel.cn'],
    ['https://resource.openai.azure.com/openai/v1?api-version=preview', 'https://resource.openai.azure.com'],
    ['https://gateway.example/v1/account/gateway/openai', 'https://gateway.example/v1/account/gateway/openai'],
    ['https://shared.example/team-a/v1', 'https://shared.example/team-a/v1'],
    ['https://shared.example:8443/team-a/v1', 'https://shared.example:8443/team-a/v1'],
    ['http://localhost:11434/v1', 'http://localhost:11434'],
    ['http://127.0.0.1:4000/team-a/v1', 'http://127.0.0.1:4000'],
    ['vscode://models', 'vscode://models'],
  ];
  for (const [baseUrl, scope] of scopes) {
    it(`stores the key for ${baseUrl} under ${scope} [R02]`, () => assert.equal(keyScope(baseUrl), scope));
  }

  it('separates the keys of tenants, ports and schemes of a host [R02]', () => {
    const bases = [
      'https://h/a/v1',
      'https://h/b/v1',
      'https://h:444/a/v1',
      'http://localhost:1/v1',
      'https://localhost:1/v1',
    ];
    assert.equal(new Set(bases.map(keyScope)).size, bases.length);
  });

  const loopback: readonly [string, boolean][] = [
    ['http://localhost:1234/v1', true],
    ['http://LOCALHOST/', true],
    ['http://127.0.0.1/', true],
    ['http://127.255.255.254/', true],
    ['http://127.1/', true],
    ['http://2130706433/', true],
    ['http://[::1]:8080/', true],
    ['http://128.0.0.1/', false],
    ['http://0.0.0.0/', false],
    ['http://localhost.example.com/', false],
    ['http://127.0.0.1.example.com/', false],
    ['http://localhost@example.com/', false],
    ['http://localhost./', false],
    ['http://[::]/', false],
    ['no address', false],
  ];
  for (const [url, expected] of loopback) {
    it(`says that ${url} is ${expected ? '' : 'not '}this machine [R04, E17]`, () =>
      assert.equal(isLoopback(url), expected));
  }

  const pairs: readonly [string, string, boolean][] = [
    ['https://h/v1', 'https://H:443/other?x', true],
    ['https://h/', 'http://h/', false],
    ['https://h/', 'https://h:444/', false],
    ['https://h/', 'https://h.attacker.example/', false],
    ['https://h/', 'https://h@attacker.example/', false],
    ['data:a', 'data:a', false],
    ['file:///a', 'file:///a', false],
    ['nonsense', 'nonsense', false],
  ];
  for (const [a, b, expected] of pairs) {
    it(`says that ${a} and ${b} have ${expected ? 'the same origin' : 'different origins'} [H19]`, () =>
      assert.equal(sameOrigin(a, b), expected));
  }
});
