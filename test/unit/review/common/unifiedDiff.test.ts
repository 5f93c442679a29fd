import * as assert from 'node:assert/strict';
import { unifiedDiff } from '../../../../src/review/common/unifiedDiff';
import { fencedCodeBlock } from '../../../../src/text/codeFence';

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('proposalDiff', () => {
  it('shows what is taken out and what is put in, with three lines around', () => {
    const before = numbered(1, 20);
    const after = before.map((line) => (line === 'line 10' ? 'LINE 10' : line));
    assert.equal(
      unifiedDiff(before.join('\n'), after.join('\n')),
      [' line 7', ' line 8', ' line 9', '-line 10', '+LINE 10', ' line 11', ' line 12', ' line 13'].join('\n'),
    );
  });

  it('separates distant places', () => {
    const before = numbered(1, 30);
    const after = before.map((line) => (line === 'line 2' || line === 'line 29' ? `new ${line}` : line));
    assert.equal(unifiedDiff(before.join('\n'), after.join('\n')).match(/^⋯$/gm)?.length, 1);
  });

  const small: readonly [string, string, string, string][] = [
    ['nothing changes', 'a\nb', 'a\nb', ''],
    ['only line ends change', 'a\r\nb\r\n', 'a\nb\n', ''],
    ['one line is added', 'a', 'a\nb', '-a\n+a\n+b'],
    ['lines that look like remarks', 'a\n\\ b\n', 'a\n\\ c\n', ' a\n-\\ b\n+\\ c'],
    ['everything goes', 'a\n', '', '-a'],
    ['something comes', '', 'a\n', '+a'],
  ];
  for (const [name, before, after, expected] of small)
    it(name, () => assert.equal(unifiedDiff(before, after), expected));

  it('gives up the search for the smallest diff in time', () => {
    const before = numbered(1, 30_000).join('\n');
    const after = numbered(40_001, 70_000).join('\n');
    const start = performance.now();
    const diff = unifiedDiff(before, after);
    assert.ok(performance.now() - start < 5_000);
    assert.equal(diff.split('\n').length, 60_000);
  });

  const texts: readonly [string, string][] = [
    ['a', '```ts\na\n```'],
    ['a\n', '```ts\na\n```'],
    ['', '```ts\n```'],
    ['```\na\n```', '````ts\n```\na\n```\n````'],
    ['a `````` b', '```````ts\na `````` b\n```````'],
  ];
  for (const [text, expected] of texts) {
    it(`fences ${JSON.stringify(text)} so that nothing in it can close the fence`, () =>
      assert.equal(fencedCodeBlock(text, 'ts'), expected));
  }
});
