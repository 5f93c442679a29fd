import assert from 'node:assert/strict';
import { type Expected, expectRun, knownUsage, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { responseEvent, responsesStream, responsesUsage, textCompletion, wholeResponse } from '../../support/otherApis';
import { apiError, doneFrame, framesOf, html, type Scenario, send } from '../../support/scenario';

const conversation = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: 'Again?' },
] as const;
const complete: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage };

describe('a run with the Responses API', () => {
  const server = useServer();
  const options: RunOptions = { endpoint: { api: 'responses' }, messages: conversation };

  it('sends only the conversation and what is set, and stores nothing at the server', async () => {
    server().script(responsesStream(['Hel', 'lo']), 'responses');
    const run = await expectRun(server(), complete, options);
    assert.deepEqual([run.finishReason, run.reportedModel, run.status], ['stop', 'fake-model', 200]);
    assert.deepEqual(
      server().requests.map(({ method, path }) => `${method} ${path}`),
      ['POST /v1/responses'],
    );
    assert.deepEqual(server().requests[0]?.json, {
      model: 'some-model',
      input: conversation,
      store: false,
      stream: true,
    });
  });

  it('sends every supported parameter under its own name', async () => {
    server().script(responsesStream(['Hello']), 'responses');
    const parameters = {
      temperature: 0,
      topP: 0.5,
      maxOutputTokens: 10,
      stop: ['END'],
      seed: 7,
      reasoningEffort: 'low',
    };
    await runAt(server().url, { ...options, parameters });
    const { model: _m, input: _i, store: _s, stream: _t, ...sent } = server().requests[0]?.json ?? {};
    assert.deepEqual(sent, { temperature: 0, top_p: 0.5, max_output_tokens: 10, reasoning: { effort: 'low' } });
  });

  const incomplete = (reason: string) => ({ status: 'incomplete', incomplete_details: { reason } });
  const failed = { status: 'failed', error: { code: 'server_error', message: 'The model crashed.' } };
  const crashed = { type: 'error', code: 'server_error', message: 'The model crashed.', param: null };
  const delta = (text: string) => responseEvent('response.output_text.delta', { delta: text });
  const whole = { id: 'b', type: 'message', content: [{ type: 'output_text', text: 'Hello' }] };
  const refusal = responseEvent('response.refusal.delta', { delta: 'No.' });
  const completed = responseEvent('response.completed', {
    response: { status: 'completed', model: 'fake-model', usage: responsesUsage },
  });

  const cases: readonly (readonly [string, Scenario, Expected])[] = [
    [
      'keeps an answer that is incomplete because of the token limit',
      responsesStream(['Hello'], incomplete('max_output_tokens')),
      { ...complete, warnings: ['finish.length'] },
    ],
    [
      'fails at the token limit before any text',
      responsesStream([], incomplete('max_output_tokens')),
      { outcome: 'failed', kind: 'finish.length', usage: knownUsage },
    ],
    [
      'reports an answer stopped by the content filter',
      responsesStream(['Hello'], incomplete('content_filter')),
      { outcome: 'truncated', kind: 'finish.filter', text: 'Hello', usage: knownUsage },
    ],
    [
      'warns about an incomplete answer without a reason',
      responsesStream(['Hello'], { status: 'incomplete' }),
      { ...complete, warnings: ['finish.other incomplete'] },
    ],
    [
      'keeps the text before response.failed [S18]',
      responsesStream(['Hello'], failed),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'fails on response.failed before any text [S18]',
      responsesStream([], failed),
      { outcome: 'failed', kind: 'sse.error' },
    ],
    [
      'keeps the text before an error event [S19]',
      framesOf(delta('Hello'), responseEvent('error', crashed)),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'reads an error event without a name [S19]',
      framesOf(delta('Hello'), `data: ${JSON.stringify(crashed)}\n\n`),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'is truncated without response.completed [S08]',
      framesOf(delta('Hello')),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'reports a refusal [S27]',
      framesOf(refusal, completed),
      { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage },
    ],
    [
      'does not count reasoning as text [S25]',
      framesOf(responseEvent('response.reasoning_summary_text.delta', { delta: 'Hm.' }), delta('Hello'), completed),
      complete,
    ],
    ['ignores a ping [S05]', framesOf('event: ping\n\n', delta('Hello'), completed), complete],
    [
      'counts an event without a type [S29]',
      framesOf(delta('Hello'), 'data: {}\n\n', completed),
      { ...complete, warnings: ['sse.odd 1'] },
    ],
    ...[
      ['of another item', { output_index: 1, item: whole }],
      ['without the id of the delta', { item: whole }],
    ].map(([name, fields]): readonly [string, Scenario, Expected] => [
      `takes the text of an item once, although its end is ${String(name)}`,
      framesOf(
        responseEvent('response.output_text.delta', { item_id: 'a', output_index: 0, delta: 'Hello' }),
        responseEvent('response.output_item.done', fields as Record<string, unknown>),
        completed,
      ),
      complete,
    ]),
    [
      'takes the text of a part once, although only its end has an index',
      framesOf(
        delta('Hello'),
        responseEvent('response.output_text.done', { content_index: 0, text: 'Hello' }),
        completed,
      ),
      complete,
    ],
    [
      'takes the text of an item once, although another item began before its end',
      framesOf(
        responseEvent('response.output_text.delta', { output_index: 0, delta: 'Hello' }),
        responseEvent('response.output_item.added', { output_index: 1, item: { id: 'r', type: 'reasoning' } }),
        responseEvent('response.output_text.done', { output_index: 0, text: 'Hello' }),
        completed,
      ),
      complete,
    ],
    [
      'joins deltas with other item ids',
      framesOf(
        responseEvent('response.output_text.delta', { item_id: 'a', delta: 'Hel' }),
        responseEvent('response.output_text.delta', { item_id: 'b', delta: 'lo' }),
        completed,
      ),
      complete,
    ],
    [
      'warns about a completed response whose message is incomplete',
      framesOf(
        delta('Hello'),
        responseEvent('response.completed', {
          response: { output: [{ ...whole, status: 'incomplete' }], usage: responsesUsage },
        }),
      ),
      { ...complete, warnings: ['finish.other incomplete'] },
    ],
    [
      'warns about an incomplete message if the response has no end of its own',
      framesOf(
        delta('Hello'),
        responseEvent('response.output_item.done', { item: { ...whole, status: 'incomplete' } }),
        doneFrame,
      ),
      { outcome: 'ok', text: 'Hello', warnings: ['finish.other incomplete'] },
    ],
    ['accepts [DONE] at the end [S14]', framesOf(delta('Hello'), completed, doneFrame), complete],
    [
      'reads a single document instead of a stream [B01]',
      wholeResponse([
        { type: 'output_text', text: 'Hel' },
        { type: 'output_text', text: 'lo' },
      ]),
      { ...complete, warnings: ['body.nonstream'] },
    ],
    [
      'reports a refusal in a single document [B01]',
      wholeResponse([{ type: 'refusal', refusal: 'No.' }]),
      { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage },
    ],
    [
      'fails on a single document with an error [B02]',
      wholeResponse([], failed),
      { outcome: 'failed', kind: 'sse.error' },
    ],
    ['rejects a web page [B03]', html('<h1>Sign in</h1>'), { outcome: 'failed', kind: 'body.html' }],
    [
      'reports a server without this path [H06]',
      apiError(404, { message: 'Not Found' }),
      { outcome: 'failed', kind: 'http.404' },
    ],
  ];
  for (const [name, script, expected] of cases) {
    it(name, async () => {
      server().script(script, 'responses');
      await expectRun(server(), expected, options);
    });
  }

  it('names the path in an error', async () => {
    const run = await runAt(server().url, options);
    assert.deepEqual([run.error?.kind, run.error?.details.path], ['http.404', '/v1/responses']);
  });
});

