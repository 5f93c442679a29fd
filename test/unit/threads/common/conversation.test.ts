import * as assert from 'node:assert/strict';
import type { RunResult } from '../../../../src/core/run';
import { NO_ATTACHMENTS } from '../../../../src/references/common/attachments';
import { type Answer, Conversation, Turn } from '../../../../src/threads/common/conversation';

const ended: RunResult = { outcome: 'ok', text: '', warnings: [], attempts: 1, totalMs: 1 };

function answer(text: string, result: RunResult | undefined = ended): Answer {
  return { model: 'm', text, ...(result === undefined ? {} : { result }) };
}

/** Adds answers to the last turn and shows the last of them. */
function give(conversation: Conversation, ...texts: readonly string[]): void {
  const answers = texts.map((text) => answer(text));
  conversation.lastTurn.addAnswers(answers);
  const last = answers.at(-1);
  if (last !== undefined) conversation.lastTurn.show(last);
}

function contents(conversation: Conversation): string[] {
  return conversation.toMessages().map(({ content }) => content);
}

describe('Conversation', () => {
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

  it('requests the last turn without the answers it already has', () => {
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

  it('continues from the shown answer', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, 'one', 'another', 'a third');
    const { lastTurn } = conversation;
    const previous = lastTurn.neighbor(-1);
    assert.ok(previous);
    lastTurn.show(previous);
    conversation.addTurn('second');
    assert.equal(conversation.toMessages()[1]?.content, 'another');
  });

  it('sends an unanswered question together with the next one', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, '');
    conversation.addTurn('second');
    assert.deepEqual(
      conversation.toMessages().map(({ content }) => content),
      ['first', 'second'],
    );
  });

  it('leaves out an earlier question that was not sent', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, 'one');
    conversation.addTurn('refused');
    conversation.addTurn('second');
    assert.deepEqual(contents(conversation), ['first', 'one', 'second']);
  });

  it('sends a revised question instead of the last one, and shows each answer with its own wording', () => {
    const conversation = new Conversation([{ role: 'user', content: 'first' }]);
    give(conversation, 'one');
    conversation.addTurn('second');
    conversation.attach({ blocks: ['old block'], pictures: [] });
    give(conversation, 'old answer');
    const { lastTurn } = conversation;
    lastTurn.revise({ text: 'revised', attachments: NO_ATTACHMENTS });
    conversation.attach({ blocks: ['new block'], pictures: [] });
    assert.deepEqual(contents(conversation), ['first', 'one', 'revised\n\nnew block']);
    give(conversation, 'new answer');
    const old = lastTurn.neighbor(-1);
    assert.equal(old?.text, 'old answer');
    lastTurn.show(old);
    assert.deepEqual(contents(conversation), ['first', 'one', 'second\n\nold block']);
    conversation.addTurn('third');
    assert.deepEqual(contents(conversation), ['first', 'one', 'second\n\nold block', 'old answer', 'third']);
  });

  it('replaces the prompt with the one that a revised question renders', () => {
    const conversation = new Conversation([{ role: 'user', content: 'Why? code' }], 'Why?');
    give(conversation, 'one');
    const { lastTurn } = conversation;
    lastTurn.revise({ text: 'How?', attachments: NO_ATTACHMENTS, prompt: [{ role: 'user', content: 'How? code' }] });
    assert.deepEqual(contents(conversation), ['How? code']);
    give(conversation, 'two');
    conversation.addTurn('more');
    assert.deepEqual(contents(conversation), ['How? code', 'two', 'more']);
  });

  it('continues from the shown text if it differs from what the model sent', () => {
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

  it('returns messages that later replies do not change', () => {
    const first = [{ role: 'user', content: 'question' }] as const;
    const conversation = new Conversation(first);
    const sent = conversation.toMessages();
    conversation.addTurn('another');
    assert.deepEqual([sent.length, first.length], [1, 1]);
  });
});

describe('Turn', () => {
  it('steps through its answers and wraps around', () => {
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

  it('has no neighbor while there is only one answer', () => {
    const turn = new Turn();
    assert.equal(turn.neighbor(1), undefined);
    turn.addAnswers([answer('1')]);
    assert.equal(turn.neighbor(1), undefined);
  });

  it('removes only finished answers without text when new answers start', () => {
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
