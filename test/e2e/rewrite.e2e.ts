import * as assert from 'node:assert/strict';
import { choose, see } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, REST_GATE, slowAnswer, twoPartAnswer, useFixture } from './support/fixture';
import {
  answerInEditor,
  caret,
  choices,
  clearNotifications,
  isBusy,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeQuestionBox,
  seeStatus,
  thread,
  threadButtons,
  waitUntil,
  writeReply,
} from './support/screen';

/** Has tabs and no final newline, which a careless rewrite would lose. */
const source = 'export function add(a: number, b: number) {\n\treturn a + b;\n}\n\nexport const three = add(1, 2);';
const proposal = 'export function add(a: number, b: number): number {\n\treturn a + b;\n}';
const rewritten = source.replace('b: number)', 'b: number): number');
const better = proposal.replaceAll('add', 'sum');
const fileNames = ['accept', 'diff', 'decline', 'iterate', 'place', 'cut', 'form', 'key', 'blocks', 'doubt'];

const EDITOR_WITH_FOCUS = '.editor-instance:visible .monaco-editor.focused:not(.review-widget *)';

describe('Rewrite Selection', () => {
  const fixture = useFixture({ files: filesFor(fileNames, source) });

  beforeEach(() => fixture.server.script(slowAnswer(proposal, 20)));

  async function rewrite(file: string): Promise<void> {
    const { page } = fixture;
    await fixture.selectAndPress(file, [1, 3], "'");
    await answerInEditor(page, 'Rewrite', 'Give it a return type');
  }

  async function seeProposal(): Promise<void> {
    await seeInThread(fixture.page, /\+\s*export function/);
    await waitUntil('the buttons are there', async () =>
      (await threadButtons(fixture.page)).includes('Accept All Changes'),
    );
  }

  it('asks for an instruction, shows the change, and writes it when accepted', async () => {
    const { page } = fixture;
    fixture.server.script(twoPartAnswer('export function add(a: number,', proposal.slice(30)));
    await fixture.selectAndPress('accept.ts', [1, 3], "'");
    const box = await seeQuestionBox(page, 'Rewrite');
    await fixture.workbench.press('Control+Enter');
    await see(box.locator('.isPending', { hasText: 'Enter an instruction.' }), 'the question stays open');
    await fixture.workbench.screenshot('rewrite-question');
    await answerInEditor(page, 'Rewrite', 'Give it a return type');
    await seeInThread(page, 'export function add(a: number,');
    await fixture.workbench.screenshot('rewrite-streaming');
    assert.equal((await threadButtons(page)).includes('Accept All Changes'), false, 'half an answer can be accepted');
    fixture.server.openGate(REST_GATE);
    await seeProposal();
    await seeStatus(page, /55 tokens/);
    await fixture.workbench.screenshot('rewrite-proposal');
    assert.deepEqual(await threadButtons(page), [
      'Accept All Changes',
      'Open Diff',
      'Regenerate Answer',
      'Compare Models…',
      'Reject All Changes',
      'Collapse',
    ]);
    assert.equal(await fixture.workbench.savedText('accept.ts'), source, 'written before it was accepted');
    await pressThreadButton(page, 'Accept All Changes');
    await waitUntil('the proposal is in the text', async () =>
      (await fixture.workbench.editorText()).includes('): number {'),
    );
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
    await fixture.workbench.screenshot('rewrite-accepted');
    assert.equal(await fixture.workbench.savedText('accept.ts'), rewritten);
    await fixture.workbench.press('Control+z');
    await waitUntil(
      'one undo takes it back',
      async () => !(await fixture.workbench.editorText()).includes('): number {'),
    );
    assert.equal(await fixture.workbench.savedText('accept.ts'), source);
    assert.deepEqual(await fixture.workbench.notifications(), []);
  });

  it('shows the change in a diff editor with Accept and Reject in its title', async () => {
    const { page } = fixture;
    await rewrite('diff.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: ': number {' }), 'the diff');
    await see(titleButton('Accept All Changes'), 'Accept in the title');
    await see(titleButton('Reject All Changes'), 'Reject in the title');
    await fixture.workbench.screenshot('rewrite-diff');
    await page.mouse.move(600, 600);
    await titleButton('Accept All Changes').click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await waitUntil('the proposal is in the text', async () =>
      (await fixture.workbench.editorText()).includes('): number {'),
    );
    assert.equal(await fixture.workbench.savedText('diff.ts'), rewritten);
  });

  it('lets the user choose one of several code blocks in the thread, even after the notification was closed', async () => {
    const { page } = fixture;
    fixture.server.script(slowAnswer(`Either\n\`\`\`ts\n${proposal}\n\`\`\`\nor\n\`\`\`ts\n${better}\n\`\`\`\n`, 20));
    await rewrite('blocks.ts');
    await seeNotification(page, /2 code blocks/);
    await fixture.workbench.screenshot('rewrite-blocks');
    await clearNotifications(page);
    await pressThreadButton(page, 'Choose Code Block');
    await see(choices(page).filter({ hasText: 'Block 2' }), 'the blocks');
    await fixture.workbench.screenshot('rewrite-blocks-list');
    await choose(page, 'sum');
    await waitUntil(
      'the message about the code blocks is gone',
      async () => !(await thread(page).innerText()).includes('2 blocks'),
    );
    await fixture.workbench.screenshot('rewrite-blocks-chosen');
    await pressThreadButton(page, 'Accept All Changes');
    await waitUntil('the block is in the text', async () =>
      (await fixture.workbench.editorText()).includes('function sum'),
    );
  });

  it('discards a proposal that is rejected in the diff editor', async () => {
    const { page } = fixture;
    await rewrite('decline.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Diff');
    await (await see(titleButton('Reject All Changes'), 'Reject in the title')).click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await fixture.workbench.savedText('decline.ts'), source);
  });

  it('changes the proposal after a reply, and can be rejected', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([slowAnswer(proposal, 20), slowAnswer(better, 20)]);
    await rewrite('iterate.ts');
    await seeProposal();
    await writeReply(page, 'Call it sum');
    await fixture.workbench.screenshot('rewrite-reply');
    await fixture.workbench.press('Control+Enter');
    await seeInThread(page, /\+\s*export function sum/);
    await waitUntil('the buttons are there', async () => (await threadButtons(page)).includes('Accept All Changes'));
    await fixture.workbench.screenshot('rewrite-iterated');
    const messages = fixture.server.requests[1]?.json?.['messages'] as { role: string; content: string }[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    await pressThreadButton(page, 'Reject All Changes');
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await fixture.workbench.savedText('iterate.ts'), source);
  });

  it('has text buttons below the proposal from the start, and leaves the focus in the editor', async () => {
    const { page } = fixture;
    await rewrite('form.ts');
    await seeProposal();
    const buttons = thread(page).locator('.form-actions .monaco-button');
    await see(buttons.first(), 'the buttons below the proposal');
    await fixture.workbench.screenshot('rewrite-buttons');
    const labels = ['Accept All Changes', 'Reject All Changes', 'Open Diff'];
    assert.deepEqual(await buttons.allInnerTexts(), labels);
    const isInThread = () => page.evaluate(() => document.activeElement?.closest('.review-widget') !== null);
    assert.equal(await isInThread(), false, 'the thread took the focus');
    await buttons.last().click();
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: ': number {' }), 'the diff');
    await fixture.workbench.runCommand('View: Close Editor');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await see(buttons.first(), 'the buttons after the diff');
    await seeProposal();
    await fixture.workbench.screenshot('rewrite-buttons-after-diff');
    assert.deepEqual(await buttons.allInnerTexts(), labels);
    await buttons.first().click();
    await waitUntil('the proposal is in the text', async () =>
      (await fixture.workbench.editorText()).includes('): number {'),
    );
    await waitUntil('the cursor is at the change', async () => (await caret(page)) === 'Ln 1, Col 1');
    await waitUntil('the editor has the focus', async () => (await page.locator(EDITOR_WITH_FOCUS).count()) > 0);
    await page.keyboard.type('// Done. ');
    await waitUntil('the text goes into the editor', async () =>
      (await fixture.workbench.editorText()).includes('// Done. export function add'),
    );
  });

  it('accepts the proposal at the cursor with the key that its button names', async () => {
    const { page } = fixture;
    await rewrite('key.ts');
    await seeProposal();
    await thread(page).locator('.form-actions .monaco-button').first().hover();
    await see(page.locator('.monaco-hover:visible', { hasText: '(Alt+Enter)' }), 'the key in the title of the button');
    await fixture.workbench.screenshot('rewrite-key');
    await fixture.workbench.press('Alt+Enter');
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await fixture.workbench.savedText('key.ts'), rewritten);
  });

  it('asks before it accepts an answer that may be incomplete', async () => {
    const { page } = fixture;
    fixture.server.script(streamed([proposal], { finishReason: 'weird' }));
    await rewrite('doubt.ts');
    await waitUntil('the buttons are there', async () => (await threadButtons(page)).includes('Accept All Changes'));
    await pressThreadButton(page, 'Accept All Changes');
    const dialog = await see(page.locator('.monaco-dialog-box'), 'the question');
    await fixture.workbench.screenshot('rewrite-accept-anyway');
    await dialog.locator('.monaco-button', { hasText: 'Accept Anyway' }).click();
    await waitUntil('the proposal is in the text', async () =>
      (await fixture.workbench.editorText()).includes('): number {'),
    );
  });

  it('writes in place when the answer is complete, as one undo step', async () => {
    const { page } = fixture;
    fixture.server.script(twoPartAnswer('export function add(a: number,', proposal.slice(30)));
    await fixture.select('place.ts', 1, 3);
    await fixture.workbench.runCommand('Quillet: Rewrite Without Review');
    await answerInEditor(page, 'Rewrite', 'Give it a return type');
    await seeStatus(page, /30 characters/);
    await fixture.workbench.screenshot('rewrite-in-place-running');
    assert.equal(await fixture.workbench.savedText('place.ts'), source, 'written before it was complete');
    fixture.server.openGate(REST_GATE);
    await waitUntil('the answer is in the text', async () =>
      (await fixture.workbench.editorText()).includes('): number {'),
    );
    await fixture.workbench.screenshot('rewrite-in-place');
    assert.equal(await fixture.workbench.savedText('place.ts'), rewritten);
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('place.ts'), source);
  });

  it('leaves the file unchanged if the answer is cut off', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['export function add('], { then: [{ do: 'cut' }] }));
    await fixture.select('cut.ts', 1, 3);
    await fixture.workbench.runCommand('Quillet: Rewrite Without Review');
    await answerInEditor(page, 'Rewrite', 'Give it a return type');
    await seeNotification(page, /was lost before the response was complete/);
    await fixture.workbench.screenshot('rewrite-cut');
    await waitUntil('nothing is running', async () => !(await isBusy(page)));
    assert.equal(await fixture.workbench.savedText('cut.ts'), source);
  });

  function threads(): Promise<number> {
    return fixture.page.locator('.editor-instance:visible .review-widget').count();
  }

  function titleButton(label: string) {
    return fixture.page.locator(
      `.editor-group-container.active .title .editor-actions .action-label[aria-label^="${label}"]`,
    );
  }
});
