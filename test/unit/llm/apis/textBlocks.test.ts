import * as assert from 'node:assert/strict';
import { TextBlocks } from '../../../../src/llm/apis/textBlocks';

describe('the text of overlapping blocks', () => {
  it('is returned in the order in which the blocks began', () => {
    const blocks = new TextBlocks();
    assert.equal(blocks.add(0, 'a'), 'a');
    assert.equal(blocks.add(1, 'c'), '');
    assert.equal(blocks.add(0, 'b'), 'b');
    assert.equal(blocks.close(0), 'c');
    assert.equal(blocks.add(1, 'd'), 'd');
    assert.equal(blocks.add(2, 'e'), '');
    assert.equal(blocks.closeAll(), 'e');
  });

  it('ends the answer if too much of it waits for a block that stays open', () => {
    const blocks = new TextBlocks();
    blocks.add(0, '');
    const piece = 'x'.repeat(500_000);
    for (let count = 0; count < 4; count += 1) assert.equal(blocks.add(1, piece), '');
    assert.throws(() => blocks.add(1, 'x'), { kind: 'limit.answer' });
  });

  it('may be longer in all than what may wait', () => {
    const blocks = new TextBlocks();
    const piece = 'x'.repeat(1_500_000);
    for (let round = 0; round < 5; round += 1) {
      blocks.add(`first ${round}`, '');
      assert.equal(blocks.add(`second ${round}`, piece), '');
      assert.equal(blocks.closeAll(), piece);
    }
  });
});
