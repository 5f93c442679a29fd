import * as assert from 'node:assert/strict';
import type { ChatMessage } from '../../../../src/core/chat';
import { replaceQuote } from '../../../../src/threads/common/replaceQuote';

const user = (content: string): ChatMessage => ({ role: 'user', content });

describe('replaceQuote', () => {
  const cases: readonly [string, readonly ChatMessage[], string, readonly ChatMessage[] | undefined][] = [
    ['replaces the quote', [user('a code b')], 'code', [user('a NEW b')]],
    ['does not interpret special characters', [user('a $& b')], '$&', [user('a NEW b')]],
    [
      'leaves other messages unchanged',
      [{ role: 'system', content: 'code' }, user('code'), { role: 'assistant', content: 'code' }, user('more')],
      'code',
      [{ role: 'system', content: 'code' }, user('NEW'), { role: 'assistant', content: 'code' }, user('more')],
    ],
    ['rejects a text that is not quoted', [user('other')], 'code', undefined],
    ['rejects a text that is quoted twice', [user('code code')], 'code', undefined],
    ['rejects a text that overlaps itself', [user('aaa')], 'aa', undefined],
    ['rejects a text that two messages quote', [user('code'), user('code')], 'code', undefined],
    ['rejects an empty text', [user('')], '', undefined],
  ];
  for (const [name, messages, quoted, expected] of cases) {
    it(name, () => assert.deepEqual(replaceQuote(messages, quoted, 'NEW'), expected));
  }
});
