import * as assert from 'node:assert/strict';
import { type ExtractedCode, extractCode } from '../../../src/answers/extractCode';
import { assertLinear, repeatTo } from '../../support/growth';

function textOf(extracted: ExtractedCode): string | undefined {
  return extracted.kind === 'text' ? extracted.text : undefined;
}

describe('extractCode', () => {
  const code: readonly [string, string, string][] = [
    ['no fence', 'let x = 1;\n', 'let x = 1;\n'],
    ['one fence with a language', '```ts\nlet x = 1;\n```', 'let x = 1;'],
    ['one fence without a language', '```\na\nb\n```\n', 'a\nb'],
    ['one ~~~ fence', '~~~python\na\n~~~', 'a'],
    ['a ~~~ fence with backticks in its info', '~~~ `x`\na\n~~~', 'a'],
    ['a fence of four around one of three', '````md\n```ts\na\n```\n````', '```ts\na\n```'],
    ['prose around one fence', 'Sure, here is it:\n\n```ts\na\n```\nHope it helps!', 'a'],
    ['a fence closed by a longer one', '```\na\n`````', 'a'],
    ['blank lines inside', '```\n\na\n\n```', '\na\n'],
    ['an empty fence', '```ts\n```', ''],
    ['an indented fence', '  ```ts\n  a\n    b\n c\n  ```', 'a\n  b\nc'],
    ['CRLF', '```ts\r\na\r\nb\r\n```\r\n', 'a\r\nb'],
    ['a fence in indented code', 'x = 1\n    ```\n    y', 'x = 1\n    ```\n    y'],
    ['inline code of three backticks', '```let x```', '```let x```'],
    ['two backticks', '``\na\n``', '``\na\n``'],
    ['a closing fence followed by text', '```\na\n``` b\n```', 'a\n``` b'],
    ['the other kind of fence inside', '```\na\n~~~\nb\n```', 'a\n~~~\nb'],
    ['dollar signs', '```sh\necho ${1:x} $HOME \\n\n```', 'echo ${1:x} $HOME \\n'],
    ['no text', '', ''],
  ];
  for (const [name, answer, text] of code) {
    it(`extracts the code of an answer with ${name} [U07]`, () =>
      assert.equal(textOf(extractCode(answer, 'typescript')), text));
  }

  it('returns two code blocks as a choice', () => {
    const answer = 'First:\n```ts\na\n```\nor\n~~~\nb\nc\n~~~\n';
    assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'choice', blocks: ['a', 'b\nc'] });
  });

  it('returns a code block and an unclosed one as a choice', () => {
    assert.deepEqual(extractCode('```\na\n```\n```\nb', 'go'), { kind: 'choice', blocks: ['a', 'b'] });
  });

  it('extracts an unclosed code block', () => {
    assert.equal(textOf(extractCode('Here:\n```ts\na\nb', 'typescript')), 'a\nb');
    assert.equal(textOf(extractCode('```ts', 'typescript')), '');
  });

  for (const languageId of ['markdown', 'plaintext']) {
    it(`keeps fences in a ${languageId} document`, () => {
      for (const answer of ['Text\n```ts\na\n```\n', '```md\na\n```', '```\na', '```\na\n```\n```\nb\n```']) {
        assert.deepEqual(extractCode(answer, languageId), { kind: 'text', text: answer });
      }
    });
  }

  for (const text of ['`', '```\n', '~', ' ', '```a', '\n', '`\n']) {
    it(`handles a megabyte of ${JSON.stringify(text)} in linear time [E22]`, () =>
      assertLinear((size) => extractCode(repeatTo(text, size), 'go'), 250_000));
  }

  const markdown = '# Title\n\n```bash\nnpm i\n```\n\nMore';
  const nested: readonly [string, string, string][] = [
    ['a block with a language inside', `\`\`\`markdown\n${markdown}\n\`\`\``, markdown],
    [
      'two blocks with a language inside',
      '```html\n```js\na\n```\n```css\nb\n```\n```',
      '```js\na\n```\n```css\nb\n```',
    ],
    ['blocks without a language in Markdown', '```md\n# T\n```\nnpm i\n```\nmore\n```', '# T\n```\nnpm i\n```\nmore'],
    ['a block in a block in a block', '```md\n```md\n```js\na\n```\n```\n```', '```md\n```js\na\n```\n```'],
    ['a longer fence inside', '```md\n````js\na\n````\n```', '````js\na\n````'],
    ['tildes with a language inside', '~~~md\n~~~js\na\n~~~\n~~~', '~~~js\na\n~~~'],
    [
      'deeper fences without a language',
      '```elixir\n@doc """\n  ```\n  iex> f()\n  ```\n"""\n```',
      '@doc """\n  ```\n  iex> f()\n  ```\n"""',
    ],
    ['a closing fence only', 'let x = 1;\nlet y;\n```', 'let x = 1;\nlet y;'],
    ['a closing fence only and blank lines after it', 'let x = 1;\n```\n\n', 'let x = 1;'],
    ['a closing fence of tildes only', 'let x = 1;\n~~~', 'let x = 1;'],
    ['a second closing fence', '```ts\na\n```\n```', 'a'],
    ['an opening fence without a language after a lead-in', 'Here it is:\n```\na', 'a'],
  ];
  for (const [name, answer, text] of nested) {
    it(`extracts the code of an answer with ${name} [U07]`, () =>
      assert.equal(textOf(extractCode(answer, 'typescript')), text));
  }

  const choices: readonly [string, string, readonly string[]][] = [
    ['an explanation after the block', '```ts\na\n```\n\nNote that you also have to run the migration.', ['a']],
    ['a list before the block', 'Changes:\n- one\n- two\n\nCode:\n```ts\na\n```', ['a']],
    ['a long text before the block', `${'This is why. '.repeat(30)}\n\`\`\`ts\na\n\`\`\``, ['a']],
    ['code before the block', 'import x;\n```ts\na\n```', ['a']],
    ['code after the block', '```ts\na(\n```\n}', ['a(']],
    [
      'a fence without a language between code and text',
      'let x = 1\n```\nDone with it.',
      ['let x = 1', 'Done with it.'],
    ],
    ['a block and its output', '```python\na\n```\nOutput:\n```\n1\n```', ['a', '1']],
    ['a block that is left open', '```ts\na\n```js\nb\n```', ['a', 'b']],
  ];
  for (const [name, answer, blocks] of choices) {
    it(`returns an answer with ${name} as a choice [U07]`, () =>
      assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'choice', blocks }));
  }

  for (const leadIn of [
    'Sure!',
    'Here is the code:',
    'Sure, here it is:\n',
    '**Rewritten**',
    '## Code',
    '以下是代码：',
  ]) {
    it(`drops the lead-in ${JSON.stringify(leadIn)} in code, and asks in prose`, () => {
      const answer = `${leadIn}\n\`\`\`ts\na\n\`\`\``;
      assert.equal(textOf(extractCode(answer, 'go')), 'a');
      for (const languageId of ['latex', 'tex', 'restructuredtext', 'rst', 'org', 'mediawiki', 'vimwiki']) {
        assert.deepEqual(extractCode(answer, languageId), { kind: 'choice', blocks: ['a'] }, languageId);
      }
    });
  }

  for (const languageId of [
    ...['instructions', 'skill', 'chatagent', 'chatmode', 'prompt', 'mdx', 'quarto', 'rmd', 'asciidoc'],
    ...['markdown-math', 'git-commit', 'jj-commit', 'typst', 'markdoc'],
  ]) {
    it(`keeps the whole answer in a document of the language ${languageId}`, () => {
      const answer = 'Run the tests like this:\n\n```sh\nnpm test\n```\n\nThen push.';
      assert.deepEqual(extractCode(answer, languageId), { kind: 'text', text: answer });
    });
  }

  it('drops the fence around a complete answer in LaTeX', () => {
    assert.equal(textOf(extractCode('```latex\n\\section{A}\n```', 'latex')), '\\section{A}');
  });
});
