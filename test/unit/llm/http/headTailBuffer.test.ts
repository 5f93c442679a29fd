import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { HeadTailBuffer } from '../../../../src/llm/http/headTailBuffer';
import { assertLinear } from '../../../support/growth';
import { checkProperty } from '../../../support/properties';

const encoder = new TextEncoder();

// `size`: bytes per chunk.
function buffered(text: string, size: number, [head, tail]: readonly [number, number] = [10, 5]) {
  const buffer = new HeadTailBuffer(head, tail);
  const bytes = encoder.encode(text);
  for (let index = 0; index < bytes.length; index += size) buffer.append(bytes.subarray(index, index + size));
  return buffer.toReceivedBody();
}

describe('HeadTailBuffer', () => {
  it('keeps the whole of a text that fits into head and tail', () => {
    for (const size of [1, 3, 100]) {
      assert.deepEqual(buffered('0123456789', size), { text: '0123456789', end: '', omitted: 0, bytes: 10 });
      assert.deepEqual(buffered('0123456789abcde', size), { text: '0123456789abcde', end: '', omitted: 0, bytes: 15 });
    }
    assert.deepEqual(buffered('', 1), { text: '', end: '', omitted: 0, bytes: 0 });
  });

  it('keeps the beginning and the end of a long text, and counts the bytes between', () => {
    const text = `0123456789${'x'.repeat(1000)}vwxyz`;
    for (const size of [1, 4, 7, 5000]) {
      assert.deepEqual(buffered(text, size), { text: '0123456789', end: 'vwxyz', omitted: 1000, bytes: 1015 });
    }
  });

  it('does not split characters at the gap', () => {
    assert.deepEqual(buffered('12345678é…', 1), { text: '12345678é…', end: '', omitted: 0, bytes: 13 });
    const { text, end } = buffered(`12345678\u{1f600}${'x'.repeat(100)}\u{1f600}z12`, 3);
    assert.deepEqual([text, end], ['12345678', 'z12']);
  });

  it('keeps a byte order mark', () => {
    assert.equal(buffered('\ufeffa', 1).text, '\ufeffa');
  });

  it('takes linear time for a stream of 200,000 chunks [S38]', async () => {
    const piece = encoder.encode(`data: ${'x'.repeat(180)}\n\n`);
    await assertLinear((count) => {
      const buffer = new HeadTailBuffer(98_304, 32_768);
      for (let index = 0; index < count; index += 1) buffer.append(piece);
      assert.equal(buffer.toReceivedBody().bytes, count * piece.length);
    }, 50_000);
  });

  it('equals the ends of a full copy, for any chunks (property)', () => {
    checkProperty(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 30 }),
        (chunks, head, tail) => {
          // Letters only, so that one byte is one character.
          const letters = chunks.map((chunk) => chunk.map((byte) => 97 + (byte % 26)));
          const buffer = new HeadTailBuffer(head, tail);
          for (const chunk of letters) buffer.append(chunk);
          const whole = letters.map((chunk) => new TextDecoder().decode(chunk)).join('');
          const omitted = Math.max(0, whole.length - head - tail);
          const expected =
            omitted === 0
              ? { text: whole, end: '' }
              : { text: whole.slice(0, head), end: whole.slice(whole.length - tail) };
          assert.deepEqual(buffer.toReceivedBody(), { ...expected, omitted, bytes: whole.length });
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });
});
