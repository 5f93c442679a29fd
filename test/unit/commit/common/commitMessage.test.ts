import * as assert from 'node:assert/strict';
import { extractCommitMessage } from '../../../../src/commit/common/commitMessage';

const message = 'Refuse carts without goods\n\nAn empty cart was charged for shipping.\n\n- cart.ts returns 0 early';

describe('the commit message in an answer', () => {
  for (const [name, answer, expected] of [
    ['a bare message stays as it is', message, message],
    ['white space at its ends and at the ends of lines goes', `\n\n  ${message.replace('\n', '  \t\n')}\n\n`, message],
    ['line ends become line feeds', message.replaceAll('\n', '\r\n'), message],
    ['a fence around it goes', `\`\`\`\n${message}\n\`\`\``, message],
    ['a fence with a language goes', `\`\`\`gitcommit\n${message}\n\`\`\`\n`, message],
    ['so does one of tildes', `~~~\n${message}\n~~~`, message],
    ['what a model says behind the fence goes too', `\`\`\`\n${message}\n\`\`\`\n\nShall I shorten it?`, message],
    ['a fence that was not closed goes', `\`\`\`\n${message}`, message],
    ['quotation marks around a single line go', '"Fix the login"', 'Fix the login'],
    ['backticks around a single line go', '`Fix the login`', 'Fix the login'],
    ['a line that begins and ends with names keeps them', '`a` is now called `b`', '`a` is now called `b`'],
    ['quotation marks around several lines stay', '"One"\n\ntwo "three"', '"One"\n\ntwo "three"'],
    [
      'a fence within the message stays',
      `${message}\n\n\`\`\`\nx\n\`\`\`\nend`,
      `${message}\n\n\`\`\`\nx\n\`\`\`\nend`,
    ],
    ['lists and indentation stay', 'Add\n\n- one\n  two', 'Add\n\n- one\n  two'],
    ['nothing stays nothing', ' \n ', ''],
  ] as const) {
    it(name, () => assert.equal(extractCommitMessage(answer), expected));
  }

  it('grows with the answer, and never shows a part of the fence', () => {
    const answer = `\`\`\`text\n${message}\n\`\`\`\n`;
    for (let length = 0; length <= answer.length; length += 1) {
      const shown = extractCommitMessage(answer.slice(0, length));
      assert.ok(message.startsWith(shown), `after ${length} characters: ${shown}`);
    }
  });
});
