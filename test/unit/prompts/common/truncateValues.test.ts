import * as assert from 'node:assert/strict';
import { estimateTokenCount } from 'tokenx';
import { fitToContext, truncate } from '../../../../src/prompts/common/truncateValues';

/** Every character a token. */
const countTokens = (text: string): number => text.length;

function fitted(values: Record<string, string>, contextWindow: number, maxOutputTokens?: number) {
  const render = (all: ReadonlyMap<string, string>) => [{ role: 'user', content: [...all.values()].join('') } as const];
  const result = fitToContext({
    values: new Map(Object.entries(values)),
    contextWindow,
    maxOutputTokens,
    render,
    countTokens,
  });
  return { values: Object.fromEntries(result.values), cuts: result.truncations };
}

describe('valueCuts', () => {
  it('caps what can be of any size, and says so', () => {
    const output = `start${'x'.repeat(20_000)}`;
    assert.deepEqual(truncate('terminal', output), {
      text: 'x'.repeat(20_000),
      cut: { name: 'terminal', kept: 20_000, of: 20_005 },
    });
    const diff = `${'x'.repeat(100_000)}end`;
    assert.deepEqual(truncate('gitDiff', diff).truncation, { name: 'gitDiff', kept: 100_000, of: 100_003 });
    assert.deepEqual(truncate('clipboard', 'short'), { text: 'short' });
  });

  it('need 37: never cuts the selection', () => {
    const text = 'x'.repeat(1_000_000);
    assert.deepEqual(truncate('selection', text), { text });
    assert.deepEqual(fitted({ selection: 'x'.repeat(5_000), before: '' }, 1_000), {
      values: { selection: 'x'.repeat(5_000), before: '' },
      cuts: [],
    });
  });

  it('leaves alone what fits beside an answer', () => {
    const values = { selection: 'x'.repeat(100), before: 'b'.repeat(500), after: 'a'.repeat(50) };
    assert.deepEqual(fitted(values, 1_300), { values, cuts: [] });
  });

  it('cuts what is far from the selection first: the start of what is before, the end of what is after', () => {
    const { values, cuts } = fitted(
      { selection: 'S', before: `far${'b'.repeat(97)}`, after: `${'a'.repeat(97)}far` },
      200,
      79,
    );
    // 200 less a tenth, less 79 for the answer, leave 101: one for the selection and 50 for each side.
    assert.deepEqual(values, { selection: 'S', before: 'b'.repeat(50), after: 'a'.repeat(50) });
    assert.deepEqual(cuts, [
      { name: 'before', kept: 50, of: 100 },
      { name: 'after', kept: 50, of: 100 },
    ]);
  });

  it('goes on with the other values where that is not enough', () => {
    const { values, cuts } = fitted({ selection: 'S', before: 'b'.repeat(10), gitDiff: 'd'.repeat(200) }, 200, 79);
    assert.deepEqual(values, { selection: 'S', before: '', gitDiff: 'd'.repeat(100) });
    assert.deepEqual(
      cuts.map(({ name }) => name),
      ['before', 'gitDiff'],
    );
  });

  it('cuts no character in two', () => {
    const { values } = fitted({ before: '😀'.repeat(50), after: '😀'.repeat(50) }, 200, 79);
    for (const text of Object.values(values)) assert.doesNotThrow(() => encodeURIComponent(text));
  });

  it('leaves a quarter of the window for an answer whose length nobody limits', () => {
    assert.equal(fitted({ before: 'b'.repeat(20_000) }, 10_000).values['before']?.length, 6_500);
  });

  it('fits by the estimate that is used, in no time', () => {
    const start = performance.now();
    const text = 'The quick brown fox; const answer = 42;\n'.repeat(5_000);
    const render = (all: ReadonlyMap<string, string>) => [
      { role: 'user', content: [...all.values()].join('') } as const,
    ];
    const { values } = fitToContext({
      values: new Map([['clipboard', text.slice(0, 100_000)]]),
      contextWindow: 8_192,
      maxOutputTokens: undefined,
      render,
      countTokens: estimateTokenCount,
    });
    const tokens = estimateTokenCount(values.get('clipboard') ?? '');
    assert.ok(tokens > 4_000 && tokens <= 5_500, String(tokens));
    assert.ok(performance.now() - start < 2_000);
  });
});
