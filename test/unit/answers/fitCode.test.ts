import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findAmbiguousBlocks } from '../../../src/answers/codeBlocks';
import { type CodeTarget, fitCode, fitIndentation } from '../../../src/answers/fitCode';
import { QuilletError } from '../../../src/core/errors';
import { checkProperty } from '../../support/properties';

const spaces = { insertSpaces: true, tabSize: 4 };
const tabs = { insertSpaces: false, tabSize: 4 };

function place(changes: Partial<CodeTarget> = {}): CodeTarget {
  return { text: 'old', linePrefix: '', languageId: 'typescript', style: spaces, ...changes };
}

interface Case {
  readonly name: string;
  readonly answer: string;
  readonly place?: Partial<CodeTarget>;
  readonly expected: string;
}

const python = '    def area(self):\n        return self.a * self.b\n';
const go = '\tfor _, x := range xs {\n\t\tsum += x\n\t}\n';

describe('the code that an answer stands for', () => {
  const cases: readonly Case[] = [
    { name: 'need 8: no fence', answer: 'new', expected: 'new' },
    {
      name: 'need 8: one fence with a language, and chatter',
      answer: 'Sure:\n```ts\nnew\n```\nDone.',
      expected: 'new',
    },
    { name: 'need 8: a ~~~ fence', answer: '~~~\nnew\n~~~', expected: 'new' },
    {
      name: 'need 8: a fence of four around one of three',
      answer: '````\n```\nnew\n```\n````',
      expected: '```\nnew\n```',
    },
    {
      name: 'need 8: a fence that is not closed, in an answer that ended by itself',
      answer: '```\nnew',
      expected: 'new',
    },
    {
      name: 'need 8: fences in a Markdown document are content',
      answer: 'See:\n\n```ts\nnew\n```',
      place: { languageId: 'markdown' },
      expected: 'See:\n\n```ts\nnew\n```',
    },
    {
      name: 'need 8: two of them too, in a plain text',
      answer: '```\na\n```\n```\nb\n```',
      place: { languageId: 'plaintext' },
      expected: '```\na\n```\n```\nb\n```',
    },
    {
      name: 'need 10: a list in a document of prose keeps its indentation',
      answer: '- a\n  - b',
      place: { languageId: 'mdx', text: '    - old', style: tabs },
      expected: '- a\n  - b',
    },
    {
      name: 'need 9: reasoning before a fence',
      answer: '<think>a\n```\nno\n```</think>\n```\nnew\n```',
      expected: 'new',
    },
    { name: 'need 9: a tag in the middle of code', answer: 'a <think> b', expected: 'a <think> b' },
    {
      name: 'need 9: reasoning in a Markdown document',
      answer: '<think>a</think>\n\nnew',
      place: { languageId: 'markdown' },
      expected: 'new',
    },
    { name: 'U05: CRLF', answer: '```\r\na\r\nb\r\n```', expected: 'a\nb' },
    { name: 'U05: a lone CR', answer: 'a\rb', expected: 'a\nb' },
    { name: 'U05: U+2028 is no line end', answer: 'a\u2028b', expected: 'a\u2028b' },
    { name: 'U05: a fence with lone CRs', answer: '```\ra\r```', expected: 'a' },
    {
      name: 'need 10: a selection that ended with a line end',
      answer: 'new',
      place: { text: 'old\r\n' },
      expected: 'new\n',
    },
    { name: 'need 10: a selection that did not', answer: '```\nnew\n\n```\n', expected: 'new' },
    {
      name: 'need 10: what means something in a snippet',
      answer: '${1:x} $HOME \\n }',
      expected: '${1:x} $HOME \\n }',
    },
    {
      name: 'U06: a Python method from the start of its line',
      answer: '```python\ndef area(self):\n    """Area."""\n    return self.a * self.b\n```',
      place: { text: python, languageId: 'python' },
      expected: '    def area(self):\n        """Area."""\n        return self.a * self.b\n',
    },
    {
      name: 'U06: a Python method from behind its indentation',
      answer: 'def area(self):\n    """Area."""\n    return self.a * self.b',
      place: { text: python.trimStart(), linePrefix: '    ', languageId: 'python' },
      expected: 'def area(self):\n        """Area."""\n        return self.a * self.b\n',
    },
    {
      name: 'U06: a Python expression from the middle of its line',
      answer: '(\n    self.a\n    * self.b\n)',
      place: { text: 'self.a * self.b', linePrefix: '        return ', languageId: 'python' },
      expected: '(\n            self.a\n            * self.b\n        )',
    },
    {
      name: 'U06: Go with tabs, answered with spaces at column 0',
      answer: 'for i, x := range xs {\n    if i > 0 {\n        sum += x\n    }\n}',
      place: { text: go, languageId: 'go', style: tabs },
      expected: '\tfor i, x := range xs {\n\t\tif i > 0 {\n\t\t\tsum += x\n\t\t}\n\t}\n',
    },
    {
      name: 'U06: Go with tabs, answered with tabs',
      answer: 'for _, x := range xs {\n\tsum += 2 * x\n}',
      place: { text: go, languageId: 'go', style: tabs },
      expected: '\tfor _, x := range xs {\n\t\tsum += 2 * x\n\t}\n',
    },
    {
      name: 'U06: lines with tabs and lines with spaces, in a document with spaces',
      answer: 'if (a) {\n\tb();\n    c();\n}',
      place: { text: '    if (a) {\n\tb();\n    }', style: spaces },
      expected: '    if (a) {\n        b();\n        c();\n    }',
    },
    {
      name: 'U06: a selection of tabs and spaces, in a document with tabs',
      answer: 'if (a) {\n  b();\n}',
      place: { text: '    if (a) {\n\t    b();\n    }', style: tabs },
      expected: '\tif (a) {\n\t\tb();\n\t}',
    },
  ];
  for (const { name, answer, place: changes, expected } of cases) {
    it(name, () => assert.equal(fitCode(answer, place(changes)), expected));
  }

  const refused: readonly [string, string, string][] = [
    ['need 8: two fences', '```\na\n```\n```\nb\n```', 'doc.choice'],
    ['need 9: nothing but reasoning that never ended', '<think>a', 'body.empty'],
    ['need 9: nothing behind the reasoning', '<think>a</think>\n', 'body.empty'],
    ['an empty fence', '```ts\n```', 'body.empty'],
  ];
  for (const [name, answer, kind] of refused) {
    it(`${name}: nothing is written`, () => {
      assert.throws(
        () => fitCode(answer, place()),
        (thrown) => thrown instanceof QuilletError && thrown.kind === kind,
      );
    });
  }

  it('need 8, U07: a choice knows its blocks, and the one that is chosen is fitted like any other', () => {
    const answer = '<think>x</think>Either\r\n```ts\r\na {\r\n  b\r\n}\r\n```\r\nor\r\n~~~\r\nc\r\n~~~';
    assert.deepEqual(findAmbiguousBlocks(answer, 'typescript'), ['a {\n  b\n}', 'c']);
    assert.equal(fitIndentation('a {\n  b\n}', place({ text: '\told\n', style: tabs })), '\ta {\n\t\tb\n\t}\n');
    for (const clear of ['a', '```\na\n```', '```\na']) assert.deepEqual(findAmbiguousBlocks(clear, 'typescript'), []);
    assert.deepEqual(findAmbiguousBlocks(answer, 'markdown'), []);
  });

  it('need 8: any code comes out of a fence that nothing in it closes (property)', () => {
    const lines = fc.array(fc.constantFrom('a', '  b', '`', '``', '```', '~~~', '', '```ts', '<think>', '${x}'), {
      minLength: 1,
      maxLength: 8,
    });
    checkProperty(
      fc.property(lines, (all) => {
        const code = ['x', ...all, 'y'].join('\n');
        const answer = `Here:\n\`\`\`\`ts\n${code}\n\`\`\`\`\nBye.`;
        assert.equal(fitCode(answer, place({ text: 'x\ny' })), code);
      }),
      { seed: 8 },
    );
  });
});
