import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { FenceFilter } from '../../../src/answers/fenceFilter';
import { assertLinear } from '../../support/growth';
import { checkProperty } from '../../support/properties';

function filtered(chunks: readonly string[]): string {
  const filter = new FenceFilter();
  return chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
}

describe('FenceFilter', () => {
  const answers: readonly [string, string][] = [
    ['```ts\nlet a;\n\nlet b;\n```', 'let a;\n\nlet b;'],
    ['\n```\nlet a;\n```\n\n', 'let a;'],
    ['~~~python\r\na = 1\r\n~~~\r\n', 'a = 1'],
    ['````md\n```\ncode\n```\n````', '```\ncode\n```'],
    ['```ts\nlet a; // ```\n```', 'let a; // ```'],
    ['```ts\nlet a;\n', 'let a;\n'],
    ['```ts\nlet a;\n``', 'let a;\n``'],
    ['```ts\nlet a;\n```\nThat is it.', 'let a;\n```\nThat is it.'],
    ['```ts\n```', ''],
    ['let a;\n', 'let a;\n'],
    ['`a`\n```', '`a`\n'],
    ['let a;\n```', 'let a;\n'],
    ['let a;\n```\n\n', 'let a;\n'],
    ['let a;\n~~~~\n', 'let a;\n'],
    ['let a;\n``', 'let a;\n``'],
    ['let a;\n```\nlet b;\n```', 'let a;\n```\nlet b;\n```'],
    ['let a;\n```\nlet b;\n```\n```', 'let a;\n```\nlet b;\n```\n'],
    ['~~~ `x`\na\n~~~', 'a'],
    ['```md\n```bash\nnpm i\n```\nmore\n```', '```bash\nnpm i\n```\nmore'],
    ['Here it is:\n```ts\nlet a;\n```', 'Here it is:\n```ts\nlet a;\n```'],
    ['```ts', '```ts'],
    ['', ''],
    [' \n', ' \n'],
  ];
  for (const [answer, expected] of answers) {
    it(`turns ${JSON.stringify(answer)} into ${JSON.stringify(expected)}, in any chunks [U07]`, () => {
      for (let at = 0; at <= answer.length; at += 1) {
        assert.equal(filtered([answer.slice(0, at), answer.slice(at)]), expected);
      }
      assert.equal(filtered([...answer]), expected);
    });
  }

  it('passes on text without fences unchanged, and without a leading fence immediately (property) [U07]', () => {
    const piece = fc.oneof(fc.constantFrom('`', 'x```', '~', '\n', ' ', '\r\n'), fc.string({ maxLength: 5 }));
    checkProperty(
      fc.property(fc.array(piece), (pieces) => assert.equal(filtered(['x', ...pieces]), ['x', ...pieces].join(''))),
      { seed: 7, numRuns: 500 },
    );
    assert.equal(new FenceFilter().push('let a;\n'), 'let a;\n');
  });

  it('can be reused for the continuation of an answer', () => {
    const filter = new FenceFilter();
    const first = filter.push('```ts\nlet ') + filter.end();
    assert.equal(first + filter.push('a;\n``') + filter.push('`\n') + filter.end(), 'let a;');
  });

  it('handles 200,000 chunks of one character in linear time [E22]', async () => {
    for (const character of [' ', '\n', '`', 'a']) {
      for (const start of ['', '```\n']) {
        await assertLinear((size) => {
          const filter = new FenceFilter();
          filter.push(start);
          for (let index = 0; index < size; index += 1) filter.push(character);
        }, 50_000);
      }
    }
  });
});
