import * as assert from 'node:assert/strict';
import { CONTINUE_PROMPT, joinUnfinishedAnswers } from '../../../src/answers/continuation';
import type { ChatMessage } from '../../../src/core/chat';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

describe('joinUnfinishedAnswers', () => {
  const cases: readonly [string, readonly ChatMessage[], string][] = [
    ['nothing before a first answer', [user('question')], ''],
    ['nothing before another question', [user('question'), assistant('half'), user('another')], ''],
    ['an unfinished answer', [user('question'), assistant('half'), user(CONTINUE_PROMPT)], 'half'],
    [
      'all parts of an answer that stopped twice',
      [user('question'), assistant('one '), user(CONTINUE_PROMPT), assistant('two '), user(CONTINUE_PROMPT)],
      'one two ',
    ],
    ['nothing without an answer', [user('question'), user(CONTINUE_PROMPT)], ''],
    ['nothing without messages', [], ''],
  ];
  for (const [name, messages, expected] of cases) {
    it(`returns ${name}`, () => assert.equal(joinUnfinishedAnswers(messages), expected));
  }
});
