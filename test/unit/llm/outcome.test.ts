import assert from 'node:assert/strict';
import type { ChatRequest } from '../../../src/core/chat';
import { QuilletError } from '../../../src/core/errors';
import type { AttemptResult } from '../../../src/llm/attempt';
import { classifyOutcome } from '../../../src/llm/outcome';
import { endpointAt } from '../../support/llmHarness';

const request: ChatRequest = {
  endpoint: endpointAt('https://llm.example.com/v1'),
  model: 'some-model',
  messages: [{ role: 'user', content: 'x'.repeat(40_000) }],
  parameters: {},
};

function classify(fields: Partial<AttemptResult>, changes: Partial<ChatRequest> = {}) {
  const nothing = {
    refusal: '',
    hasReasoning: false,
    isDone: false,
    isNonStreaming: false,
    unknownEvents: 0,
    hasEnded: false,
  };
  const { outcome, error, warnings } = classifyOutcome(
    { text: 'Hello', ...nothing, ...fields },
    { ...request, ...changes },
  );
  return [outcome, error?.kind, ...warnings.map(({ kind, subject }) => [kind, subject ?? []].flat().join(' '))];
}

describe('classifyOutcome', () => {
  const stop = { finishReason: 'stop' };

  for (const finishReason of ['stop', 'stop_sequence', 'end_turn', 'eos', 'complete']) {
    it(`accepts "${finishReason}" as the end of a complete answer`, () =>
      assert.deepEqual(classify({ finishReason }), ['ok', undefined]));
  }

  it('warns about a prompt that the server seems to have truncated', () => {
    assert.deepEqual(classify({ ...stop, usage: { inputTokens: 4096 } }), ['ok', undefined, 'prompt.cut 4096']);
    assert.deepEqual(classify({ ...stop, usage: { inputTokens: 9000 } }), ['ok', undefined]);
    assert.deepEqual(classify({ ...stop, usage: { outputTokens: 1 } }), ['ok', undefined]);
    const messages = [{ role: 'user', content: 'x'.repeat(7000) }] as const;
    assert.deepEqual(classify({ ...stop, usage: { inputTokens: 10 } }, { messages }), ['ok', undefined]);
  });

  it('warns about an answer in a single document, unless it was requested [B01]', () => {
    const whole = { ...stop, isNonStreaming: true };
    assert.deepEqual(classify(whole), ['ok', undefined, 'body.nonstream']);
    assert.deepEqual(classify(whole, { adaptation: { withoutStream: true } }), ['ok', undefined]);
    assert.deepEqual(classify(whole, { endpoint: endpointAt('https://h/v1', { api: 'http' }) }), ['ok', undefined]);
  });

  it('keeps the text of a filtered answer, and refuses a filtered prompt [S11]', () => {
    assert.deepEqual(classify({ finishReason: 'content_filter' }), ['truncated', 'finish.filter']);
    assert.deepEqual(classify({ finishReason: 'content_filter', text: '' }), ['refused', 'finish.filter']);
    assert.deepEqual(classify({ text: '', error: new QuilletError('finish.filter') }), ['refused', 'finish.filter']);
  });

  it('ignores a failure after the finish reason [X10]', () => {
    for (const kind of ['cancelled', 'net.midstream', 'time.total'] as const) {
      const error = new QuilletError(kind);
      assert.deepEqual(classify({ ...stop, hasEnded: true, error }), ['ok', undefined]);
      assert.notEqual(classify({ ...stop, error })[0], 'ok', 'a reason that may not be the end');
    }
  });

  it('adds the address of the request to an error', () => {
    const { error } = classifyOutcome(
      {
        ...{
          text: '',
          refusal: '',
          hasReasoning: true,
          isDone: false,
          isNonStreaming: false,
          unknownEvents: 0,
          hasEnded: false,
        },
        finishReason: 'length',
      },
      request,
    );
    assert.deepEqual(
      [error?.kind, error?.details.subject, error?.details.host],
      ['finish.length', 'reasoning', 'llm.example.com'],
    );
  });
});
