import * as assert from 'node:assert/strict';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { unknownLanguages } from '../../../../src/prompts/common/unknownLanguages';

const known = ['javascript', 'python', 'sql'];

describe('unknownLanguages', () => {
  for (const [what, front, expected] of [
    ['no language', 'name: js', []],
    ['known languages', 'languages: python\ndocumentLanguage: sql', []],
    ['the language of the file', 'documentLanguage: same', []],
    ['one unknown language of several', 'languages: [python, js]', ['js 2:21-23']],
    ['a language on its own line', 'name: js\nlanguages:\n  - "js"', ['js 4:6-8']],
    ['the language of a note', 'languageNotes:\n  python: Use js.\n  ts: x', ['ts 4:3-5']],
    ['the language of a document', 'documentLanguage: js', ['js 2:19-21']],
    ['a language with an escape sequence', 'languages: "j\\x73"', ['js 2:1-10']],
  ] as const) {
    it(`checks ${what}`, () => {
      const text = `---\n${front}\n---\nx`;
      const { prompt } = parsePromptFile('x', text);
      assert.ok(prompt);
      assert.deepEqual(
        unknownLanguages(text, prompt, known).map(
          ({ subject, line, column, endColumn }) => `${subject} ${line}:${column}-${endColumn}`,
        ),
        expected,
      );
    });
  }
});
