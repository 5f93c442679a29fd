import * as assert from 'node:assert/strict';
import { Conversation } from '../../../src/core/conversation';

describe('conversation', () => {
  it('keeps the messages in order, without changing or adding any', () => {
    const conversation = new Conversation([{ role: 'system', content: 'S' }]);
    conversation.addUser(' question \n');
    conversation.addAssistant('answer');
    assert.deepEqual(conversation.messages(), [
      { role: 'system', content: 'S' },
      { role: 'user', content: ' question \n' },
      { role: 'assistant', content: 'answer' },
    ]);
  });

  it('takes the last answer off to ask again, and nothing else', () => {
    const conversation = new Conversation([]);
    conversation.addUser('question');
    conversation.addAssistant('answer');
    conversation.removeLastAssistant();
    conversation.removeLastAssistant();
    assert.deepEqual(conversation.messages(), [{ role: 'user', content: 'question' }]);
  });

  it('gives a request messages that later replies do not change', () => {
    const first = [{ role: 'user', content: 'question' }] as const;
    const conversation = new Conversation(first);
    const sent = conversation.messages();
    conversation.addAssistant('answer');
    assert.deepEqual([sent.length, first.length], [1, 1]);
  });
});
