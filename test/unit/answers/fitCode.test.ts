import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type CodeTarget, findChoices, fitCode, fitIndentation } from '../../../src/answers/fitCode';
import { QuilletError } from '../../../src/core/errors';
import { checkProperty } from '../../support/properties';

const spaces = { insertSpaces: true, tabSize: 4 };
const tabs = { insertSpaces: false, tabSize: 4 };

function target(changes: Partial<CodeTarget> = {}): CodeTarget {
  return { text: 'old', linePrefix: '', languageId: 'typescript', style: spaces, ...changes };
}

interface Case {
  readonly name: string;
  readonly answer: string;
  readonly target?: Partial<CodeTarget>;
  readonly expected: string;
}

const python = '    def area(self):\n        return self.a * self.b\n';
const go = '\tfor _, x := range xs {\n\t\tsum += x\n\t}\n';

describe('fitCode', () => {
  const cases: readonly Case[] = [
    { name: 'no fence', answer: 'new', expected: 'new' },
    {
      name: 'a fence with a language, surrounded by prose',
      answer: 'Sure:\n```ts\nnew\n```\nDone.',
      expected: 'new',
    },
    { name: 'a ~~~ fence', answer: '~~~\nnew\n~~~', expected: 'new' },
    {
      name: 'a fence of four around one of three',
      answer: '````\n```\nnew\n```\n````',
      expected: '```\nnew\n```',
    },
    {
      name: 'an unclosed fence in a complete answer',
      answer: '```\nnew',
      expected: 'new',
    },
    {
      name: 'a fence in a Markdown document, which is content',
      answer: 'See:\n\n```ts\nnew\n```',
      target: { languageId: 'markdown' },
      expected: 'See:\n\n```ts\nnew\n```',
    },
    {
      name: 'two fences in plain text, which are content',
      answer: '```\na\n```\n```\nb\n```',
      target: { languageId: 'plaintext' },
      expected: '```\na\n```\n```\nb\n```',
    },
    {
      name: 'a list in a prose document, which keeps its indentation',
      answer: '- a\n  - b',
      target: { languageId: 'mdx', text: '    - old', style: tabs },
      expected: '- a\n  - b',
    },
    { name: 'a tag in the middle of code', answer: 'a <think> b', expected: 'a <think> b' },
    { name: 'CRLF [U05]', answer: '```\r\na\r\nb\r\n```', expected: 'a\nb' },
    { name: 'a lone CR [U05]', answer: 'a\rb', expected: 'a\nb' },
    { name: 'U+2028, which is not a line end [U05]', answer: 'a\u2028b', expected: 'a\u2028b' },
    { name: 'a fence with lone CRs [U05]', answer: '```\ra\r```', expected: 'a' },
    {
      name: 'a selection that ends with a line end',
      answer: 'new',
      target: { text: 'old\r\n' },
      expected: 'new\n',
    },
    { name: 'a selection that does not end with a line end', answer: '```\nnew\n\n```\n', expected: 'new' },
    {
      name: 'characters with a meaning in a snippet',
      answer: '${1:x} $HOME \\n }',
      expected: '${1:x} $HOME \\n }',
    },
    {
      name: 'a Python method selected from the start of its line [U06]',
      answer: '```python\ndef area(self):\n    """Area."""\n    return self.a * self.b\n```',
      target: { text: python, languageId: 'python' },
      expected: '    def area(self):\n        """Area."""\n        return self.a * self.b\n',
    },
    {
      name: 'a Python method selected from after its indentation [U06]',
      answer: 'def area(self):\n    """Area."""\n    return self.a * self.b',
      target: { text: python.trimStart(), linePrefix: '    ', languageId: 'python' },
      expected: 'def area(self):\n        """Area."""\n        return self.a * self.b\n',
    },
    {
      name: 'a Python expression selected in the middle of its line [U06]',
      answer: '(\n    self.a\n    * self.b\n)',
      target: { text: 'self.a * self.b', linePrefix: '        return ', languageId: 'python' },
      expected: '(\n            self.a\n            * self.b\n        )',
    },
    {
      name: 'Go with tabs, answered with spaces at column 0 [U06]',
      answer: 'for i, x := range xs {\n    if i > 0 {\n        sum += x\n    }\n}',
      target: { text: go, languageId: 'go', style: tabs },
      expected: '\tfor i, x := range xs {\n\t\tif i > 0 {\n\t\t\tsum += x\n\t\t}\n\t}\n',
    },
    {
      name: 'Go with tabs, answered with tabs [U06]',
      answer: 'for _, x := range xs {\n\tsum += 2 * x\n}',
      target: { text: go, languageId: 'go', style: tabs },
      expected: '\tfor _, x := range xs {\n\t\tsum += 2 * x\n\t}\n',
    },
    {
      name: 'lines with tabs and lines with spaces, in a document with spaces [U06]',
      answer: 'if (a) {\n\tb();\n    c();\n}',
      target: { text: '    if (a) {\n\tb();\n    }', style: spaces },
      expected: '    if (a) {\n        b();\n        c();\n    }',
    },
    {
      name: 'a selection of tabs and spaces, in a document with tabs [U06]',
      answer: 'if (a) {\n  b();\n}',
      target: { text: '    if (a) {\n\t    b();\n    }', style: tabs },
      expected: '\tif (a) {\n\t\tb();\n\t}',
    },
    {
      name: 'a diff of the selection',
      answer: '```diff\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n```',
      target: { text: 'a\nb\nd' },
      expected: 'a\nc\nd',
    },
    {
      name: 'a diff without hunk headers, dedented, of indented code',
      answer: 'Here is the change:\n```diff\n if (a) {\n-  b();\n+  c();\n+  d();\n }\n```',
      target: { text: '    if (a) {\n      b();\n    }\n' },
      expected: '    if (a) {\n      c();\n      d();\n    }\n',
    },
    {
      name: 'a patch with file headers and two hunks',
      answer: '```patch\n--- a/x.ts\n+++ b/x.ts\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -4,2 +4,1 @@\n d\n-e\n```',
      target: { text: 'a\nb\nc\nd\ne\n' },
      expected: 'A\nb\nc\nd\n',
    },
    {
      name: 'a diff without a fence',
      answer: '--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-old\n+new\n',
      expected: 'new',
    },
    {
      name: 'a diff whose unchanged blank line has no space',
      answer: '```diff\n a\n\n-b\n+c\n```',
      target: { text: 'a\n\nb' },
      expected: 'a\n\nc',
    },
    {
      name: 'a diff of code that is selected from after its indentation',
      answer: '```diff\n-    a();\n+    b();\n+    c();\n```',
      target: { text: 'a();', linePrefix: '    ' },
      expected: 'b();\n    c();',
    },
    {
      name: 'a diff in a diff file, which is content',
      answer: '```diff\n-a\n+b\n```',
      target: { languageId: 'diff', text: '-a\n+c' },
      expected: '-a\n+b',
    },
    {
      name: 'a makefile in an editor with spaces',
      answer: '```makefile\nall:\n\tmake -C a\n```',
      target: { languageId: 'makefile', text: '  old:' },
      expected: 'all:\n\tmake -C a',
    },
    {
      name: 'a recipe of a makefile, answered without its tab',
      answer: '```makefile\ngcc b \\\n  -o x\n```',
      target: { languageId: 'makefile', text: '\tgcc a\n' },
      expected: '\tgcc b \\\n\t\t-o x\n',
    },
    {
      name: 'a recipe of a makefile that is selected from after its tab',
      answer: 'gcc b\ngcc c',
      target: { languageId: 'makefile', text: 'gcc a', linePrefix: '\t' },
      expected: 'gcc b\n\tgcc c',
    },
    {
      name: 'a recipe of a makefile, answered with its tab',
      answer: '\tgcc b',
      target: { languageId: 'makefile', text: '\tgcc a' },
      expected: '\tgcc b',
    },
    {
      name: 'tab-separated values',
      answer: 'a\tb\n\tc',
      target: { languageId: 'tsv', text: '  x' },
      expected: 'a\tb\n\tc',
    },
    {
      name: 'YAML with tabs',
      answer: 'a: |\n  x\n\ty',
      target: { languageId: 'yaml', text: '    a: 1' },
      expected: 'a: |\n  x\n\ty',
    },
    {
      name: 'a block of makefile in a script',
      answer: '```makefile\nall:\n\tmake\n```',
      target: { languageId: 'shellscript', text: '    old' },
      expected: 'all:\n\tmake',
    },
  ];
  for (const { name, answer, target: changes, expected } of cases) {
    it(`handles ${name}`, () => assert.equal(fitCode(answer, target(changes)), expected));
  }

  const refused: readonly [string, string, string][] = [
    ['two fences', '```\na\n```\n```\nb\n```', 'doc.choice'],
    ['a diff of other code', '```diff\n-x\n+y\n```', 'doc.choice'],
    ['a diff of added lines only', '```diff\n+y\n```', 'doc.choice'],
    ['a block with an explanation', '```ts\nx\n```\nThis is only a part of what you have to change.', 'doc.choice'],
    ['an empty fence', '```ts\n```', 'body.empty'],
  ];
  for (const [name, answer, kind] of refused) {
    it(`throws for ${name}`, () => {
      assert.throws(
        () => fitCode(answer, target()),
        (thrown) => thrown instanceof QuilletError && thrown.kind === kind,
      );
    });
  }

  it('offers the code blocks of an ambiguous answer, and indents the chosen one [U07]', () => {
    const answer = 'Either\r\n```ts\r\na {\r\n  b\r\n}\r\n```\r\nor\r\n~~~\r\nc\r\n~~~';
    assert.deepEqual(findChoices(answer, target()), ['a {\n  b\n}', 'c']);
    assert.equal(fitIndentation('a {\n  b\n}', target({ text: '\told\n', style: tabs })), '\ta {\n\t\tb\n\t}\n');
    for (const clear of ['a', '```\na\n```', '```\na']) assert.deepEqual(findChoices(clear, target()), []);
    assert.deepEqual(findChoices(answer, target({ languageId: 'markdown' })), []);
  });

  it('extracts any code from a fence that the code cannot close (property)', () => {
    const lines = fc.array(fc.constantFrom('a', '  b', '`', '``', '```', '~~~', '', '```ts', '<think>', '${x}'), {
      minLength: 1,
      maxLength: 8,
    });
    checkProperty(
      fc.property(lines, (all) => {
        const code = ['x', ...all, 'y'].join('\n');
        const answer = `Here:\n\`\`\`\`ts\n${code}\n\`\`\`\`\nBye.`;
        assert.equal(fitCode(answer, target({ text: 'x\ny' })), code);
      }),
      { seed: 8 },
    );
  });
});
