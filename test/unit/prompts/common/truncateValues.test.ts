import * as assert from 'node:assert/strict';
import { estimateTokenCount } from 'tokenx';
import { fitToContext, truncate } from '../../../../src/prompts/common/truncateValues';

/** Counts each character as a token. */
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
  return { values: Object.fromEntries(result.values), truncations: result.truncations };
}

describe('truncateValues', () => {
  it('limits values of unbounded size and reports the truncation', () => {
    const output = `start${'x'.repeat(20_000)}`;
    assert.deepEqual(truncate('terminal', output), {
      text: 'x'.repeat(20_000),
      truncation: { name: 'terminal', keptLength: 20_000, originalLength: 20_005 },
    });
    const diff = `${'x'.repeat(100_000)}end`;
    assert.deepEqual(truncate('gitDiff', diff).truncation, {
      name: 'gitDiff',
      keptLength: 100_000,
      originalLength: 100_003,
    });
    assert.deepEqual(truncate('clipboard', 'short'), { text: 'short' });
  });

  it('closes the code block that it cuts', () => {
    const block = `a.md:\n\`\`\`\`md\n${'x'.repeat(100_000)}\n\`\`\`\``;
    const { text } = truncate('openFiles', `b.ts:\n\`\`\`ts\nb\n\`\`\`\n\n${block}`);
    assert.match(text, /^b\.ts:\n```ts\nb\n```\n\na\.md:\n````md\nx+\n````$/);
    assert.ok(text.length > 99_900 && text.length <= 100_000);
    const first = 'c.ts:\n```ts\nc\n```\n\n';
    assert.equal(truncate('openFiles', `${first}${'d.ts\n'.repeat(20_000)}`).text.match(/```/g)?.length, 2);
  });

  it('never truncates the selection', () => {
    const text = 'x'.repeat(1_000_000);
    assert.deepEqual(truncate('selection', text), { text });
    assert.deepEqual(fitted({ selection: 'x'.repeat(5_000), before: '' }, 1_000), {
      values: { selection: 'x'.repeat(5_000), before: '' },
      truncations: [],
    });
  });

  it('keeps values that fit next to the answer', () => {
    const values = { selection: 'x'.repeat(100), before: 'b'.repeat(500), after: 'a'.repeat(50) };
    assert.deepEqual(fitted(values, 1_300), { values, truncations: [] });
  });

  it('truncates the text farthest from the selection first', () => {
    const { values, truncations } = fitted(
      { selection: 'S', before: `far${'b'.repeat(97)}`, after: `${'a'.repeat(97)}far` },
      200,
      79,
    );
    // 200, minus a tenth, minus 79 for the answer, leaves 101: 1 for the selection and 50 for each side.
    assert.deepEqual(values, { selection: 'S', before: 'b'.repeat(50), after: 'a'.repeat(50) });
    assert.deepEqual(truncations, [
      { name: 'before', keptLength: 50, originalLength: 100 },
      { name: 'after', keptLength: 50, originalLength: 100 },
    ]);
  });

  it('continues with the other values if that is not enough', () => {
    const { values, truncations } = fitted(
      { selection: 'S', before: 'b'.repeat(10), gitDiff: 'd'.repeat(200) },
      200,
      79,
    );
    assert.deepEqual(values, { selection: 'S', before: '', gitDiff: 'd'.repeat(100) });
    assert.deepEqual(
      truncations.map(({ name }) => name),
      ['before', 'gitDiff'],
    );
  });

  it('does not split characters', () => {
    const { values } = fitted({ before: '😀'.repeat(50), after: '😀'.repeat(50) }, 200, 79);
    for (const text of Object.values(values)) assert.doesNotThrow(() => encodeURIComponent(text));
  });

  it('reserves a quarter of the context window if the answer has no limit', () => {
    assert.equal(fitted({ before: 'b'.repeat(20_000) }, 10_000).values['before']?.length, 6_500);
  });

  it('fits real token estimates with a few renderings', () => {
    let renderings = 0;
    const text = 'The quick brown fox; const answer = 42;\n'.repeat(5_000);
    const render = (all: ReadonlyMap<string, string>) => {
      renderings += 1;
      return [{ role: 'user', content: [...all.values()].join('') } as const];
    };
    const { values } = fitToContext({
      values: new Map([['clipboard', text.slice(0, 100_000)]]),
      contextWindow: 8_192,
      maxOutputTokens: undefined,
      render,
      countTokens: estimateTokenCount,
    });
    const tokens = estimateTokenCount(values.get('clipboard') ?? '');
    assert.ok(tokens > 4_000 && tokens <= 5_500, String(tokens));
    assert.ok(renderings <= 30, `${renderings} renderings, with a binary search in 100,000 characters`);
  });
});
