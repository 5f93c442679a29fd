import assert from 'node:assert/strict';
import { HistoryCursor, InputHistory } from '../../../src/platform/inputHistory';

describe('the history of inputs', () => {
  it('lists each text once, the latest first, by key', () => {
    const history = new InputHistory();
    for (const text of ['one', 'two', ' ', 'one']) history.add('key', text);
    history.add('other', 'three');
    assert.deepEqual(history.get('key'), ['one', 'two']);
    assert.deepEqual(history.get('none'), []);
  });

  it('forgets the oldest texts', () => {
    const history = new InputHistory();
    for (let count = 1; count <= 60; count += 1) history.add('key', String(count));
    assert.equal(history.get('key').length, 50);
    assert.equal(history.get('key').at(-1), '11');
  });

  it('is stepped through from the text being typed and back to it', () => {
    const cursor = new HistoryCursor(['two', 'one']);
    assert.equal(cursor.step(1, 'draft'), 'two');
    assert.equal(cursor.step(1, 'two'), 'one');
    assert.equal(cursor.step(1, 'one'), 'one');
    assert.equal(cursor.step(-1, 'one'), 'two');
    assert.equal(cursor.step(-1, 'two, changed'), 'draft');
    assert.equal(cursor.step(-1, 'draft, changed'), undefined);
    assert.equal(cursor.step(1, 'draft, changed'), 'two');
    // The text of a box changes late when keys are pressed fast.
    assert.equal(cursor.step(-1, 'one'), 'draft, changed');
    assert.equal(cursor.step(-1, 'one'), undefined);
  });
});
