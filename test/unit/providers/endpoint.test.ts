import assert from 'node:assert/strict';
import { VSCODE_MODELS_URL } from '../../../src/core/chat';
import { isQuilletError } from '../../../src/core/errors';
import { knownProviderIds, mergeParameters, resolveEndpoint } from '../../../src/providers/endpoint';
import { parseSettings } from '../../../src/settings/common/settings';

function endpointOf(providers: object, id: string, headers: object = {}) {
  return resolveEndpoint(parseSettings({ providers, headers }).settings, id);
}

function problemOf(providers: object, id: string): unknown {
  try {
    return endpointOf(providers, id);
  } catch (thrown) {
    assert.ok(isQuilletError(thrown));
    return [thrown.kind, thrown.details.subject];
  }
}

describe('resolveEndpoint', () => {
  it('resolves a preset without settings', () => {
    assert.deepEqual(endpointOf({}, 'openai'), {
      providerId: 'openai',
      label: 'OpenAI',
      baseUrl: 'https://api.openai.com/v1',
      api: 'chat',
      headers: {},
      needsKey: true,
      parameters: {},
    });
    assert.equal(endpointOf({}, 'ollama').needsKey, false);
  });

  it("resolves VS Code's own models without an address, headers or a key", () => {
    const extra = { contextWindow: 4000, body: { thinking: true }, parameters: { temperature: 0 } };
    const ignored = { apiKeyEnv: 'KEY', needsKey: true, headers: { a: 'b' } };
    assert.deepEqual(endpointOf({ own: { preset: 'vscode', ...extra, ...ignored } }, 'own', { c: 'd' }), {
      providerId: 'own',
      label: 'VS Code',
      baseUrl: VSCODE_MODELS_URL,
      api: 'vscode',
      headers: {},
      needsKey: false,
      contextWindow: 4000,
      extraBodies: [{ body: { thinking: true } }],
      parameters: { temperature: 0 },
    });
  });

  it('takes a provider with an address for a server, also by the name of another preset', () => {
    const { api, baseUrl } = endpointOf({ vscode: { baseUrl: 'https://llm.example.com/v1' } }, 'vscode');
    assert.deepEqual([api, baseUrl], ['chat', 'https://llm.example.com/v1']);
    assert.deepEqual(problemOf({ vscode: { api: 'chat' } }, 'vscode'), ['cfg.url', 'empty']);
  });

  it('takes the style of a pasted request URL unless the settings name one', () => {
    const baseUrl = 'https://llm.example.com/v1/responses';
    assert.equal(endpointOf({ a: { baseUrl } }, 'a').api, 'responses');
    assert.equal(endpointOf({ a: { baseUrl, api: 'chat' } }, 'a').api, 'chat');
    assert.equal(endpointOf({ a: { baseUrl: 'https://h/chat/completions' } }, 'a').baseUrl, 'https://h');
  });

  it('adds the headers of the Messages API', () => {
    const { api, headers, keyHeader } = endpointOf({}, 'anthropic');
    assert.deepEqual([api, headers, keyHeader], ['messages', { 'anthropic-version': '2023-06-01' }, 'x-api-key']);
    const own = { baseUrl: 'https://h/v1', api: 'messages', headers: { 'Anthropic-Version': '2027-01-01' } };
    assert.deepEqual(endpointOf({ own }, 'own').headers, own.headers);
    assert.equal(endpointOf({ own: { ...own, keyHeader: 'api-key' } }, 'own').keyHeader, 'api-key');
    assert.equal(endpointOf({ own: { ...own, keyHeader: 'Authorization' } }, 'own').keyHeader, undefined);
    const vertex = 'https://h/v1/projects/p/locations/l/publishers/anthropic/models';
    assert.equal(endpointOf({ own: { baseUrl: vertex } }, 'own').keyHeader, undefined);
    const azure = { baseUrl: 'https://r.services.ai.azure.com/anthropic', auth: 'microsoft' };
    const { api: azureApi, keyHeader: azureHeader } = endpointOf({ azure }, 'azure');
    assert.deepEqual([azureApi, azureHeader], ['messages', undefined]);
  });

  it('prefers the settings over the preset, field by field', () => {
    const mine = {
      preset: 'openai',
      label: 'Mine',
      baseUrl: ' https://llm.example.com/ ',
      headers: { 'X-A': 'mine' },
      parameters: { temperature: 0 },
      apiKeyEnv: 'MY_KEY',
    };
    assert.deepEqual(endpointOf({ mine }, 'mine', { 'X-A': 'all', 'X-B': 'all' }), {
      providerId: 'mine',
      label: 'Mine',
      baseUrl: 'https://llm.example.com/v1',
      api: 'chat',
      headers: { 'X-A': 'mine', 'X-B': 'all' },
      needsKey: true,
      apiKeyEnv: 'MY_KEY',
      parameters: { temperature: 0 },
    });
  });

  it('does not use the label of a preset for another server', () => {
    assert.equal(endpointOf({ openai: { baseUrl: 'https://gateway.example.com/v1' } }, 'openai').label, 'openai');
    assert.equal(endpointOf({ openai: {} }, 'openai').label, 'OpenAI');
  });

  it('needs no key for a server on this machine, unless the settings say so', () => {
    const local = { preset: 'openai', baseUrl: 'http://localhost:1234/v1' };
    assert.equal(endpointOf({ local }, 'local').needsKey, false);
    assert.equal(endpointOf({ local: { ...local, needsKey: true } }, 'local').needsKey, true);
    assert.equal(endpointOf({ far: { baseUrl: 'https://h/v1', needsKey: true } }, 'far').needsKey, true);
  });

  it('rejects an unknown provider and names the known ones [C10]', () => {
    const [kind, subject] = problemOf({ mine: {} }, 'missing') as [string, string];
    assert.equal(kind, 'cfg.provider');
    assert.match(subject, /^mine, openai, /);
    for (const id of ['constructor', '__proto__', 'toString', '']) {
      assert.equal((problemOf({}, id) as string[])[0], 'cfg.provider', id);
    }
  });

  const urls: readonly [string | undefined, string][] = [
    [undefined, 'empty'],
    ['', 'empty'],
    ['localhost:1234', 'noScheme'],
    ['ftp://h/v1', 'badScheme'],
    ['data:text/plain,x', 'badScheme'],
    ['https://u:hunter2@h/v1', 'userInfo'],
    ['http://llm.example.com/v1', 'insecure'],
    ['https://h/v1#x', 'fragment'],
  ];
  for (const [baseUrl, problem] of urls) {
    it(`rejects the base URL ${JSON.stringify(baseUrl)} (${problem}) without a fallback [C01 to C08, R22]`, () => {
      const mine = baseUrl === undefined ? {} : { baseUrl };
      assert.deepEqual(problemOf({ mine }, 'mine'), ['cfg.url', problem]);
    });
  }

  it('rejects a cleared base URL of a preset instead of using another server [R22]', () => {
    assert.deepEqual(problemOf({ mine: { preset: 'openai', baseUrl: '' } }, 'mine'), ['cfg.url', 'empty']);
    assert.deepEqual(problemOf({}, 'azure'), ['cfg.url', 'empty']);
  });

  it('reads extra fields for all models and for one', () => {
    const mine = {
      baseUrl: 'https://h/v1',
      body: { top_k: 40, stop: null },
      models: ['plain', { id: 'm', body: { min_p: 0.1 } }, { id: 'bare' }],
    };
    const { extraBodies } = endpointOf({ mine }, 'mine');
    assert.deepEqual(extraBodies, [{ body: { top_k: 40, stop: null } }, { model: 'm', body: { min_p: 0.1 } }]);
    assert.equal(endpointOf({ mine: { baseUrl: 'https://h/v1', body: null } }, 'mine').extraBodies, undefined);
  });

  it('adds the query to the address', () => {
    const query = { 'api-version': '2025-04-01', name: 'a b&c' };
    const urlOf = (baseUrl: string) => endpointOf({ mine: { baseUrl, query } }, 'mine').baseUrl;
    assert.equal(urlOf('https://h/v1'), 'https://h/v1?api-version=2025-04-01&name=a%20b%26c');
    assert.equal(urlOf('https://h/v1?name=x&other=1'), 'https://h/v1?name=a%20b%26c&other=1&api-version=2025-04-01');
    const own = { request: { url: 'https://h//generate?a=1', body: {} }, query };
    assert.equal(
      endpointOf({ own }, 'own').request?.url,
      'https://h//generate?a=1&api-version=2025-04-01&name=a%20b%26c',
    );
  });

  const invalid: readonly (readonly [object, string, string, string?])[] = [
    [{ body: ['a'] }, 'body', 'notJson'],
    [{ body: 'text' }, 'body', 'notJson'],
    [{ body: { a: 'x'.repeat(70_000) } }, 'body', 'tooLong'],
    [{ body: { messages: [] } }, 'body', 'protected', 'messages'],
    [{ models: [{ id: 'm', body: { model: 'x' } }] }, 'models.m.body', 'protected', 'model'],
    [{ query: { a: 1 } }, 'query', 'notText'],
    [{ query: ['a'] }, 'query', 'notText'],
    [{ query: 'a=b' }, 'query', 'notText'],
    [{ query: { 'api-key': 'x' } }, 'query', 'protected', 'api-key'],
    [{ query: { a: 'x'.repeat(3000) } }, 'query', 'tooLong'],
  ];
  for (const [fields, subject, code, parameter] of invalid) {
    it(`rejects ${JSON.stringify(fields).slice(0, 60)}, so that nothing is sent without it`, () => {
      assert.throws(
        () => endpointOf({ mine: { baseUrl: 'https://h/v1', ...fields } }, 'mine'),
        (thrown) => {
          assert.ok(isQuilletError(thrown));
          const { details } = thrown;
          assert.deepEqual([thrown.kind, details.subject, details.code], ['cfg.field', subject, code]);
          assert.equal(details.parameter, parameter);
          return true;
        },
      );
    });
  }

  it('uses accounts only for their own servers, and a preset uses its account unless another source is named', () => {
    const authOf = (providers: object, id: string) => resolveEndpoint(parseSettings({ providers }).settings, id).auth;
    assert.equal(authOf({}, 'github'), 'github');
    assert.equal(authOf({ github: { apiKeyEnv: 'PAT' } }, 'github'), undefined);
    assert.equal(authOf({ github: { baseUrl: 'https://proxy.example.com/v1' } }, 'github'), undefined);
    assert.equal(authOf({ mine: { baseUrl: 'https://r.openai.azure.com', auth: 'microsoft' } }, 'mine'), 'microsoft');
    for (const [baseUrl, auth] of [
      ['https://r.openai.azure.com', 'github'],
      ['https://models.github.ai/inference', 'microsoft'],
      ['https://r.openai.azure.com.example.com/v1', 'microsoft'],
    ]) {
      assert.throws(() => authOf({ mine: { baseUrl, auth } }, 'mine'), { kind: 'cfg.field' });
    }
  });

  it('knows the providers in the settings and the complete presets', () => {
    const ids = knownProviderIds(parseSettings({ providers: { mine: {}, openai: {} } }).settings);
    assert.deepEqual(ids.slice(0, 2), ['mine', 'openai']);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes('ollama') && !ids.includes('azure') && !ids.includes('custom'));
  });

  it('merges parameters field by field, with later sets winning', () => {
    const merged = mergeParameters({ temperature: 1, seed: 1 }, { temperature: 0 }, {}, { topP: 0.5 });
    assert.deepEqual(merged, { temperature: 0, seed: 1, topP: 0.5 });
    assert.deepEqual(mergeParameters(), {});
  });
});
