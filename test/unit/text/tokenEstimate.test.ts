import assert from 'node:assert/strict';
import { estimateTokens } from '../../../src/text/tokenEstimate';
import { assertLinear, repeatTo } from '../../support/growth';

const prose = 'The quick brown fox jumps over the lazy dog, and everyone smiles. ';
const code = 'export function add(left: number, right: number): number {\n  return left + right;\n}\n';

describe('estimateTokens', () => {
  // Token counts of the encoding o200k_base, by the npm package gpt-tokenizer.
  const known: readonly [string, string, number][] = [
    ['prose', prose, 15],
    ['code', code, 20],
    ['Chinese', '今天天气很好，我们去公园散步吧。', 12],
  ];
  for (const [name, text, tokens] of known) {
    it(`is close to the real count for ${name}`, () => {
      const estimate = estimateTokens([text]);
      assert.ok(Math.abs(estimate - tokens) <= tokens / 3, `${estimate} instead of ${tokens}`);
    });
  }

  it('is 0 without texts, and otherwise the sum of all texts', () => {
    assert.equal(estimateTokens([]), 0);
    assert.equal(estimateTokens(['', '']), 0);
    assert.equal(estimateTokens([prose, code]), estimateTokens([prose]) + estimateTokens([code]));
  });

  it('extrapolates a long text from samples', () => {
    const whole = prose.repeat(10_000);
    const exact = estimateTokens([prose]) * 10_000;
    assert.ok(Math.abs(estimateTokens([whole]) - exact) < exact / 50);
  });

  for (const text of ['a', '(', ' ', '\n', 'é', '字', '😀', '-----BEGIN ', 'YWJj', '\u{e0061}']) {
    it(`takes linear time for millions of ${JSON.stringify(text)} [E22]`, async () => {
      await assertLinear((size) => estimateTokens([repeatTo(text, size)]), 2_500_000);
    });
  }
});