describe('a run with legacy text completions', () => {
  const server = useServer();
  const options: RunOptions = { endpoint: { api: 'completions' }, prompt: 'def add(' };

  it('sends the prompt byte for byte, and reads choices[0].text', async () => {
    server().script(textCompletion(['a, ', 'b):']), 'completions');
    const parameters = { temperature: 0, topP: 1, maxOutputTokens: 5, stop: ['\n'], seed: 1, reasoningEffort: 'low' };
    const run = await expectRun(server(), { ...complete, text: 'a, b):' }, { ...options, parameters });
    assert.equal(run.finishReason, 'stop');
    assert.equal(server().requests[0]?.path, '/v1/completions');
    assert.deepEqual(server().requests[0]?.json, {
      model: 'some-model',
      prompt: 'def add(',
      temperature: 0,
      top_p: 1,
      max_tokens: 5,
      stop: ['\n'],
      seed: 1,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('joins the texts of a conversation in order', async () => {
    server().script(textCompletion(['Hello']), 'completions');
    await runAt(server().url, { ...options, messages: conversation });
    assert.equal(server().requests[0]?.json?.['prompt'], 'Be brief.\n\nHello?\n\nHello.\n\nAgain?');
  });

  const cases: readonly (readonly [string, Scenario, Expected])[] = [
    [
      'warns about an answer cut off at the token limit [S10]',
      textCompletion(['Hello'], 'length'),
      { ...complete, warnings: ['finish.length'] },
    ],
    [
      'is truncated without a finish reason [S08]',
      { steps: textCompletion(['Hello']).steps?.slice(0, 1) ?? [] },
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'reads a single document instead of a stream [B01]',
      {
        headers: { 'content-type': 'application/json' },
        steps: [send('{"choices":[{"text":"Hello","finish_reason":"stop"}]}')],
      },
      { outcome: 'ok', text: 'Hello', warnings: ['body.nonstream'] },
    ],
    [
      'reports an answer without choices as empty [S28]',
      framesOf('data: {"choices":null}\n\n', doneFrame),
      { outcome: 'failed', kind: 'body.empty' },
    ],
    [
      'counts an unknown event [S29]',
      framesOf('data: 42\n\n', ...textFramesOf(textCompletion(['Hello']))),
      { ...complete, warnings: ['sse.odd 1'] },
    ],
  ];
  for (const [name, script, expected] of cases) {
    it(name, async () => {
      server().script(script, 'completions');
      await expectRun(server(), expected, options);
    });
  }

  it('is negotiated down to no streaming and no stream_options', async () => {
    server().script((request) => {
      if ('stream_options' in (request.json ?? {})) return apiError(400, { message: 'No.', param: 'stream_options' });
      if (request.json?.['stream'] === true) return apiError(400, { message: 'No.', param: 'stream' });
      return {
        headers: { 'content-type': 'application/json' },
        steps: [send('{"choices":[{"text":"Hello","finish_reason":"stop"}]}')],
      };
    }, 'completions');
    await expectRun(server(), { outcome: 'ok', text: 'Hello', attempts: 3 }, options);
  });
});

function textFramesOf({ steps = [] }: Scenario): string[] {
  return steps.map((step) => (step.do === 'send' ? step.text : ''));
}
