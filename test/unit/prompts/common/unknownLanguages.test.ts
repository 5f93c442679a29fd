import * as assert from 'node:assert/strict';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { unknownLanguages } from '../../../../src/prompts/common/unknownLanguages';

const known = ['javascript', 'python', 'sql'];

describe('languages that a prompt file names', () => {
  for (const [what, front, expected] of [
    ['none', 'name: js', []],
    ['one that is known', 'languages: python\ndocumentLanguage: sql', []],
    ['that of the file', 'documentLanguage: same', []],
    ['one of several', 'languages: [python, js]', ['js 2:21-23']],
    ['one on a line of its own', 'name: js\nlanguages:\n  - "js"', ['js 4:6-8']],
    ['that of a note', 'languageNotes:\n  python: Use js.\n  ts: x', ['ts 4:3-5']],
    ['that of a document', 'documentLanguage: js', ['js 2:19-21']],
    ['one that is written otherwise', 'languages: "j\\x73"', ['js 2:1-10']],
  ] as const) {
    it(`tells of those that nobody knows, where there is ${what}`, () => {
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
