import * as assert from 'node:assert/strict';
import { unifiedDiff } from '../../../../src/review/common/unifiedDiff';
import { fencedCodeBlock } from '../../../../src/text/codeFence';

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('unifiedDiff', () => {
  it('shows deleted and inserted lines with three lines of context', () => {
    const before = numbered(1, 20);
    const after = before.map((line) => (line === 'line 10' ? 'LINE 10' : line));
    assert.equal(
      unifiedDiff(before.join('\n'), after.join('\n')),
      [' line 7', ' line 8', ' line 9', '-line 10', '+LINE 10', ' line 11', ' line 12', ' line 13'].join('\n'),
    );
  });

  it('separates distant hunks', () => {
    const before = numbered(1, 30);
    const after = before.map((line) => (line === 'line 2' || line === 'line 29' ? `new ${line}` : line));
    assert.equal(unifiedDiff(before.join('\n'), after.join('\n')).match(/^⋯$/gm)?.length, 1);
  });

  const small: readonly [string, string, string, string][] = [
    ['is empty if nothing changes', 'a\nb', 'a\nb', ''],
    ['ignores line endings', 'a\r\nb\r\n', 'a\nb\n', ''],
    ['shows an added line', 'a', 'a\nb', ' a\n+b'],
    ['shows lines added behind a last line without line end', 'f {\n}', 'f {\n}\ng {\n}', ' f {\n }\n+g {\n+}'],
    ['shows lines deleted behind a last line without line end', 'f {\n}\ng', 'f {\n}', ' f {\n }\n-g'],
    ['shows only the changed line before a last line without line end', 'a\n}', 'b\n}', '-a\n+b\n }'],
    ['shows a change of the last line end alone', 'a\n}', 'a\n}\n', ' a\n-}\n+}'],
    ['keeps lines that look like markers', 'a\n\\ b\n', 'a\n\\ c\n', ' a\n-\\ b\n+\\ c'],
    ['shows a deleted text', 'a\n', '', '-a'],
    ['shows an inserted text', '', 'a\n', '+a'],
  ];
  for (const [name, before, after, expected] of small)
    it(name, () => assert.equal(unifiedDiff(before, after), expected));

  it('stops searching for a minimal diff of very different texts', () => {
    const before = numbered(1, 30_000).join('\n');
    const after = numbered(40_001, 70_000).join('\n');
    const diff = unifiedDiff(before, after);
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
