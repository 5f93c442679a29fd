import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { ChatRequest, StreamEvent } from '../../../../src/core/chat';
import { openaiChat } from '../../../../src/llm/apis/openaiApis';
import { preloadSdk } from '../../../../src/llm/apis/openaiClient';
import { canaryKey, endpointAt, useServer } from '../../../support/llmHarness';
import { apiError, streamed } from '../../../support/scenario';

describe('openaiChat', () => {
  const server = useServer();

  function requestTo(baseUrl: string): ChatRequest {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello?' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Again?' },
    ] as const;
    return { endpoint: endpointAt(baseUrl), model: 'some-model', messages, parameters: {} };
  }

  async function events(signal = new AbortController().signal): Promise<StreamEvent[]> {
    const seen: StreamEvent[] = [];
    for await (const event of openaiChat.stream(requestTo(server().url), { key: canaryKey, signal })) seen.push(event);
    return seen;
  }

  it('reports what the server sends, in order', async () => {
    server().script(streamed(['Hel', 'lo'], { headers: { 'x-request-id': 'req-1' } }));
    const model = { kind: 'model', model: 'fake-model' };
    assert.deepEqual(await events(), [
      { kind: 'headers', status: 200, requestId: 'req-1' },
      model,
      model,
      { kind: 'text', text: 'Hel' },
      model,
      { kind: 'text', text: 'lo' },
      model,
      { kind: 'finish', reason: 'stop' },
      model,
      { kind: 'usage', usage: { inputTokens: 21, outputTokens: 34, totalTokens: 55 } },
      { kind: 'done' },
    ]);
  });

  it('sends the whole conversation with its roles', async () => {
    server().script(streamed(['Hello']));
    await events();
    assert.deepEqual(server().requests[0]?.json?.['messages'], requestTo(server().url).messages);
  });

  it('makes only one attempt', async () => {
    server().script(apiError(500, { message: 'Oops.' }, { 'x-should-retry': 'true' }));
    await assert.rejects(events(), { name: 'QuilletError', kind: 'http.5xx' });
    assert.equal(server().requests.length, 1);
  });

  it('closes the connection when the caller stops reading', async () => {
    server().script(streamed(['Hello'], { then: [{ do: 'hang' }] }));
    for await (const event of openaiChat.stream(requestTo(server().url), {
      key: undefined,
      signal: new AbortController().signal,
    })) {
      if (event.kind === 'text') break;
    }
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('throws on an abort in the middle, although the SDK ends its loop without an error [X09, R46]', async () => {
    server().script(streamed(['Hello'], { then: [{ do: 'hang' }] }));
    const stop = new AbortController();
    const seen: StreamEvent[] = [];
    const reading = (async () => {
      for await (const event of openaiChat.stream(requestTo(server().url), { key: undefined, signal: stop.signal })) {
        seen.push(event);
        if (event.kind === 'text') setTimeout(() => stop.abort(), 10);
      }
    })();
    await assert.rejects(reading, { kind: 'cancelled' });
    assert.ok(seen.some((event) => event.kind === 'text'));
  });

  it('uses the pinned version of the SDK [R48]', () => {
    const versionIn = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8'));
    const { version } = versionIn('node_modules/openai/package.json');
    assert.equal(versionIn('package.json').dependencies.openai, version);
    assert.match(version, /^\d+\.\d+\.\d+$/);
  });

  it('can load the SDK ahead of time', async () => {
    await preloadSdk();
    assert.equal(server().requests.length, 0);
  });
});
