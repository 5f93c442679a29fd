import assert from 'node:assert/strict';
import { findValueBound } from '../../../src/core/valueBound';

const parameters = { maxOutputTokens: 50_000, temperature: 3, topP: 0, seed: -1 };

describe('a value out of range', () => {
  const table: readonly (readonly [message: string, parameter: string, bound: number])[] = [
    ['max_tokens is too large: 50000. This model supports at most 16384 completion tokens.', 'maxOutputTokens', 16_384],
    ['max_tokens is too large: 50000. This model supports at most 16,384 tokens.', 'maxOutputTokens', 16_384],
    ['Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 'maxOutputTokens', 8192],
    ['Range of max_tokens should be [1, 8192]', 'maxOutputTokens', 8192],
    [
      'The parameter `max_completion_tokens` is not valid: integer above maximum value, expected a value <= 12288, but got 50000 instead.',
      'maxOutputTokens',
      12_288,
    ],
    [
      '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window`',
      'maxOutputTokens',
      8192,
    ],
    ['max_tokens: 50000 > 64, which is the maximum allowed number of output tokens', 'maxOutputTokens', 64],
    ['max_output_tokens cannot be greater than 4096', 'maxOutputTokens', 4096],
    ['max_tokens must not exceed 4096, got 50000', 'maxOutputTokens', 4096],
    ['Model llama-3.1-8b: max_tokens must be less than 4096', 'maxOutputTokens', 4096],
    ['gpt-4-32k takes at most 4096 for max_tokens', 'maxOutputTokens', 4096],
    ['temperature: Input should be less than or equal to 2', 'temperature', 2],
    ['temperature: range: 0..1', 'temperature', 1],
    ['temperature must be between 0 and 1.5', 'temperature', 1.5],
    ['top_p must be at least 0.01', 'topP', 0.01],
    ["Invalid 'seed': integer below minimum value. Expected a value >= 0, but got -1 instead.", 'seed', 0],
  ];
  for (const [serverMessage, parameter, bound] of table) {
    it(`names ${bound} for ${serverMessage}`, () => {
      const found = findValueBound({ serverMessage }, parameters);
      assert.deepEqual([found?.parameter, found?.bound], [parameter, bound]);
    });
  }

  it('is no number in the name of a model', () => {
    const serverMessage = 'max_tokens 50000 is larger than model-7b-v2 allows';
    assert.equal(findValueBound({ serverMessage }, parameters), undefined);
  });

  it('is found by the parameter that the server names beside its message', () => {
    const details = { parameter: 'temperature', serverMessage: 'Expected a value <= 1, but got 3 instead.' };
    assert.deepEqual(findValueBound(details, parameters), { parameter: 'temperature', sent: 3, bound: 1 });
  });

  it('is not offered for a value that does not come from the parameters', () => {
    const serverMessage = 'max_tokens is too large: 50000. This model supports at most 16384 completion tokens.';
    assert.ok(findValueBound({ serverMessage }, parameters, { top_k: 1 }));
    assert.equal(findValueBound({ serverMessage }, parameters, { max_tokens: 50_000 }), undefined);
  });

  it('is not invented', () => {
    const messages = [
      'max_tokens is too large.',
      "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      'max_tokens is too large: 50000. The maximum context length is 2048 tokens, and the request has 100 input tokens.',
      'The model is overloaded, at most 5 requests.',
      'top_k must be at most 5',
    ];
    for (const serverMessage of messages) assert.equal(findValueBound({ serverMessage }, parameters), undefined);
    assert.equal(findValueBound({ serverMessage: 'max_tokens must be at most 5' }, {}), undefined);
  });
});
