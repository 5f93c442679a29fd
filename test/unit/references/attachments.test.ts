import * as assert from 'node:assert/strict';
import type { Picture } from '../../../src/core/picture';
import { attach, attachToLast, NO_ATTACHMENTS, withoutSent } from '../../../src/references/common/attachments';

const picture: Picture = { bytes: new Uint8Array([1]), format: 'png', width: 1, height: 1, hash: 'ab' };
const other: Picture = { ...picture, hash: 'cd' };

function user(content: string) {
  return { role: 'user', content } as const;
}

describe('attachments', () => {
  it('follow the question, one blank line apart', () => {
    const blocks = ['@a.ts:\n```\na\n```', '@b.ts:\n```\nb\n```'];
    assert.deepEqual(
      attach(user('Why @a.ts?'), { blocks, pictures: [] }),
      user('Why @a.ts?\n\n@a.ts:\n```\na\n```\n\n@b.ts:\n```\nb\n```'),
    );
    assert.deepEqual(attach(user('Why?'), NO_ATTACHMENTS), user('Why?'));
  });

  it('go with the last message only', () => {
    const messages = [{ role: 'system', content: 's' }, user('u')] as const;
    assert.deepEqual(attachToLast(messages, { blocks: ['block'], pictures: [picture] }), [
      messages[0],
      { ...user('u\n\nblock'), pictures: [picture] },
    ]);
  });

  it('are left out if the user has sent them unchanged, but not if the model wrote them', () => {
    const messages = [
      { ...user('Q\n\n@a.ts:\none'), pictures: [picture] },
      { role: 'assistant', content: 'A\n\n@b.ts:\ntwo' },
    ] as const;
    const attachments = { blocks: ['@a.ts:\none', '@b.ts:\ntwo'], pictures: [picture, other] };
    assert.deepEqual(withoutSent(attachments, messages), { blocks: ['@b.ts:\ntwo'], pictures: [other] });
  });

  it('are sent again if the last version that was sent differs, even if an older one does not', () => {
    const [first, second] = ['@a.ts:\nfirst', '@a.ts:\nsecond'];
    const messages = [user(`Q\n\n${first}`), user(`Q\n\n${second}`)];
    const blocksFor = (block: string) => withoutSent({ blocks: [block], pictures: [] }, messages).blocks;
    assert.deepEqual(blocksFor(first), [first]);
    assert.deepEqual(blocksFor(second), []);
  });
});
