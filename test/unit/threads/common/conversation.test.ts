import * as assert from 'node:assert/strict';
import type { RunResult } from '../../../../src/core/run';
import { type Answer, Conversation, Turn } from '../../../../src/threads/common/conversation';

const ended: RunResult = { outcome: 'ok', text: '', warnings: [], attempts: 1, totalMs: 1 };

function answer(text: string, result: RunResult | undefined = ended): Answer {
  return { model: 'm', text, ...(result === undefined ? {} : { result }) };
}

/** Gives the last question these answers, and shows the last of them. */
function give(conversation: Conversation, ...texts: readonly string[]): void {
  const answers = texts.map((text) => answer(text));
  conversation.lastTurn.addAnswers(answers);
  const last = answers.at(-1);
  if (last !== undefined) conversation.lastTurn.show(last);
}

describe('conversation', () => {
  it('keeps the messages in order, without changing or adding any', () => {
    const conversation = new Conversation([{ role: 'system', content: 'S' }]);
    give(conversation, 'answer \n');
    conversation.addTurn(' question \n');
    assert.deepEqual(conversation.toMessages(), [
      { role: 'system', content: 'S' },
      { role: 'assistant', content: 'answer \n' },
      { role: 'user', content: ' question \n' },
    ]);
  });

  it('asks the last question again without the answers that it has', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, 'one');
    assert.deepEqual(conversation.toMessages(), [{ role: 'user', content: 'first' }]);
    conversation.addTurn('second');
    give(conversation, 'two');
    assert.deepEqual(
      conversation.toMessages().map(({ content }) => content),
      ['first', 'one', 'second'],
    );
  });

  it('goes on from the answer that is shown', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, 'one', 'another', 'a third');
    const { lastTurn } = conversation;
    const previous = lastTurn.neighbor(-1);
    assert.ok(previous);
    lastTurn.show(previous);
    conversation.addTurn('second');
    assert.equal(conversation.toMessages()[1]?.content, 'another');
  });

  it('sends a question that got no answer along with the next', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, '');
    conversation.addTurn('second');
    assert.deepEqual(
      conversation.toMessages().map(({ content }) => content),
      ['first', 'second'],
    );
  });

  it('goes on from what is shown, where that is not what the model sent', () => {
    const conversation = new Conversation([{ role: 'user', content: 'about code' }]);
    conversation.replaceShownText('ignored');
    give(conversation, 'sent');
    conversation.replaceShownText('shown');
    assert.equal(conversation.replaceQuote('code', 'other code'), true);
    assert.equal(conversation.replaceQuote('none', ''), false);
    conversation.addTurn('more');
    assert.deepEqual(conversation.toMessages(), [
      { role: 'user', content: 'about other code' },
      { role: 'assistant', content: 'shown' },
      { role: 'user', content: 'more' },
    ]);
  });

  it('gives a request messages that later replies do not change', () => {
    const first = [{ role: 'user', content: 'question' }] as const;
    const conversation = new Conversation(first);
    const sent = conversation.toMessages();
    conversation.addTurn('another');
    assert.deepEqual([sent.length, first.length], [1, 1]);
  });
});

describe('the answers to one question', () => {
  it('are stepped through round and round', () => {
    const turn = new Turn();
    const [one, two, three] = [answer('1'), answer('2'), answer('3')];
    turn.addAnswers([one, two, three]);
    turn.show(one);
    assert.equal(turn.neighbor(1), two);
    assert.equal(turn.neighbor(-1), three);
    turn.show(three);
    assert.equal(turn.neighbor(1), one);
    assert.equal(turn.position, 2);
  });

  it('have no neighbour while there is only one', () => {
    const turn = new Turn();
    assert.equal(turn.neighbor(1), undefined);
    turn.addAnswers([answer('1')]);
    assert.equal(turn.neighbor(1), undefined);
  });

  it('lose those that ended without a word when others begin, and none else', () => {
    const turn = new Turn();
    const [empty, running, kept] = [answer(''), { model: 'm', text: '' }, answer('1')];
    turn.addAnswers([empty, running, kept]);
    turn.show(empty);
    const next = answer('2');
    turn.addAnswers([next]);
    assert.deepEqual(turn.answers, [running, kept, next]);
    assert.equal(turn.shown, undefined);
  });
});
