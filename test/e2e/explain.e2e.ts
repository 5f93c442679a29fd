import * as assert from 'node:assert/strict';
import { chooseFromMenu, openFile, readAnswer, selectWithMouse } from '../../scripts/demo/driver.mjs';
import { defaultAnswer } from '../support/namedModels';
import { filesFor, REST_GATE, slowAnswer, twoPartAnswer, useFixture } from './support/fixture';
import {
  caret,
  comment,
  isBusy,
  notificationButtons,
  pressCommentButton,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeStatus,
  statusItem,
  thread,
  threadButtons,
  waitUntil,
  writeReply,
} from './support/screen';

const source = `/** Adds two numbers. */
export function add(first: number, second: number): number {
  return first + second;
}

export const three = add(1, 2);
`;
const fileNames = [
  'menu',
  'reply',
  'early',
  'buttons',
  'older',
  'below',
  'block',
  'prose',
  'regenerate',
  'close',
  'chords',
  'keys',
  'twice',
];

describe('Explain Selection', () => {
  const fixture = useFixture({ files: { ...filesFor(fileNames, source), 'data.json': '{\n  "b": 2,\n  "a": 1\n}\n' } });
  const consoleErrors: string[] = [];

  before(() => {
    fixture.page.on('console', (message) => {
      if (message.type() === 'error') consoleErrors.push(message.text());
    });
  });

  it('streams into a thread below the selection from the context menu, and ends with the token count', async () => {
    const { page } = fixture;
    fixture.server.script(
      twoPartAnswer(
        '## What it does\n\nIt adds',
        ' **two numbers**.\n\n- `first`\n- `second`\n\n```ts\nadd(1, 2);\n```\n',
      ),
    );
    await openFile(page, 'menu.ts');
    await selectWithMouse(page, 2, 4);
    await chooseFromMenu(page, 3, 'Explain Selection');
    await seeInThread(page, 'It adds');
    assert.ok(await isBusy(page), 'the status bar shows no spinner');
    await waitUntil('the thread has a Stop button', async () =>
      (await threadButtons(page)).includes('Stop Request (Escape)'),
    );
    await fixture.workbench.screenshot('explain-streaming');
    fixture.server.openGate(REST_GATE);
    const answer = await readAnswer(page);
    await fixture.workbench.screenshot('explain-menu');
    assert.equal(answer.title, 'Explain · quillet-test');
    assert.match(answer.byline, /^Quillet, .* · 55 tokens$/);
    assert.match(answer.status, /quillet-test · 55 tokens/);
    const body = comment(page, 0).locator('.comment-body');
    assert.deepEqual(await body.locator('h2').allInnerTexts(), ['What it does']);
    assert.deepEqual(await body.locator('strong').allInnerTexts(), ['two numbers']);
    assert.deepEqual(await body.locator('li code').allInnerTexts(), ['first', 'second']);
    assert.equal(
      await body.locator('.monaco-tokenized-source .mtk1').first().isVisible(),
      true,
      'the code is not highlighted',
    );
    await waitUntil(
      'the Stop button is gone',
      async () => !(await threadButtons(page)).some((label) => /Stop/.test(label)),
    );
    assert.deepEqual(await fixture.workbench.notifications(), []);
    assert.equal(fixture.server.requests.length, 1);
    assert.match(String(fixture.server.requests[0]?.body), /return first \+ second/);
  });

  it('answers a follow-up sent with Ctrl+Enter, including the conversation so far', async () => {
    const { page } = fixture;
    await fixture.explain('reply.ts', [2, 4]);
    await writeReply(page, 'Why two?');
    await fixture.workbench.screenshot('explain-reply');
    await fixture.workbench.press('Control+Enter');
    await waitUntil(
      'there are three comments',
      async () => (await thread(page).locator('.review-comment').count()) === 3,
    );
    await readAnswer(page);
    await fixture.workbench.screenshot('explain-follow-up');
    assert.deepEqual(await comment(page, 1).locator('.author').allInnerTexts(), ['You']);
    const messages = fixture.server.requests[1]?.json?.['messages'] as { role: string; content: string }[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    assert.equal(messages[2]?.content, defaultAnswer.join(''));
    assert.equal(messages[3]?.content, 'Why two?');
  });

  it('queues a follow-up until the running answer is complete', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([twoPartAnswer('The first', ' answer.'), slowAnswer('The second answer.')]);
    await fixture.selectAndPress('early.ts', [2, 4], 'g');
    await seeInThread(page, 'The first');
    await writeReply(page, 'And then?');
    await fixture.workbench.press('Control+Enter');
    await waitUntil(
      'the follow-up is queued',
      async () => (await thread(page).locator('.review-comment').count()) === 2,
    );
    assert.equal(await comment(page, 1).locator('.isPending').innerText(), 'queued');
    assert.equal(fixture.server.requests.length, 1);
    await fixture.workbench.screenshot('explain-asked-next');
    fixture.server.openGate(REST_GATE);
    await seeInThread(page, 'The second answer.');
    await readAnswer(page);
    const messages = fixture.server.requests[1]?.json?.['messages'] as { content: string }[];
    assert.deepEqual(
      messages.slice(2).map(({ content }) => content),
      ['The first answer.', 'And then?'],
    );
  });

  it('copies the answer as sent by the model', async () => {
    const { page } = fixture;
    await fixture.explain('buttons.ts', [2, 4]);
    await pressCommentButton(page, 0, 'Copy Answer');
    await waitUntil('the answer is on the clipboard', async () => (await clipboard()) === defaultAnswer.join(''));
  });

  it('copies the answer whose button was clicked, not the latest', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([slowAnswer('The first answer.'), slowAnswer('The second answer.')]);
    await fixture.explain('older.ts', [2, 4]);
    await writeReply(page, 'And then?');
    await fixture.workbench.press('Control+Enter');
    await seeInThread(page, 'The second answer.');
    await readAnswer(page);
    await pressCommentButton(page, 0, 'Copy Answer');
    await waitUntil('the first answer is on the clipboard', async () => (await clipboard()) === 'The first answer.');
  });

  it('inserts the answer below the selection, even after that has moved', async () => {
    const { page } = fixture;
    fixture.server.script(slowAnswer('// adds'));
    await fixture.explain('below.ts', [2, 4]);
    await fixture.workbench.press('Control+Home', 'Enter', 'Enter');
    await pressCommentButton(page, 0, 'Insert Answer Below');
    await waitUntil('the answer is in the text', async () =>
      (await fixture.workbench.editorText()).includes('// adds'),
    );
    assert.equal(await fixture.workbench.savedText('below.ts'), `\n\n${source.replace('}\n', '}\n// adds\n')}`);
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('below.ts'), `\n\n${source}`);
  });

  it('inserts only code or comments into code, where they are seen', async () => {
    const { page } = fixture;
    const insert = async (file: string, answer: string) => {
      fixture.server.script(slowAnswer(answer));
      await fixture.explain(file, [3, 3]);
      await pressCommentButton(page, 0, 'Insert Answer Below');
    };
    await insert('block.ts', 'Log it:\n\n```ts\nconsole.log(first);\nconsole.log(second);\n```');
    await waitUntil('the code is in the text', async () =>
      (await fixture.workbench.editorText()).includes('console.log(second)'),
    );
    await fixture.workbench.screenshot('insert-below-block');
    assert.match(
      await fixture.workbench.savedText('block.ts'),
      /second;\n {2}console.log\(first\);\n {2}console.log\(second\);\n}/,
    );
    await insert('prose.ts', 'This line adds both numbers.');
    await waitUntil('the comment is in the text', async () =>
      (await fixture.workbench.editorText()).includes('// This'),
    );
    await fixture.workbench.screenshot('insert-below-prose');
    assert.match(await fixture.workbench.savedText('prose.ts'), /second;\n {2}\/\/ This line adds both numbers.\n}/);
    await insert('data.json', 'This is the first value.');
    const toast = await seeNotification(page, /text without code/);
    await fixture.workbench.screenshot('insert-below-refused');
    assert.deepEqual(await notificationButtons(toast), ['Open as Document', 'Copy Answer']);
  });

  it('regenerates the answer', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([slowAnswer('The first answer.'), slowAnswer('Another answer.')]);
    await fixture.explain('regenerate.ts', [2, 4]);
    await pressThreadButton(page, 'Regenerate Answer');
    await seeInThread(page, 'Another answer.');
    await readAnswer(page);
    assert.equal(await thread(page).locator('.review-comment').count(), 1);
    assert.deepEqual(fixture.server.requests[1]?.json?.['messages'], fixture.server.requests[0]?.json?.['messages']);
  });

  it('removes the thread on Close Thread', async () => {
    const { page } = fixture;
    await fixture.explain('close.ts', [2, 4]);
    await pressThreadButton(page, 'Close Thread');
    await waitUntil(
      'the thread is gone',
      async () => (await page.locator('.editor-instance:visible .review-widget').count()) === 0,
    );
    assert.equal((await fixture.workbench.editorText()).trimEnd(), source.trimEnd());
  });

  it('works if Ctrl is held for both keys of the chord', async () => {
    const { page } = fixture;
    await fixture.select('chords.ts', 2, 4);
    await fixture.workbench.press('Control+k', 'Control+g');
    await readAnswer(page);
  });

  it('works with the keyboard, and everything has an accessible label', async () => {
    const { page } = fixture;
    await fixture.explain('keys.ts', [2, 4]);
    const position = await caret(page);
    assert.match(position, /^Ln 4, Col 2/, 'the cursor moved');
    await fixture.workbench.press('Control+Home', 'Alt+F9');
    await waitUntil('Alt+F9 moves the focus into the thread', () =>
      thread(page).evaluate((node) => node.contains(document.activeElement)),
    );
    await fixture.workbench.screenshot('explain-keyboard');
    const label = await statusItem(page).first().getAttribute('aria-label');
    assert.equal(label, 'Quillet: quillet-test, 55 tokens');
    assert.deepEqual(await threadButtons(page), [
      'Regenerate Answer',
      'Compare Models…',
      'Resolve Thread',
      'Close Thread',
      'Collapse',
    ]);
    await comment(page, 0).hover();
    const buttons = comment(page, 0).locator('.comment-actions .action-label');
    assert.deepEqual(await buttons.evaluateAll((all) => all.map((button) => button.getAttribute('aria-label'))), [
      'Copy Answer',
      'Insert Answer Below',
      'Open Conversation in Editor',
      'More Actions...',
    ]);
    await fixture.workbench.runCommand('Quillet: Close Thread');
    await waitUntil(
      'the command has closed the thread',
      async () => (await page.locator('.review-widget:visible').count()) === 0,
    );
  });

  it('sends one request if the keys are pressed twice', async () => {
    const { page } = fixture;
    fixture.server.script(twoPartAnswer('One', ' answer.'));
    await fixture.select('twice.ts', 2, 4);
    await fixture.workbench.press('Control+k', 'g', 'Control+k', 'g');
    await seeInThread(page, 'One');
    fixture.server.openGate(REST_GATE);
    await readAnswer(page);
    await seeStatus(page, /55 tokens/);
    assert.equal(fixture.server.requests.length, 1);
    assert.equal(await page.locator('.editor-instance:visible .review-widget').count(), 1);
  });

  it('logs no errors of VS Code', () => {
    const relevant = consoleErrors.filter((text) => /setActions|comment|quillet/i.test(text));
    assert.deepEqual(relevant, []);
  });

  function clipboard(): Promise<string> {
    return fixture.page.evaluate(() => navigator.clipboard.readText());
  }
});
