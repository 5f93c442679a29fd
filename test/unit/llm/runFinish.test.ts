import assert from 'node:assert/strict';
import type { HttpApiConfig } from '../../../src/core/chat';
import { isComplete } from '../../../src/core/run';
import { assertRun, type Expected, knownUsage, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { responseEvent, textCompletion } from '../../support/otherApis';
import {
  completionBody,
  defaultUsage,
  deltaFrame,
  doneFrame,
  frame,
  framesOf,
  json,
  type Scenario,
  type Step,
  send,
  streamed,
  usageFrame,
} from '../../support/scenario';

const stop = { finishReason: 'stop' };
const usage = usageFrame(defaultUsage);
const reset: Step = { do: 'reset' };
const wait = (ms: number): Step => ({ do: 'wait', ms });
const hello: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage };
const broken: Expected = { outcome: 'truncated', kind: 'net.midstream', text: 'Hello' };

describe('a run whose server gives finish reasons early', () => {
  const server = useServer();
  const first = deltaFrame({ role: 'assistant', content: '' }, stop);
  const each = ['Hel', 'lo'].map((content) => deltaFrame({ content }, stop));
  const cases: readonly (readonly [string, Scenario, Expected, RunOptions?])[] = [
    [
      'does not stop behind a reason in the first chunk',
      { steps: [send(first), wait(5500), ...(streamed(['Hello']).steps ?? []).slice(1)] },
      hello,
    ],
    [
      'does not stop behind a reason in every chunk',
      { steps: [send(each[0] ?? ''), wait(5500), send(each[1] ?? ''), send(usage), send(doneFrame)] },
      hello,
      { timeouts: { idle: 9000 } },
    ],
    [
      'does not stop behind a reason of its own that more text follows',
      framesOf(deltaFrame({ content: 'Hel' }), deltaFrame({}, stop), deltaFrame({ content: 'lo' }), usage, doneFrame),
      { ...hello, warnings: ['sse.nofinish'] },
    ],
    ['fails at a reset behind a reason in the first chunk', { steps: [send(first), send('Hello'), reset] }, broken],
    ['fails at a reset behind a reason in every chunk', { steps: [...each.map(send), wait(20), reset] }, broken],
    [
      'fails at a reset behind reasons that text took back',
      { steps: [...each.map(send), send(deltaFrame({}, stop)), wait(20), reset] },
      broken,
    ],
    [
      'fails at an error behind the finish reason',
      framesOf(deltaFrame({ content: 'Hello' }), deltaFrame({}, stop), frame({ error: { message: 'Crashed.' } })),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'takes back a reason that reasoning follows',
      framesOf(deltaFrame({ content: 'Hello' }), deltaFrame({}, stop), deltaFrame({ reasoning: 'Hm.' })),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    ...[
      ['a reason of a gateway', deltaFrame({}, stop)],
      ['a reason beside empty text', deltaFrame({ content: '' }, stop)],
      ['sources', deltaFrame({ annotations: [{ url: 'https://a.example' }] })],
      ['encrypted reasoning', deltaFrame({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] })],
    ].map(([name, later = '']): readonly [string, Scenario, Expected] => [
      `keeps the reason length behind the text before ${name}`,
      framesOf(deltaFrame({ content: 'Hello' }), deltaFrame({}, { finishReason: 'length' }), later, doneFrame),
      { outcome: 'ok', text: 'Hello', warnings: ['finish.length'] },
    ]),
    ...[
      ['FastAPI', { detail: 'The worker died.' }],
      ['a gateway', { code: 500, msg: 'The worker died.' }],
      ['FastChat', { object: 'error', message: 'The worker died.', code: 50_002 }],
      ['MiniMax', { base_resp: { status_code: 1027, status_msg: 'The worker died.' } }],
    ].map(([name, error]): readonly [string, Scenario, Expected] => [
      `fails at an error of ${String(name)} behind the text, in place of a reason`,
      framesOf(deltaFrame({ content: 'Hello' }), frame(error), doneFrame),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ]),
    [
      'takes a message before the text for no error',
      framesOf(frame({ message: 'Waiting for a worker' }), deltaFrame({ content: 'Hello' }), doneFrame),
      { outcome: 'ok', text: 'Hello', warnings: ['sse.nofinish', 'sse.odd 1'] },
    ],
    [
      'fails at a status of MiniMax beside the reason',
      framesOf(
        deltaFrame({ content: 'Hello' }),
        frame({ choices: [{ delta: {}, finish_reason: 'stop' }], base_resp: { status_code: 1027, status_msg: 'No.' } }),
        doneFrame,
      ),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'stops at the idle limit behind a reason in every chunk',
      { steps: [...each.map(send), { do: 'hang' }] },
      { outcome: 'truncated', kind: 'time.idle', text: 'Hello' },
      { timeouts: { idle: 200 } },
    ],
    [
      'ignores a reset behind a reason that stands alone behind the text [X10]',
      { steps: [send(deltaFrame({ content: 'Hello' })), send(deltaFrame({}, stop)), wait(20), reset] },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'accepts a reason beside the last text, as Gemini sends it',
      framesOf(deltaFrame({ content: 'Hel' }), deltaFrame({ content: 'lo' }, { finishReason: 'STOP' })),
      { outcome: 'ok', text: 'Hello' },
    ],
  ];
  for (const [name, script, expected, options] of cases) {
    it(name, async () => {
      const steps = script.steps?.map((step) =>
        step.do === 'send' && step.text === 'Hello' ? send(deltaFrame({ content: 'Hello' })) : step,
      );
      server().script({ ...script, steps: steps ?? [] });
      assertRun(await runAt(server().url, options), expected);
    });
  }
});

