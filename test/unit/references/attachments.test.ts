import * as assert from 'node:assert/strict';
import { attach, attachToLast, withoutSent } from '../../../src/references/common/attachments';

describe('attachments', () => {
  it('follow the question, one blank line apart', () => {
    assert.equal(
      attach('Why @a.ts?', ['@a.ts:\n```\na\n```', '@b.ts:\n```\nb\n```']),
      'Why @a.ts?\n\n@a.ts:\n```\na\n```\n\n@b.ts:\n```\nb\n```',
    );
    assert.equal(attach('Why?', []), 'Why?');
  });

  it('go with the last message only', () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
    ] as const;
    assert.deepEqual(attachToLast(messages, ['block']), [messages[0], { role: 'user', content: 'u\n\nblock' }]);
  });

  it('are left out if the user has sent them unchanged, but not if the model wrote them', () => {
    const messages = [
      { role: 'user', content: 'Q\n\none' },
      { role: 'assistant', content: 'two' },
    ] as const;
    assert.deepEqual(withoutSent(['one', 'two', 'three'], messages), ['two', 'three']);
  });
});
