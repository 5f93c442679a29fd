import assert from 'node:assert/strict';
import { formatModelRef, parseModelRef } from '../../../src/core/chat';

describe('parseModelRef', () => {
  const table: readonly [string, string, string][] = [
    ['openai/gpt-5-mini', 'openai', 'gpt-5-mini'],
    ['openrouter/meta-llama/llama-3:free', 'openrouter', 'meta-llama/llama-3:free'],
    [' mine / my model ', 'mine', 'my model'],
    ['a//b', 'a', '/b'],
  ];
  for (const [text, providerId, model] of table) {
    it(`reads "${text}" as the model "${model}" of "${providerId}"`, () => {
      assert.deepEqual(parseModelRef(text), { providerId, model });
      assert.deepEqual(parseModelRef(formatModelRef({ providerId, model })), { providerId, model });
    });
  }

  for (const text of ['', '/', 'openai', '/gpt', 'openai/', '  /gpt', 'openai/  ']) {
    it(`rejects "${text}" [C10]`, () => assert.equal(parseModelRef(text), undefined));
  }
});
