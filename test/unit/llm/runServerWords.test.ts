import assert from 'node:assert/strict';
import type { ErrorKind } from '../../../src/core/errors';
import type { RunOutcome } from '../../../src/core/runRecord';
import { runAt, useServer } from '../../support/llmHarness';
import { responseEvent } from '../../support/otherApis';
import { deltaFrame, doneFrame, finishFrame, frame, framesOf, json, type Scenario, text } from '../../support/scenario';

const hello = deltaFrame({ content: 'Hello' });

function inChoice(error: unknown, content: string | null = null): unknown {
  const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'error', error };
  return { object: 'chat.completion', choices: [choice] };
}

function choiceFrame(error: unknown, content = ''): string {
  return frame({ choices: [{ index: 0, delta: { content }, finish_reason: 'error', error }] });
}

type Case = readonly [name: string, script: Scenario, outcome: RunOutcome, kind: ErrorKind, message: string];

const documents: readonly Case[] = (
  [
    ['base_resp', { base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'login fail'],
    ['base_resp next to no choices', { choices: null, base_resp: { status_code: 1008, status_msg: 'no' } }, 'no'],
    ['code and msg', { code: 20_012, msg: 'Model does not exist.', data: null }, 'Model does not exist.'],
    ['code and message', { object: 'error', code: 404, message: 'No model x.' }, 'No model x.'],
    ['a list of errors', { errors: [{ code: 7003, message: 'No route for that URI' }] }, 'No route for that URI'],
    ['a list with an error', [{ error: { code: 400, message: 'API key not valid.' } }], 'API key not valid.'],
    ['detail', { detail: 'Subscription expired' }, 'Subscription expired'],
    ['error_description', { error: 'invalid_token', error_description: 'The token expired' }, 'The token expired'],
    [
      'the raw words of the server behind OpenRouter',
      { error: { message: 'Provider returned error', code: 502, metadata: { raw: '{"error":"CUDA out of memory"}' } } },
      'Provider returned error: CUDA out of memory',
    ],
    ['an error inside a choice', inChoice({ code: 502, message: 'Upstream idle timeout' }), 'Upstream idle timeout'],
    ['an error next to empty choices', { error: { message: 'Busy' }, choices: [] }, 'Busy'],
    ['an error next to an empty message', { ...(inChoice(null, '') as object), error: 'Worker died' }, 'Worker died'],
  ] as const
).map(([name, body, message]) => [`a document with ${name}`, json(body), 'failed', 'body.error', message]);

const streams: readonly Case[] = [
  ...(
    [
      ['base_resp', frame({ base_resp: { status_code: 1002, status_msg: 'rate limit' } }), 'rate limit'],
      ['code and msg', frame({ code: 50_508, msg: 'System is too busy' }), 'System is too busy'],
      ['a list of errors', frame({ errors: [{ message: 'Capacity exceeded' }] }), 'Capacity exceeded'],
      ['detail', frame({ detail: 'Not enough credits' }), 'Not enough credits'],
      ['an error inside a choice', choiceFrame({ message: 'Upstream idle timeout' }), 'Upstream idle timeout'],
      ['error_description', frame({ error: { error: 'x', error_description: 'Expired' } }), 'Expired'],
      ['an error in a list', frame([{ error: { message: 'Not valid' } }]), 'Not valid'],
    ] as const
  ).map(
    ([name, data, message]): Case => [
      `a stream with ${name}`,
      framesOf(data, doneFrame),
      'failed',
      'sse.error',
      message,
    ],
  ),
  [
    'a choice that ends with text and an error',
    framesOf(hello, choiceFrame({ message: 'Overloaded' }, '!')),
    'truncated',
    'sse.error',
    'Overloaded',
  ],
  [
    'unframed JSON on one line after text',
    framesOf(hello, '{"error":{"message":"Upstream reset"}}\n\n'),
    'truncated',
    'sse.error',
    'Upstream reset',
  ],
  [
    'unframed JSON on several lines after text',
    framesOf(hello, '\n{\n  "error": {\n    "code": 503,\n    "message": "Upstream busy"\n  }\n}\n'),
    'truncated',
    'sse.error',
    'Upstream busy',
  ],
  [
    'an unframed list without a line end',
    framesOf(hello, '[{"error":{"code":503,"message":"The model is overloaded."}}]'),
    'truncated',
    'sse.error',
    'The model is overloaded.',
  ],
  [
    'an unframed problem document after a comment',
    framesOf(': waiting\n\n', '{"detail":"Worker lost"}\n\n'),
    'failed',
    'sse.error',
    'Worker lost',
  ],
];

const filtered = { code: 'content_filter', message: 'The prompt was filtered.' };
const refusals: readonly Case[] = [
  ['a document', json({ error: filtered }), 'refused', 'finish.filter', filtered.message],
  ['a choice of a document', json(inChoice(filtered)), 'refused', 'finish.filter', filtered.message],
  ['an event', framesOf(frame({ error: filtered })), 'refused', 'finish.filter', filtered.message],
  ['a choice of a stream', framesOf(choiceFrame(filtered)), 'refused', 'finish.filter', filtered.message],
  ['an event after text', framesOf(hello, frame({ error: filtered })), 'truncated', 'finish.filter', filtered.message],
  [
    'the innermost error of Azure',
    json({ error: { code: '400', message: 'Filtered.', innererror: { code: 'ResponsibleAIPolicyViolation' } } }),
    'refused',
    'finish.filter',
    'Filtered.',
  ],
];

describe('the words of a server that sends 200', () => {
  const server = useServer();

  for (const [name, script, outcome, kind, message] of [...documents, ...streams]) {
    it(`are found in ${name}`, async () => {
      server().script(script);
      const { error, ...run } = await runAt(server().url);
      assert.deepEqual([run.outcome, error?.kind, error?.details.serverMessage], [outcome, kind, message]);
    });
  }

  for (const [name, script, outcome, kind, message] of refusals) {
    it(`refuse the prompt if ${name} names the content filter`, async () => {
      server().script(script);
      const { error, ...run } = await runAt(server().url);
      assert.deepEqual([run.outcome, error?.kind, error?.details.serverMessage], [outcome, kind, message]);
    });
  }

  it('do not replace an answer', async () => {
    const status = { base_resp: { status_code: 0, status_msg: 'success' }, detail: 'none', error: null };
    server().script(framesOf(frame({ message: 'queued' }), hello, finishFrame(), frame(status), doneFrame));
    assert.deepEqual((await runAt(server().url)).outcome, 'ok');
    const choice = { index: 0, message: { content: 'Hello' }, finish_reason: 'stop', error: null };
    for (const extra of [{}, { code: 0, msg: 'success' }, { errors: [] }, { detail: 'cached' }]) {
      server().script(json({ choices: [choice], ...status, ...extra }));
      const run = await runAt(server().url);
      assert.deepEqual([run.outcome, run.text], ['ok', 'Hello']);
    }
  });

  it('are not invented for an empty answer', async () => {
    const choice = { index: 0, message: { content: '' }, finish_reason: 'stop' };
    for (const body of [{ choices: [choice] }, { choices: [] }, { code: 0, msg: 'success' }, { error: {} }]) {
      server().script(json(body));
      assert.equal((await runAt(server().url)).error?.kind, 'body.empty', JSON.stringify(body));
    }
  });

  it('are found in an event of the Responses API', async () => {
    const endpoint = { api: 'responses' } as const;
    const error = { code: 'server_error', message: 'The model crashed.' };
    server().script(framesOf(responseEvent('response.failed', { response: { status: 'failed', error } })), 'responses');
    assert.equal((await runAt(server().url, { endpoint })).error?.details.serverMessage, 'The model crashed.');
    server().script(json({ errors: [{ message: 'No route.' }] }), 'responses');
    assert.equal((await runAt(server().url, { endpoint })).error?.details.serverMessage, 'No route.');
  });

  it('take a 413 for a rate limit where the server says so', async () => {
    const error = {
      message: 'Request too large: limit 6000 tokens per minute',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    };
    server().script(json({ error }, 413));
    const run = await runAt(server().url);
    assert.deepEqual([run.error?.kind, run.attempts], ['http.429', 1]);
    server().script(text('Payload Too Large', 413));
    assert.equal((await runAt(server().url)).error?.kind, 'http.413');
  });
});
