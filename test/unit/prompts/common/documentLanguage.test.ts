import * as assert from 'node:assert/strict';
import { documentLanguageFor } from '../../../../src/prompts/common/documentLanguage';

describe('the language of an answer document', () => {
  for (const [destination, documentLanguage, expected] of [
    ['document', undefined, undefined],
    ['document', 'same', 'go'],
    ['document', 'sql', 'sql'],
    ['thread', undefined, undefined],
    ['review', undefined, 'go'],
    ['replace', 'markdown', 'markdown'],
  ] as const) {
    it(`is ${expected ?? 'Markdown'} for a "${destination}" prompt that names ${documentLanguage ?? 'no language'}`, () => {
      const prompt = { destination, ...(documentLanguage !== undefined && { documentLanguage }) };
      assert.equal(documentLanguageFor(prompt, 'go'), expected);
    });
  }
});
