import assert from 'node:assert/strict';
import { type Adaptation, negotiate } from '../../../src/core/negotiation';

const everything = new Set([
  ...['stream', 'stream_options', 'system', 'max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  ...['temperature', 'top_p', 'stop', 'seed', 'reasoning_effort', 'reasoning'],
]);

interface Refusal {
  readonly message?: string;
  readonly parameter?: string;
  readonly status?: 400 | 404 | 422;
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
