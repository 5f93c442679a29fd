import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ReasoningFilter, stripReasoning } from '../../../src/answers/codeBlocks';
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
