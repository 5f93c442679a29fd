import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ApiStyle, ParameterSet } from '../../../src/core/chat';
import { httpEndpoint } from '../../support/httpEndpoints';
import { endpointAt, newService, runAt, useServer } from '../../support/llmHarness';
import { checkAsyncProperty } from '../../support/properties';
import { apiError, json, streamed } from '../../support/scenario';

const styles: readonly ApiStyle[] = ['chat', 'responses', 'messages', 'completions', 'http'];

const parameterSets: fc.Arbitrary<ParameterSet> = fc.record(
  {
    temperature: fc.constantFrom(0, 0.7, 1e-7, 2),
    topP: fc.constantFrom(0.5, 1),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    stop: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    seed: fc.integer(),
    reasoningEffort: fc.constantFrom('low', 'high'),
  },
  { requiredKeys: [] },
);

describe('describeRequest', () => {
  const server = useServer();

  for (const api of styles) {
    it(`describes what ${api} sends, byte for byte (property)`, async () => {
      const endpoint =
        api === 'http'
          ? httpEndpoint(new URL(server().url).origin)
          : endpointAt(server().url, { api, headers: { 'x-team': 'a' } });
      const content = fc.string({ unit: 'grapheme', minLength: 1 });
      await checkAsyncProperty(
        fc.asyncProperty(content, parameterSets, async (prompt, parameters) => {
          server().script(json({ choices: [{ text: 'Hello', finish_reason: 'stop' }] }), 'other');
          const service = newService();
          const request = {
            endpoint,
            model: 'some-model',
            messages: [{ role: 'user', content: prompt } as const],
            parameters,
          };
          const { wire: wireRequest } = service.describeRequest(request);
          await runAt(server().url, { service, endpoint, prompt, parameters });
          const sent = server().requests.at(-1);
          assert.equal(JSON.stringify(wireRequest.body), sent?.body);
          assert.equal(new URL(wireRequest.url).pathname, sent?.path);
          assert.equal(wireRequest.method, sent?.method);
          for (const [name, value] of Object.entries(wireRequest.headers)) assert.equal(sent?.headers[name], value);
        }),
        { seed: 7, numRuns: 20 },
      );
    });

    it(`omits the key for ${api}`, () => {
      const endpoint = api === 'http' ? httpEndpoint(new URL(server().url).origin) : endpointAt(server().url, { api });
      const { wire: wireRequest } = newService().describeRequest({
        endpoint,
        model: 'm',
        messages: [],
        parameters: {},
      });
      assert.ok(!JSON.stringify(wireRequest).toLowerCase().includes('authorization'));
    });
  }

  it('includes what was negotiated with the server', async () => {
    const service = newService();
    const message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.";
    server().scriptNext([apiError(400, { message, param: 'max_tokens' }), streamed(['Hello'])]);
    await runAt(server().url, { service, parameters: { maxOutputTokens: 5 } });
    const request = {
      endpoint: endpointAt(server().url),
      model: 'some-model',
      messages: [],
      parameters: { maxOutputTokens: 5 },
    };
    const { body } = service.describeRequest(request).wire;
    assert.equal((body as { max_completion_tokens?: number }).max_completion_tokens, 5);
  });
});

describe('a body edited by the user', () => {
  const server = useServer();
  const body = { model: 'm2', messages: [{ role: 'user', content: 'Mine' }], stream: false, x_extra: [1, null] };

  for (const api of ['chat', 'responses', 'messages', 'completions'] as const) {
    it(`is sent unchanged by ${api}`, async () => {
      await runAt(server().url, { endpoint: { api }, body });
      assert.equal(server().requests[0]?.body, JSON.stringify(body));
    });
  }

  it('is not negotiated', async () => {
    server().script(apiError(400, { message: "Unsupported parameter: 'temperature'", param: 'temperature' }));
    const run = await runAt(server().url, { body: { ...body, temperature: 1 }, parameters: { temperature: 1 } });
    assert.equal(run.error?.kind, 'http.400');
    assert.equal(server().requests.length, 1);
  });

  it('must be an object', async () => {
    const run = await runAt(server().url, { body: [1] });
    assert.equal(run.error?.kind, 'cfg.request');
    assert.equal(server().requests.length, 0);
  });
});
