import * as assert from 'node:assert/strict';
import { extractCommitMessage } from '../../../../src/commit/common/commitMessage';

const message = 'Refuse carts without goods\n\nAn empty cart was charged for shipping.\n\n- cart.ts returns 0 early';

describe('extractCommitMessage', () => {
  for (const [name, answer, expected] of [
    ['keeps a bare message', message, message],
    ['trims the message and its lines', `\n\n  ${message.replace('\n', '  \t\n')}\n\n`, message],
    ['converts line endings to line feeds', message.replaceAll('\n', '\r\n'), message],
    ['removes a surrounding fence', `\`\`\`\n${message}\n\`\`\``, message],
    ['removes a fence with a language', `\`\`\`gitcommit\n${message}\n\`\`\`\n`, message],
    ['removes a fence of tildes', `~~~\n${message}\n~~~`, message],
    ['removes text after the fence', `\`\`\`\n${message}\n\`\`\`\n\nShall I shorten it?`, message],
    ['removes an unclosed fence', `\`\`\`\n${message}`, message],
    ['removes quotation marks around a single line', '"Fix the login"', 'Fix the login'],
    ['removes backticks around a single line', '`Fix the login`', 'Fix the login'],
    ['keeps names in backticks at both ends of a line', '`a` is now called `b`', '`a` is now called `b`'],
    ['keeps quotation marks around several lines', '"One"\n\ntwo "three"', '"One"\n\ntwo "three"'],
    [
      'keeps a fence inside the message',
      `${message}\n\n\`\`\`\nx\n\`\`\`\nend`,
      `${message}\n\n\`\`\`\nx\n\`\`\`\nend`,
    ],
    [
      'keeps a code block after an explanation of the change',
      `${message}\n\nUse it like this:\n\n\`\`\`\nx\n\`\`\``,
      `${message}\n\nUse it like this:\n\n\`\`\`\nx\n\`\`\``,
    ],
    ['removes a lead-in and the fence', `Here is the message:\n\n\`\`\`\n${message}\n\`\`\``, message],
    ['removes a lead-in and a fence of tildes', `Commit message:\n~~~text\n${message}\n~~~\n`, message],
    ['removes a closing fence only', `${message}\n\`\`\``, message],
    ['removes a closing fence only, and what follows it', `${message}\n\`\`\`\n\n`, message],
    ['keeps lists and indentation', 'Add\n\n- one\n  two', 'Add\n\n- one\n  two'],
    ['returns an empty string for a blank answer', ' \n ', ''],
  ] as const) {
    it(name, () => assert.equal(extractCommitMessage(answer), expected));
  }

  it('returns a prefix of the message, without any part of the fence, for every partial answer', () => {
    const answer = `\`\`\`text\n${message}\n\`\`\`\n`;
    for (let length = 0; length <= answer.length; length += 1) {
      const shown = extractCommitMessage(answer.slice(0, length));
      assert.ok(message.startsWith(shown), `after ${length} characters: ${shown}`);
    }
  });
});
