import assert from 'node:assert/strict';
import type { ChatRequest } from '../../../../src/core/chat';
import { QuilletError } from '../../../../src/core/errors';
import type { RunResult } from '../../../../src/core/run';
import { effortOf, effortSteps, isEffortRefusal } from '../../../../src/threads/common/efforts';
import { endpointAt } from '../../../support/llmHarness';

const done: RunResult = { outcome: 'ok', text: 'Hello', warnings: [], attempts: 1, totalMs: 1 };
const thought: RunResult = { ...done, usage: { reasoningTokens: 7 } };

function request(fields: Partial<ChatRequest> & { readonly endpointFields?: Partial<ChatRequest['endpoint']> } = {}) {
  const { endpointFields, ...rest } = fields;
  const endpoint = { ...endpointAt('http://127.0.0.1:1/v1'), ...endpointFields };
  return { endpoint, model: 'm', messages: [], parameters: {}, ...rest };
}

function steps(asked: Parameters<typeof request>[0], result = thought): readonly (readonly string[])[] {
  const effort = effortOf(request(asked));
  return [effortSteps(effort, result, 1), effortSteps(effort, result, -1)];
}

const parameters = (reasoningEffort: string) => ({ parameters: { reasoningEffort } });
const fromMedium = [
  ['high', 'xhigh', 'max'],
  ['low', 'minimal', 'none'],
];

describe('Steps of the reasoning effort', () => {
  const cases: readonly [string, Parameters<typeof request>[0], RunResult, readonly (readonly string[])[]][] = [
    ['start at medium', {}, thought, fromMedium],
    [
      'start at the effort of the request',
      parameters('high'),
      done,
      [
        ['xhigh', 'max'],
        ['medium', 'low', 'minimal', 'none'],
      ],
    ],
    ['end at the highest', parameters('max'), done, [[], ['xhigh', 'high', 'medium', 'low', 'minimal', 'none']]],
    ['end at the lowest', parameters('none'), done, [['minimal', 'low', 'medium', 'high', 'xhigh', 'max'], []]],
    ['are none from an unknown effort', parameters('turbo'), thought, [[], []]],
    ['are none if the model does not think', {}, done, [[], []]],
    [
      "are offered for Anthropic's API, which thinks only on request",
      { endpointFields: { api: 'messages' } },
      done,
      fromMedium,
    ],
    [
      'are none for plain completions',
      { endpointFields: { api: 'completions' }, ...parameters('low') },
      thought,
      [[], []],
    ],
    ['are none beside extra fields', { extraBody: { reasoning: { max_tokens: 100 } } }, thought, [[], []]],
    ['stay beside other extra fields', { extraBody: { top_k: 1 } }, thought, fromMedium],
  ];
  for (const [name, asked, result, expected] of cases) {
    it(name, () => assert.deepEqual(steps(asked, result), expected));
  }

  it('need a variable in a custom request', () => {
    const config = {
      url: 'https://h/v1',
      method: 'POST',
      stream: 'none',
      text: '',
      delta: '',
      finish: '',
      usage: '',
      error: '',
    } as const;
    const withBody = (body: { readonly e: string }) =>
      steps({ endpointFields: { api: 'http', request: { ...config, body } } });
    assert.deepEqual(withBody({ e: '${reasoningEffort}' }), fromMedium);
    assert.deepEqual(withBody({ e: 'low' }), [[], []]);
  });

  const refusals: readonly [boolean, QuilletError | undefined][] = [
    [false, undefined],
    [true, new QuilletError('http.400', { parameter: 'reasoning_effort', serverMessage: 'No.' })],
    [true, new QuilletError('http.422', { serverMessage: "effort: Input should be 'low' or 'high'" })],
    [true, new QuilletError('http.400', { serverMessage: 'adaptive thinking is not supported' })],
    [false, new QuilletError('http.400', { serverMessage: 'The prompt is too long.' })],
    [false, new QuilletError('http.5xx', { serverMessage: 'The reasoning crashed.' })],
  ];
  for (const [index, [expected, error]] of refusals.entries()) {
    it(`are ${expected ? '' : 'not '}tried again after error ${index}`, () => {
      assert.equal(isEffortRefusal({ ...done, ...(error !== undefined && { error }) }), expected);
    });
  }
});
