import * as assert from 'node:assert/strict';
import { CONTINUE_PROMPT, joinUnfinishedAnswers } from '../../../src/answers/continuation';
import type { ChatMessage } from '../../../src/core/chat';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

describe('continuation', () => {
  const cases: readonly [string, readonly ChatMessage[], string][] = [
    ['nothing before a first answer', [user('question')], ''],
    ['nothing before another question', [user('question'), assistant('half'), user('another')], ''],
    ['the answer that stopped', [user('question'), assistant('half'), user(CONTINUE_PROMPT)], 'half'],
    [
      'every part of an answer that stopped twice',
      [user('question'), assistant('one '), user(CONTINUE_PROMPT), assistant('two '), user(CONTINUE_PROMPT)],
      'one two ',
    ],
    ['no answer where there was none', [user('question'), user(CONTINUE_PROMPT)], ''],
    ['no messages', [], ''],
  ];
  for (const [name, messages, expected] of cases) {
    it(`goes on from ${name}`, () => assert.equal(joinUnfinishedAnswers(messages), expected));
  }
});
