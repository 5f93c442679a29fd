import assert from 'node:assert/strict';
import type { AttemptTrace } from '../../../src/core/attemptTrace';
import type { ChatMessage, Endpoint } from '../../../src/core/chat';
import { findPictureProblem } from '../../../src/core/messagePictures';
import type { Picture } from '../../../src/core/picture';
import { asFields } from '../../../src/util/json';
import { sha256 } from '../../../src/util/sha256';
import { httpEndpoint } from '../../support/httpEndpoints';
import { endpointAt, newService, runAt, useServer } from '../../support/llmHarness';
import { messagesStream, responsesStream, textCompletion } from '../../support/otherApis';
import { png } from '../../support/pictures';
import { json, streamed } from '../../support/scenario';

describe('pictures', () => {
  const server = useServer();
  // More than one part of the encoder, and not a multiple of its length.
  const bytes = png(640, 400, 100_001);
  const base64 = Buffer.from(bytes).toString('base64');
  let picture: Picture;
  let messages: readonly ChatMessage[];
  let placeholder = '';

  before(async () => {
    picture = { bytes, format: 'png', width: 640, height: 400, hash: await sha256(bytes) };
    placeholder = `<picture-${picture.hash.slice(0, 16)}.png 640×400, 100001 bytes>`;
    messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Code.' },
      { role: 'user', content: 'What is this?', pictures: [picture] },
      { role: 'assistant', content: 'A button.' },
      { role: 'user', content: 'Which color?' },
    ];
  });

  async function send(endpoint: Endpoint) {
    const traces: AttemptTrace[] = [];
    const run = await runAt(server().url, { endpoint, messages, onAttempt: (trace) => traces.push(trace) });
    assert.equal(run.outcome, 'ok', run.error?.message);
    const described = newService().describeRequest({ endpoint, model: 'quillet-test', messages, parameters: {} });
    return { sent: server().requests[0]?.json, described: described.wire.body, logged: traces[0]?.request.wire.body };
  }

  function chatMessages(content: string) {
    return [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Code.\n\nWhat is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${content}` } },
        ],
      },
      { role: 'assistant', content: 'A button.' },
      { role: 'user', content: 'Which color?' },
    ];
  }

  it('are sent in the chat style, and shown with name and size', async () => {
    server().script(streamed(['Blue.']));
    const { sent, described, logged } = await send(endpointAt(server().url));
    assert.deepEqual(sent?.['messages'], chatMessages(base64));
    for (const shown of [described, logged]) {
      assert.deepEqual((shown as { messages: unknown }).messages, chatMessages(placeholder));
    }
  });

  it('are sent in the responses style', async () => {
    server().script(responsesStream(['Blue.']), 'responses');
    const { sent, described } = await send(endpointAt(server().url, { api: 'responses' }));
    const content = (text: string) => [
      { type: 'input_text', text: 'Code.\n\nWhat is this?' },
      { type: 'input_image', image_url: `data:image/png;base64,${text}`, detail: 'auto' },
    ];
    assert.deepEqual((sent as { input: { content: unknown }[] }).input[1]?.content, content(base64));
    assert.deepEqual((described as { input: { content: unknown }[] }).input[1]?.content, content(placeholder));
  });

  it('are sent in the messages style', async () => {
    server().script(messagesStream(['Blue.']), 'messages');
    const { sent, described } = await send(endpointAt(server().url, { api: 'messages' }));
    const content = (data: string) => [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
      { type: 'text', text: 'Code.\n\nWhat is this?' },
    ];
    assert.deepEqual((sent as { messages: { content: unknown }[] }).messages[0]?.content, content(base64));
    assert.deepEqual((described as { messages: { content: unknown }[] }).messages[0]?.content, content(placeholder));
  });

  it('need no text in the messages style, and can end a conversation', () => {
    const endpoint = endpointAt('https://llm.example.com/v1', { api: 'messages' });
    const ask = [{ role: 'user', content: '', pictures: [picture] }] as const;
    const request = { endpoint, model: 'm', messages: ask, parameters: {}, isConversation: true };
    const source = { type: 'base64', media_type: 'image/png', data: placeholder };
    const content = [{ type: 'image', source, cache_control: { type: 'ephemeral' } }];
    assert.deepEqual(asFields(newService().describeRequest(request).wire.body)?.['messages'], [
      { role: 'user', content },
    ]);
  });

  it('are sent as Base64 where the body of an own request has a place for them', async () => {
    server().script(json({ choices: [{ text: 'Blue.', finish_reason: 'stop' }] }), 'other');
    const { origin } = new URL(server().url);
    const body = { prompt: '${prompt}', images: '${images}' };
    const { sent, described } = await send(httpEndpoint(origin, { url: `${origin}/v1/generate`, body }));
    assert.deepEqual(sent?.['images'], [base64]);
    assert.deepEqual((described as { images: unknown }).images, [placeholder]);
  });

  it('leave a field for pictures out where there are none', async () => {
    const body = { prompt: '${prompt}', images: '${images}' };
    const endpoint = httpEndpoint('https://llm.example.com', { body });
    const request = { endpoint, model: 'm', messages: [{ role: 'user', content: 'Hi' }] as const, parameters: {} };
    assert.deepEqual(newService().describeRequest(request).wire.body, { prompt: 'Hi' });
  });

  it('stay in an edited body, and text that looks like one is sent as it is', async () => {
    server().script(streamed(['Blue.']));
    const url = `data:image/png;base64,${placeholder}`;
    const body = {
      model: 'm',
      stream: true,
      edited: url,
      text: `See ${url}`,
      unknown: url.replace('picture-', 'picture-0'),
    };
    await runAt(server().url, { endpoint: endpointAt(server().url), messages, body });
    const sent = server().requests[0]?.json;
    assert.equal(sent?.['edited'], `data:image/png;base64,${base64}`);
    assert.equal(sent?.['text'], body.text);
    assert.equal(sent?.['unknown'], body.unknown);
  });

  it('are a problem where the API style has no place for them', () => {
    const { origin } = new URL(server().url);
    server().script(textCompletion(['never']), 'completions');
    const problemOf = (endpoint: Endpoint) => findPictureProblem(endpoint, [picture])?.kind;
    assert.equal(problemOf(endpointAt(server().url)), undefined);
    assert.equal(problemOf(endpointAt(server().url, { api: 'responses' })), undefined);
    assert.equal(problemOf(endpointAt(server().url, { api: 'messages' })), undefined);
    assert.equal(problemOf(endpointAt(server().url, { api: 'completions' })), 'picture.style');
    assert.equal(problemOf(httpEndpoint(origin)), 'picture.style');
    assert.equal(problemOf(httpEndpoint(origin, { body: { images: '${images}' } })), undefined);
    assert.equal(findPictureProblem(httpEndpoint(origin), []), undefined);
    server().reset();
  });
});
