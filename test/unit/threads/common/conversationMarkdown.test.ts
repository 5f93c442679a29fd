import * as assert from 'node:assert/strict';
import { Conversation } from '../../../../src/threads/common/conversation';
import { closeFence, conversationMarkdown } from '../../../../src/threads/common/conversationMarkdown';

const facts = {
  title: 'Explain · m',
  location: '`a.ts`, line 1',
  code: { text: 'const a = 1;', languageId: 'ts' },
  userName: 'You',
  assistantName: 'Quillet',
};

describe('conversationMarkdown', () => {
  it('contains the file, the code, the questions, and the shown answers', () => {
    const conversation = new Conversation([{ role: 'user', content: 'the whole prompt' }], 'What is it?');
    const [hidden, shown] = [
      { model: 'm', text: 'One.' },
      { model: 'other', text: 'Two.' },
    ];
    conversation.lastTurn.addAnswers([hidden, shown]);
    conversation.lastTurn.show(shown);
    conversation.addTurn('Why?');
    assert.equal(
      conversationMarkdown(conversation, facts),
      [
        '# Explain · m',
        '`a.ts`, line 1',
        '```ts\nconst a = 1;\n```',
        '## You',
        'What is it?',
        '## Quillet · other',
        'Two.',
        '## You',
        'Why?\n',
      ].join('\n\n'),
    );
  });

  it('fences code so that nothing in it can close the fence', () => {
    const conversation = new Conversation([]);
    const text = conversationMarkdown(conversation, { ...facts, code: { text: '```\nx\n```', languageId: 'md' } });
    assert.match(text, /\n````md\n```\nx\n```\n````\n$/);
  });

  it('closes an unterminated code fence', () => {
    for (const [text, closed] of [
      ['```ts\nlet', '```ts\nlet\n```'],
      ['````\n```\nx\n```', '````\n```\nx\n```\n````'],
      ['~~~\nx', '~~~\nx\n~~~'],
      ['- ```js\n  x', '- ```js\n  x\n```'],
      ['```ts\nx\n```', '```ts\nx\n```'],
      ['```ts\nx\n``` js', '```ts\nx\n``` js\n```'],
      ['a ```b``` c', 'a ```b``` c'],
      ['plain', 'plain'],
    ] as const) {
      assert.equal(closeFence(text), closed);
    }
  });
});
