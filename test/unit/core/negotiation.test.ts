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

describe('negotiation', () => {
  const table: readonly (readonly [id: string, refusal: Refusal, changed: string, adaptation: Adaptation])[] = [
    ['need 2', { parameter: 'max_tokens' }, 'max_tokens', { maxTokens: 'max_completion_tokens' }],
    [
      'need 2',
      { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead." },
      'max_tokens',
      { maxTokens: 'max_completion_tokens' },
    ],
    ['need 2', { parameter: 'temperature' }, 'temperature', { dropped: ['temperature'] }],
    ['need 2', { message: 'temperature is not supported by o9' }, 'temperature', { dropped: ['temperature'] }],
    ['need 2', { parameter: 'top_p', status: 422 }, 'top_p', { dropped: ['top_p'] }],
    ['need 2', { parameter: 'stop' }, 'stop', { dropped: ['stop'] }],
    ['need 2', { parameter: 'reasoning_effort' }, 'reasoning_effort', { dropped: ['reasoning_effort'] }],
    ['need 2', { parameter: 'reasoning.effort' }, 'reasoning', { dropped: ['reasoning'] }],
    ['need 2', { parameter: 'max_output_tokens' }, 'max_output_tokens', { dropped: ['max_output_tokens'] }],
    ['need 24, H02', { parameter: 'stream_options' }, 'stream_options', { withoutStreamOptions: true }],
    [
      'need 24',
      { message: 'stream_options: Extra inputs are not permitted', status: 422 },
      'stream_options',
      { withoutStreamOptions: true },
    ],
    [
      'need 24',
      { message: 'Unrecognized request argument supplied: stream_options' },
      'stream_options',
      { withoutStreamOptions: true },
    ],
    ['need 27', { parameter: 'stream' }, 'stream', { withoutStream: true }],
    [
      'need 27',
      { message: 'Your organization must be verified to stream this model.' },
      'stream',
      { withoutStream: true },
    ],
    [
      'need 28',
      { message: "'messages[0].role' does not support 'system' with this model.", parameter: 'messages[0].role' },
      'system',
      { systemRole: 'user' },
    ],
    ['need 28', { message: 'System role not supported' }, 'system', { systemRole: 'user' }],
    [
      'need 28',
      { message: "The role 'system' is not supported. Use 'developer' instead." },
      'system',
      { systemRole: 'developer' },
    ],
    [
      'need 29',
      {
        message: 'This model is only supported in v1/responses and not in v1/chat/completions.',
        status: 404,
      },
      'responses',
      { useResponses: true },
    ],
  ];
  for (const [id, refusal, changed, adaptation] of table) {
    it(`${id}: ${refusal.status ?? 400} ${JSON.stringify(refusal.message ?? refusal.parameter)} means ${changed}`, () => {
      assert.deepEqual(adapt(refusal), { changed, adaptation });
    });
  }

  it('need 2: after both names of the limit it goes without, and then no further', () => {
    const second = adapt({ parameter: 'max_completion_tokens' }, { maxTokens: 'max_completion_tokens' });
    assert.deepEqual(second?.adaptation, { maxTokens: 'none' });
    assert.equal(adapt({ parameter: 'max_tokens' }, { maxTokens: 'none' }), undefined);
  });

  it('need 28: after developer it goes without a role of its own', () => {
    const refusal = { message: "role 'developer' is unknown" };
    assert.deepEqual(adapt(refusal, { systemRole: 'developer' })?.adaptation, { systemRole: 'user' });
  });

  it('what was learned before stays', () => {
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
    it(`does not try ${JSON.stringify(current)} a second time`, () => assert.equal(adapt(refusal, current), undefined));
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

  it('asks again only after a refusal of the request', () => {
    for (const kind of ['http.401', 'http.429', 'http.5xx', 'net.reset', 'sse.error', 'finish.filter'] as const) {
      assert.equal(negotiate({ kind, details: { parameter: 'stream_options' } }, {}, everything), undefined);
    }
  });
});
