import assert from 'node:assert/strict';
import { estimateTokens } from '../../../src/text/tokenEstimate';
import { cpuTimeOf } from '../../support/cpuTime';

const prose = 'The quick brown fox jumps over the lazy dog, and nobody minds. ';
const code = 'export function add(left: number, right: number): number {\n  return left + right;\n}\n';

describe('the estimate of tokens', () => {
  /** What the encoding o200k_base counts, by the npm package gpt-tokenizer. */
  const known: readonly [string, string, number][] = [
    ['prose', prose, 15],
    ['code', code, 20],
    ['Chinese', '今天天气很好，我们去公园散步吧。', 12],
  ];
  for (const [name, text, tokens] of known) {
    it(`is near the truth: ${name}`, () => {
      const estimate = estimateTokens([text]);
      assert.ok(Math.abs(estimate - tokens) <= tokens / 3, `${estimate} instead of ${tokens}`);
    });
  }

  it('is 0 for nothing, and that of all texts together', () => {
    assert.equal(estimateTokens([]), 0);
    assert.equal(estimateTokens(['', '']), 0);
    assert.equal(estimateTokens([prose, code]), estimateTokens([prose]) + estimateTokens([code]));
  });

  it('of a long text is that of its samples', () => {
    const whole = prose.repeat(10_000);
    const exact = estimateTokens([prose]) * 10_000;
    assert.ok(Math.abs(estimateTokens([whole]) - exact) < exact / 50);
  });

  for (const text of ['a', '(', ' ', '\n', 'é', '字', '😀', '-----BEGIN ', 'YWJj', '\u{e0061}']) {
    it(`E22: takes no time for millions of ${JSON.stringify(text)}`, async () => {
      const long = text.repeat(Math.round(10_000_000 / text.length));
      const spent = await cpuTimeOf(() => estimateTokens([long]), 100);
      assert.ok(spent < 200, `${spent} ms`);
    });
  }
});
