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

describe('answerText: reasoning', () => {
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
    it(`need 9: makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}, in one piece or in any pieces`, () => {
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

  it('need 9: shows nothing of a block while it comes, and the rest at once', () => {
    const filter = new ReasoningFilter();
    const shown = ['<th', 'ink>a</thi', 'nk>\n\nco', 'de'].map((chunk) => filter.push(chunk));
    assert.deepEqual(shown, ['', '', 'co', 'de']);
  });

  it('S38: reads 200,000 pieces of one character in no time', () => {
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

describe('answerText: surrogates', () => {
  it('S34: holds the first half of a character back until the second one comes', () => {
    const hold = new SurrogatePairBuffer();
    assert.deepEqual([hold.push('a\ud83d'), hold.push('\ude00b'), hold.end()], ['a', '😀b', '']);
  });

  it('S34: gives a half that stays alone back in the end', () => {
    const hold = new SurrogatePairBuffer();
    assert.deepEqual(
      [hold.push('\ud83d'), hold.push('\ud83d'), hold.push(''), hold.end(), hold.end()],
      ['', '\ud83d', '', '\ud83d', ''],
    );
  });

  it('S34: loses nothing and never splits a pair (property)', () => {
    const units = fc.array(fc.constantFrom('a', '\ud83d', '\ude00', ''), { maxLength: 12 });
    checkProperty(
      fc.property(units, (chunks) => {
        assert.equal(pushAll(new SurrogatePairBuffer(), chunks), chunks.join(''));
        const hold = new SurrogatePairBuffer();
        const pieces = [...chunks.map((chunk) => hold.push(chunk)), hold.end()].filter((piece) => piece !== '');
        assert.doesNotMatch(pieces.join('|'), /[\ud800-\udbff]\|[\udc00-\udfff]/);
      }),
      { seed: 34 },
    );
  });
});

describe('answerText: fences', () => {
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
    ['a fence in deeper code', 'x = 1\n    ```\n    y', 'x = 1\n    ```\n    y'],
    ['inline code of three backticks', '```let x```', '```let x```'],
    ['two backticks', '``\na\n``', '``\na\n``'],
    ['a closing fence with text behind it', '```\na\n``` b\n```', 'a\n``` b'],
    ['the other kind of fence inside', '```\na\n~~~\nb\n```', 'a\n~~~\nb'],
    ['dollar signs', '```sh\necho ${1:x} $HOME \\n\n```', 'echo ${1:x} $HOME \\n'],
    ['nothing', '', ''],
  ];
  for (const [name, answer, text] of code) {
    it(`need 8, U07: ${name}`, () => assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'text', text }));
  }

  it('need 8: two fences are a choice', () => {
    const answer = 'First:\n```ts\na\n```\nor\n~~~\nb\nc\n~~~\n';
    assert.deepEqual(extractCode(answer, 'typescript'), { kind: 'choice', blocks: ['a', 'b\nc'] });
  });

  it('need 8: a fence and one that was never closed are a choice', () => {
    assert.deepEqual(extractCode('```\na\n```\n```\nb', 'go'), { kind: 'choice', blocks: ['a', 'b'] });
  });

  it('need 8, need 20: an opening fence without a closing one says so', () => {
    assert.deepEqual(extractCode('Here:\n```ts\na\nb', 'typescript'), { kind: 'unclosed', text: 'a\nb' });
    assert.deepEqual(extractCode('```ts', 'typescript'), { kind: 'unclosed', text: '' });
  });

  for (const languageId of ['markdown', 'plaintext']) {
    it(`need 8: fences in a ${languageId} document are content`, () => {
      for (const answer of ['Text\n```ts\na\n```\n', '```md\na\n```', '```\na', '```\na\n```\n```\nb\n```']) {
        assert.deepEqual(extractCode(answer, languageId), { kind: 'text', text: answer });
      }
    });
  }

  for (const text of ['`', '```\n', '~', ' ', '```a', '\n', '`\n']) {
    it(`E22: reads very much of ${JSON.stringify(text)} in no time`, () => {
      const start = performance.now();
      extractCode(text.repeat(Math.ceil(1_000_000 / text.length)), 'go');
      assert.ok(performance.now() - start < 1_000);
    });
  }
});
