import * as assert from 'node:assert/strict';
import type { ChatMessage } from '../../../../src/core/chat';
import { replaceQuote } from '../../../../src/threads/common/replaceQuote';

const user = (content: string): ChatMessage => ({ role: 'user', content });

describe('quotedText', () => {
  const cases: readonly [string, readonly ChatMessage[], string, readonly ChatMessage[] | undefined][] = [
    ['puts the new text in its place', [user('a code b')], 'code', [user('a NEW b')]],
    ['takes the text as it is', [user('a $& b')], '$&', [user('a NEW b')]],
    [
      'leaves the other messages alone',
      [{ role: 'system', content: 'code' }, user('code'), { role: 'assistant', content: 'code' }, user('more')],
      'code',
      [{ role: 'system', content: 'code' }, user('NEW'), { role: 'assistant', content: 'code' }, user('more')],
    ],
    ['refuses a text that is not there', [user('other')], 'code', undefined],
    ['refuses a text that is there twice', [user('code code')], 'code', undefined],
    ['refuses a text that overlaps itself', [user('aaa')], 'aa', undefined],
    ['refuses a text that two messages quote', [user('code'), user('code')], 'code', undefined],
    ['refuses no text at all', [user('')], '', undefined],
  ];
  for (const [name, messages, quoted, expected] of cases) {
    it(name, () => assert.deepEqual(replaceQuote(messages, quoted, 'NEW'), expected));
  }
});
