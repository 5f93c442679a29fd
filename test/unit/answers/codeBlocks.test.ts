import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { extractCode, ReasoningFilter, stripReasoning } from '../../../src/answers/codeBlocks';
import { SurrogatePairBuffer } from '../../../src/text/surrogatePairBuffer';
import { checkProperty } from '../../support/properties';

interface Filter {
  push(chunk: string): string;
  end(): string;
}

function pushAll(filter: Filter, chunks: readonly string[]): string {
  return chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
}

describe('stripReasoning', () => {
  const texts: readonly [string, string][] = [
    ['<think>a</think>\n\ncode', 'code'],
    ['\n <think>a\nb</think> code', 'code'],
    ['<think></think>code', 'code'],
    ['<think>a</think>\n\n    indented', '    indented'],
    ['<think>a</think>\r\n\tindented', '\tindented'],
    ['<think>a <think> b</think>code', 'code'],
    ['<think>never closed', ''],
    ['<think>a</think>', ''],
    ['<think>a</think>\n \n', ''],
    ['<think>a</thin', ''],
    ['let x = 1; // <think>a</think>', 'let x = 1; // <think>a</think>'],
    ['<thinking>a</thinking>', '<thinking>a</thinking>'],
    ['<th', '<th'],
    ['  code', '  code'],
    ['  <b', '  <b'],
    ['', ''],
    [' \n', ' \n'],
  ];
  for (const [text, expected] of texts) {
    it(`turns ${JSON.stringify(text)} into ${JSON.stringify(expected)}, in any chunks`, () => {
      assert.equal(stripReasoning(text), expected);
      for (let first = 0; first <= text.length; first += 1) {
        for (let second = first; second <= text.length; second += 1) {
          const chunks = [text.slice(0, first), text.slice(first, second), text.slice(second)];
          assert.equal(pushAll(new ReasoningFilter(), chunks), expected);
        }
      }
      assert.equal(pushAll(new ReasoningFilter(), [...text]), expected);
    });
  }

  it('withholds a streamed block and passes on the rest immediately', () => {
    const filter = new ReasoningFilter();
    const shown = ['<th', 'ink>a</thi', 'nk>\n\nco', 'de'].map((chunk) => filter.push(chunk));
    assert.deepEqual(shown, ['', '', 'co', 'de']);
  });

  it('handles 200,000 chunks of one character quickly [S38]', () => {
    for (const character of [' ', '<', 'a']) {
      for (const start of ['', '<think>', '<think></think>']) {
        const begin = performance.now();
        const filter = new ReasoningFilter();
        filter.push(start);
        for (let index = 0; index < 200_000; index += 1) filter.push(character);
        assert.ok(performance.now() - begin < 1_000);
      }
    }
  });
});

describe('SurrogatePairBuffer', () => {
  it('withholds a high surrogate until the low one arrives [S34]', () => {
    const buffer = new SurrogatePairBuffer();
    assert.deepEqual([buffer.push('a\ud83d'), buffer.push('\ude00b'), buffer.end()], ['a', '😀b', '']);
  });

  it('returns a lone surrogate at the end [S34]', () => {
    const buffer = new SurrogatePairBuffer();
    assert.deepEqual(
      [buffer.push('\ud83d'), buffer.push('\ud83d'), buffer.push(''), buffer.end(), buffer.end()],
      ['', '\ud83d', '', '\ud83d', ''],
    );
  });

  it('loses nothing and never splits a pair (property) [S34]', () => {
    const units = fc.array(fc.constantFrom('a', '\ud83d', '\ude00', ''), { maxLength: 12 });
    checkProperty(
      fc.property(units, (chunks) => {
        assert.equal(pushAll(new SurrogatePairBuffer(), chunks), chunks.join(''));
        const buffer = new SurrogatePairBuffer();
        const output = [...chunks.map((chunk) => buffer.push(chunk)), buffer.end()].filter((text) => text !== '');
        assert.doesNotMatch(output.join('|'), /[\ud800-\udbff]\|[\udc00-\udfff]/);
      }),
      { seed: 34 },
    );
  });
});

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
      assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'text', text }));
  }

  it('returns two code blocks as a choice', () => {
    const answer = 'First:\n```ts\na\n```\nor\n~~~\nb\nc\n~~~\n';
    assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'choice', blocks: ['a', 'b\nc'] });
  });

  it('returns a code block and an unclosed one as a choice', () => {
    assert.deepEqual(extractCode('```\na\n```\n```\nb', 'go'), { kind: 'choice', blocks: ['a', 'b'] });
  });

  it('reports an unclosed code block', () => {
    assert.deepEqual(extractCode('Here:\n```ts\na\nb', 'typescript'), { kind: 'unclosed', text: 'a\nb' });
    assert.deepEqual(extractCode('```ts', 'typescript'), { kind: 'unclosed', text: '' });
  });

  for (const languageId of ['markdown', 'plaintext']) {
    it(`keeps fences in a ${languageId} document`, () => {
      for (const answer of ['Text\n```ts\na\n```\n', '```md\na\n```', '```\na', '```\na\n```\n```\nb\n```']) {
        assert.deepEqual(extractCode(answer, languageId), { kind: 'text', text: answer });
      }
    });
  }

  for (const text of ['`', '```\n', '~', ' ', '```a', '\n', '`\n']) {
    it(`handles a megabyte of ${JSON.stringify(text)} quickly [E22]`, () => {
      const start = performance.now();
      extractCode(text.repeat(Math.ceil(1_000_000 / text.length)), 'go');
      assert.ok(performance.now() - start < 1_000);
    });
  }
});