const config: HttpApiConfig = {
  url: '',
  method: 'POST',
  body: { prompt: '${prompt}' },
  stream: 'sse',
  text: '/text',
  delta: '/text',
  finish: '/why',
  usage: '/usage',
  error: '/error',
};

describe('a run of any API style', () => {
  const server = useServer();
  const ended = (type: string, response: object) =>
    framesOf(responseEvent('response.output_text.delta', { delta: 'Hello' }), responseEvent(type, { response }));
  const cases: readonly (readonly [string, RunOptions['endpoint'] & object, Scenario, boolean])[] = [
    ['Mistral, model_length', { api: 'chat' }, streamed(['Hello'], { finishReason: 'model_length' }), false],
    ['Gemini, MAX_TOKENS', { api: 'chat' }, streamed(['Hello'], { finishReason: 'MAX_TOKENS' }), false],
    ['Gemini, STOP', { api: 'chat' }, streamed(['Hello'], { finishReason: 'STOP' }), true],
    ['a tool call', { api: 'chat' }, streamed(['Hello'], { finishReason: 'tool_calls' }), false],
    ['a document with an unknown reason', { api: 'chat' }, json(withReason('weird')), false],
    ['a document with eos', { api: 'chat' }, json(withReason('eos')), true],
    ['a text completion with max_tokens', { api: 'completions' }, textCompletion(['Hello'], 'max_tokens'), false],
    ['a text completion with eos_token', { api: 'completions' }, textCompletion(['Hello'], 'eos_token'), true],
    ['chat chunks of a text completion', { api: 'completions' }, streamed(['Hello']), true],
    ['chat chunks of the Responses API', { api: 'responses' }, streamed(['Hello'], { finishReason: 'length' }), false],
    ['response.completed', { api: 'responses' }, ended('response.completed', { status: 'completed' }), true],
    ['response.completed of a chat', { api: 'chat' }, ended('response.completed', { status: 'completed' }), true],
    ['response.done', { api: 'responses' }, ended('response.done', { status: 'completed' }), true],
    ['response.done without a status', { api: 'responses' }, ended('response.done', {}), true],
    ['response.done, incomplete', { api: 'responses' }, ended('response.done', { status: 'incomplete' }), false],
    ['response.incomplete without a status', { api: 'responses' }, ended('response.incomplete', {}), false],
    [
      'response.completed, cancelled',
      { api: 'responses' },
      ended('response.completed', { status: 'cancelled' }),
      false,
    ],
    ['response.completed, queued', { api: 'responses' }, ended('response.completed', { status: 'queued' }), false],
    ...['MAX_TOKENS', 'tool_use', 'weird', 'ERROR'].map(httpCase(false)),
    ...['STOP', 'end_turn', 'COMPLETE', 'eos_token', 'word', true].map(httpCase(true)),
    ...[{ why: true, done_reason: 'length' }, { why: true, stop_type: 'limit' }, { detail: 'The worker died.' }].map(
      (last): readonly [string, { api: 'http' }, Scenario, boolean] => [
        `${JSON.stringify(last)} of another API`,
        { api: 'http' },
        framesOf(frame({ text: 'Hello' }), frame(last), doneFrame),
        false,
      ],
    ),
  ];
  for (const [name, endpoint, script, isWhole] of cases) {
    it(`takes ${name} for ${isWhole ? 'complete' : 'not known to be complete'} [S12]`, async () => {
      const { api } = endpoint;
      server().script(script, api === 'http' || api === 'vscode' ? 'other' : (api ?? 'chat'));
      const request = { ...config, url: new URL('/generate', server().url).href };
      const run = await runAt(server().url, { endpoint: api === 'http' ? { api, request } : endpoint });
      assert.equal(run.text, 'Hello');
      assert.equal(isComplete(run), isWhole, `${run.outcome} ${run.finishReason}`);
    });
  }
});

function withReason(finishReason: string) {
  const choice = { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: finishReason };
  return completionBody('', { choices: [choice] });
}

function httpCase(isWhole: boolean) {
  return (why: string | boolean): readonly [string, { api: 'http' }, Scenario, boolean] => [
    `the word ${why} of another API`,
    { api: 'http' },
    framesOf(frame({ text: 'Hel' }), frame({ text: 'lo' }), frame({ why })),
    isWhole,
  ];
}
