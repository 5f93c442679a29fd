import * as assert from 'node:assert/strict';
import { isProseAnswer, toComments } from '../../../src/answers/proseComments';

describe('prose answers in code', () => {
  const prose = [
    'It is one.',
    'This function adds two numbers.\nIt returns `a + b;`.',
    '# Summary\n\nThe loop never ends.',
    '- It opens the file.\n- It closes the file.',
    '**Note:** the call can fail!',
    '这段代码把两个数字相加。',
  ];
  for (const text of prose) {
    it(`recognizes ${JSON.stringify(text)} as prose`, () => assert.equal(isProseAnswer(text), true));
  }

  const code = [
    '// It is one.\n// It is two.',
    'const first = 1;',
    '# Adds two numbers.\ndef f(a, b):\n    return a + b',
    '"""Return the area of it."""\nx = 1',
    '/** Returns the sum. */\nfunction f() {}',
    'SELECT name FROM users',
    'if x is not None:\n    pass',
    'Here it is for you:\n```ts\na\n```',
    '<!-- It is a comment. -->',
  ];
  for (const text of code) {
    it(`recognizes ${JSON.stringify(text)} as code`, () => assert.equal(isProseAnswer(text), false));
  }

  const comments: readonly [string, string, string | undefined][] = [
    ['typescript', 'One.\n\nTwo.', '// One.\n//\n// Two.'],
    ['python', 'One.', '# One.'],
    ['sql', 'One.', '-- One.'],
    ['bat', 'One.', 'REM One.'],
    ['css', 'One.\nTwo.', '/* One.\nTwo. */'],
    ['html', 'One.', '<!-- One. -->'],
    ['html', 'One --> two.', undefined],
    ['json', 'One.', undefined],
    ['constructor', 'One.', undefined],
  ];
  for (const [languageId, text, expected] of comments) {
    it(`writes ${JSON.stringify(text)} as a comment in ${languageId}`, () =>
      assert.equal(toComments(text, languageId), expected));
  }
});
