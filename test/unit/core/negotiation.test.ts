import assert from 'node:assert/strict';
import { type Adaptation, forgetChanged, negotiate } from '../../../src/core/negotiation';

const everything = new Set([
  ...['stream', 'stream_options', 'system', 'max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  ...['temperature', 'top_p', 'stop', 'seed', 'reasoning_effort', 'reasoning'],
]);

interface Refusal {
  readonly message?: string;
  readonly parameter?: string;
  readonly status?: 400 | 404 | 422 | '5xx';
}

function adapt({ message, parameter, status = 400 }: Refusal, current: Adaptation = {}, sent = everything) {
  const details = {
    ...(message === undefined ? {} : { serverMessage: message }),
    ...(parameter === undefined ? {} : { parameter }),
  };
  return negotiate({ kind: `http.${status}`, details }, current, sent);
}

describe('negotiate', () => {
  const table: readonly (readonly [refusal: Refusal, changed: string, adaptation: Adaptation])[] = [
    [{ parameter: 'max_tokens' }, 'max_tokens', { maxTokens: 'max_completion_tokens' }],
    [
      { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead." },
      'max_tokens',
      { maxTokens: 'max_completion_tokens' },
    ],
    [{ parameter: 'temperature' }, 'temperature', { dropped: ['temperature'] }],
    [{ message: 'temperature is not supported by o9' }, 'temperature', { dropped: ['temperature'] }],
    [{ parameter: 'top_p', status: 422 }, 'top_p', { dropped: ['top_p'] }],
    [{ parameter: 'stop' }, 'stop', { dropped: ['stop'] }],
    [{ parameter: 'reasoning_effort' }, 'reasoning_effort', { dropped: ['reasoning_effort'] }],
    [{ parameter: 'reasoning.effort' }, 'reasoning', { dropped: ['reasoning'] }],
    [{ parameter: 'max_output_tokens' }, 'max_output_tokens', { dropped: ['max_output_tokens'] }],
    [{ parameter: 'stream_options' }, 'stream_options', { withoutStreamOptions: true }],
    [
      { message: 'stream_options: Extra inputs are not permitted', status: 422 },
      'stream_options',
      { withoutStreamOptions: true },
    ],
    [
      { message: 'Unrecognized request argument supplied: stream_options' },
      'stream_options',
      { withoutStreamOptions: true },
    ],
    [{ parameter: 'stream' }, 'stream', { withoutStream: true }],
    [{ message: 'Your organization must be verified to stream this model.' }, 'stream', { withoutStream: true }],
    [
      { message: "'messages[0].role' does not support 'system' with this model.", parameter: 'messages[0].role' },
      'system',
      { systemRole: 'user' },
    ],
    [{ message: 'System role not supported' }, 'system', { systemRole: 'user' }],
    [
      { message: "The role 'system' is not supported. Use 'developer' instead." },
      'system',
      { systemRole: 'developer' },
    ],
    [
      {
        message: 'This model is only supported in v1/responses and not in v1/chat/completions.',
        status: 404,
      },
      'responses',
      { useResponses: true },
    ],
  ];
  for (const [refusal, changed, adaptation] of table) {
    const id = changed === 'stream_options' ? ' [H02]' : '';
    it(`reads ${refusal.status ?? 400} ${JSON.stringify(refusal.message ?? refusal.parameter)} as ${changed}${id}`, () => {
      assert.deepEqual(adapt(refusal), { changed, adaptation });
    });
  }

  const roleRefusals: readonly Refusal[] = [
    { message: 'Unexpected message role.' },
    { message: 'Unexpected message role.', status: '5xx' },
    { message: 'Conversation roles must alternate user/assistant/user/assistant/...', status: '5xx' },
    { message: 'Error: Jinja Exception: System role not supported', status: '5xx' },
    { message: 'Only user and assistant roles are supported!', status: '5xx' },
    { message: 'After the optional system message, conversation roles must alternate user and assistant roles.' },
    { message: "messages.0.role: Input should be 'user' or 'assistant'", parameter: 'messages.0.role', status: 422 },
    { message: 'unexpected value', parameter: 'messages[0].role', status: 422 },
    { message: 'messages[0].role: unknown variant `system`, expected `user` or `assistant`', status: 422 },
    { message: 'Invalid role: system' },
    { message: 'System prompts are not supported by this model' },
  ];
  for (const refusal of roleRefusals) {
    it(`reads ${JSON.stringify(refusal)} as a refusal of the system role`, () =>
      assert.deepEqual(adapt(refusal), { changed: 'system', adaptation: { systemRole: 'user' } }));
  }

  const values: readonly Refusal[] = [
    { parameter: 'max_tokens', message: 'max_tokens is too large: 50000. This model supports at most 16384.' },
    { message: 'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]' },
    { message: 'Range of max_tokens should be [1, 8192]' },
    { parameter: 'temperature', message: 'Input should be less than or equal to 2', status: 422 },
    { message: 'temperature must be non-negative' },
    { message: 'top_p must be in (0, 1]' },
    { parameter: 'stop', message: "Invalid 'stop': array too long. Expected at most 4 items." },
    {
      parameter: 'reasoning_effort',
      message: "Invalid value: 'huge'. Supported values are: 'low', 'medium', and 'high'.",
    },
    { parameter: 'max_completion_tokens', message: 'expected a value <= 12288, but got 32000 instead.' },
  ];
  for (const refusal of values) {
    it(`leaves a value to the user: ${JSON.stringify(refusal)}`, () => assert.equal(adapt(refusal), undefined));
  }

  const fields: readonly [Refusal, string][] = [
    [{ message: "Unsupported parameter: 'top_p' is not supported with this model." }, 'top_p'],
    [
      { message: "'temperature' does not support 0.3 with this model. Only the default (1) value is supported." },
      'temperature',
    ],
    [{ message: 'seed: Extra inputs are not permitted', parameter: 'seed', status: 422 }, 'seed'],
    [{ message: 'Unrecognized request argument supplied: reasoning_effort' }, 'reasoning_effort'],
  ];
  for (const [refusal, changed] of fields) {
    it(`still leaves out a field: ${JSON.stringify(refusal)}`, () => assert.equal(adapt(refusal)?.changed, changed));
  }

  it('does not take an ordinary server error for a refusal', () => {
    for (const message of ['Oops.', 'Internal system error: message queue is full', 'temperature too high in rack 7'])
      assert.equal(adapt({ message, status: '5xx' }), undefined, message);
  });

  it('drops a field of the user if the server names it', () => {
    const sent = new Set(['stream', 'stream_options', 'top_k', 'chat_template_kwargs', '', 'a (']);
    const drop = (refusal: Refusal) => adapt(refusal, {}, sent)?.adaptation.dropped;
    assert.deepEqual(drop({ message: "Unknown name 'top_k'" }), ['top_k']);
    assert.deepEqual(drop({ parameter: 'top_k' }), ['top_k']);
    assert.deepEqual(drop({ parameter: 'chat_template_kwargs.enable_thinking' }), ['chat_template_kwargs']);
    assert.equal(drop({ message: 'top_k must be at most 5' }), undefined);
    assert.equal(drop({ message: 'stop_top_k (and others) failed' }), undefined);
  });

  it('forgets what it learned for a value that has changed', () => {
    const adaptation: Adaptation = { maxTokens: 'none', dropped: ['temperature', 'seed'], systemRole: 'user' };
    const learned = { max_output_tokens: 9000, temperature: 0.2, seed: 7 };
    assert.deepEqual(forgetChanged(adaptation, learned, learned), adaptation);
    assert.deepEqual(forgetChanged(adaptation, learned, { ...learned, temperature: 1, max_output_tokens: 10 }), {
      dropped: ['seed'],
      systemRole: 'user',
    });
    const renamed: Adaptation = { maxTokens: 'max_completion_tokens' };
    assert.deepEqual(forgetChanged(renamed, learned, {}), renamed);
  });

  it('drops the token limit after both names were rejected, and then stops', () => {
    const second = adapt({ parameter: 'max_completion_tokens' }, { maxTokens: 'max_completion_tokens' });
    assert.deepEqual(second?.adaptation, { maxTokens: 'none' });
    assert.equal(adapt({ parameter: 'max_tokens' }, { maxTokens: 'none' }), undefined);
  });

  it('sends instructions as user text after the developer role was rejected', () => {
    const refusal = { message: "role 'developer' is unknown" };
    assert.deepEqual(adapt(refusal, { systemRole: 'developer' })?.adaptation, { systemRole: 'user' });
  });

  it('keeps earlier adaptations', () => {
    const current: Adaptation = { maxTokens: 'max_completion_tokens', dropped: ['seed'] };
    assert.deepEqual(adapt({ parameter: 'temperature' }, current)?.adaptation, {
      maxTokens: 'max_completion_tokens',
      dropped: ['seed', 'temperature'],
    });
  });

  const tried: readonly (readonly [Refusal, Adaptation])[] = [
    [{ parameter: 'stream_options' }, { withoutStreamOptions: true }],
    [{ parameter: 'stream' }, { withoutStream: true }],
    [{ parameter: 'temperature' }, { dropped: ['temperature'] }],
    [{ message: 'System role not supported' }, { systemRole: 'user' }],
    [{ message: 'Only supported in v1/responses.', status: 404 }, { useResponses: true }],
  ];
  for (const [refusal, current] of tried) {
    it(`does not propose ${JSON.stringify(current)} twice`, () => assert.equal(adapt(refusal, current), undefined));
  }

  const noField: readonly Refusal[] = [
    {},
    { message: 'Invalid JSON.' },
    { message: "The model 'x' does not exist.", parameter: 'model' },
    { message: 'Not Found', status: 404 },
    { message: 'unsupported_temperature_unit' },
    { message: "This model's maximum context length is 4096 tokens; 4000 of them are in the messages." },
  ];
  for (const refusal of noField) {
    it(`finds no field in ${JSON.stringify(refusal)}`, () => assert.equal(adapt(refusal), undefined));
  }

  it('takes back only what was sent', () => {
    const sent = new Set(['stream', 'stream_options']);
    assert.equal(adapt({ message: 'Please stop: the seed is a reasoning error.' }, {}, sent), undefined);
    assert.equal(adapt({ parameter: 'temperature' }, {}, sent), undefined);
    assert.equal(adapt({ message: 'System messages are odd.' }, {}, sent), undefined);
  });

  it('proposes nothing for other kinds of errors', () => {
    for (const kind of ['http.401', 'http.429', 'http.5xx', 'net.reset', 'sse.error', 'finish.filter'] as const) {
      assert.equal(negotiate({ kind, details: { parameter: 'stream_options' } }, {}, everything), undefined);
    }
  });
});
