import * as assert from 'node:assert/strict';
import { answerInput, choose, see } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, inTwoParts, REST, slowly, useScene } from './support/scene';
import {
  choices,
  clearNotifications,
  isBusy,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeQuestion,
  seeStatus,
  thread,
  threadButtons,
  until,
  writeReply,
} from './support/screen';

/** Tabs, no line end at the end: what a careless rewrite would lose. */
const source = 'export function add(a: number, b: number) {\n\treturn a + b;\n}\n\nexport const three = add(1, 2);';
const proposal = 'export function add(a: number, b: number): number {\n\treturn a + b;\n}';
const rewritten = source.replace('b: number)', 'b: number): number');
const better = proposal.replaceAll('add', 'sum');
const stories = ['accept', 'diff', 'decline', 'iterate', 'place', 'cut', 'form', 'blocks'];

describe('rewriting a selection in the packaged extension', () => {
  const scene = useScene({ files: filesFor(stories, source) });

  beforeEach(() => scene.server.script(slowly(proposal, 20)));

  /** Gives the instruction for the function in the file of this name. */
  async function rewrite(file: string): Promise<void> {
    const { page } = scene;
    await scene.selectAndPress(file, [1, 3], "'");
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
  }

  async function seeProposal(): Promise<void> {
    await seeInThread(scene.page, /\+\s*export function/);
    await until('the buttons are there', async () => (await threadButtons(scene.page)).includes('Accept Proposal'));
  }

  it('asks what should change, shows the change, and writes it when it is accepted', async () => {
    const { page } = scene;
    scene.server.script(inTwoParts('export function add(a: number,', proposal.slice(30)));
    await scene.selectAndPress('accept.ts', [1, 3], "'");
    await seeQuestion(page, 'Rewrite');
    await scene.journey.screenshot('rewrite-question');
    await answerInput(page, 'Give it a return type');
    await seeInThread(page, 'export function add(a: number,');
    await scene.journey.screenshot('rewrite-streaming');
    assert.equal((await threadButtons(page)).includes('Accept Proposal'), false, 'half an answer can be accepted');
    scene.server.openGate(REST);
    await seeProposal();
    await seeStatus(page, /55 tokens/);
    await scene.journey.screenshot('rewrite-proposal');
    assert.deepEqual(await threadButtons(page), [
      'Accept Proposal',
      'Open Proposal as Diff',
      'Regenerate',
      'Ask Other Models…',
      'Reject Proposal',
      'Collapse',
    ]);
    assert.equal(await scene.journey.savedText('accept.ts'), source, 'written before it was accepted');
    await pressThreadButton(page, 'Accept Proposal');
    await until('the proposal is in the text', async () => (await scene.journey.editorText()).includes('): number {'));
    await until('the thread is gone', async () => (await threads()) === 0);
    await scene.journey.screenshot('rewrite-accepted');
    assert.equal(await scene.journey.savedText('accept.ts'), rewritten);
    await scene.journey.press('Control+z');
    await until('one undo takes it back', async () => !(await scene.journey.editorText()).includes('): number {'));
    assert.equal(await scene.journey.savedText('accept.ts'), source);
    assert.deepEqual(await scene.journey.notifications(), []);
  });

  it('shows the change in a diff editor, which has Accept and Reject in its title', async () => {
    const { page } = scene;
    await rewrite('diff.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Proposal as Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: ': number {' }), 'the diff');
    await see(titleButton('Accept Proposal'), 'Accept in the title');
    await see(titleButton('Reject Proposal'), 'Reject in the title');
    await scene.journey.screenshot('rewrite-diff');
    await page.mouse.move(600, 600);
    await titleButton('Accept Proposal').click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the proposal is in the text', async () => (await scene.journey.editorText()).includes('): number {'));
    assert.equal(await scene.journey.savedText('diff.ts'), rewritten);
  });

  it('need 8: of several blocks of code one is chosen in the thread, also when the notification is gone', async () => {
    const { page } = scene;
    scene.server.script(slowly(`Either\n\`\`\`ts\n${proposal}\n\`\`\`\nor\n\`\`\`ts\n${better}\n\`\`\`\n`, 20));
    await rewrite('blocks.ts');
    await seeNotification(page, /2 blocks of code/);
    await scene.journey.screenshot('rewrite-blocks');
    await clearNotifications(page);
    await pressThreadButton(page, 'Choose Code Block');
    await see(choices(page).filter({ hasText: 'Block 2' }), 'the blocks');
    await scene.journey.screenshot('rewrite-blocks-list');
    await choose(page, 'sum');
    await until('the remark is gone', async () => !(await thread(page).innerText()).includes('2 blocks'));
    await scene.journey.screenshot('rewrite-blocks-chosen');
    await pressThreadButton(page, 'Accept Proposal');
    await until('the block is in the text', async () => (await scene.journey.editorText()).includes('function sum'));
  });

  it('forgets the proposal when it is rejected in the diff editor', async () => {
    const { page } = scene;
    await rewrite('decline.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Proposal as Diff');
    await (await see(titleButton('Reject Proposal'), 'Reject in the title')).click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await scene.journey.savedText('decline.ts'), source);
  });

  it('is changed further by a reply, and can be rejected', async () => {
    const { page } = scene;
    scene.server.scriptNext([slowly(proposal, 20), slowly(better, 20)]);
    await rewrite('iterate.ts');
    await seeProposal();
    await writeReply(page, 'Call it sum');
    await scene.journey.screenshot('rewrite-reply');
    await scene.journey.press('Control+Enter');
    await seeInThread(page, /\+\s*export function sum/);
    await until('the buttons are there', async () => (await threadButtons(page)).includes('Accept Proposal'));
    await scene.journey.screenshot('rewrite-iterated');
    const messages = scene.server.requests[1]?.json?.['messages'] as { role: string; content: string }[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    await pressThreadButton(page, 'Reject Proposal');
    await until('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await scene.journey.savedText('iterate.ts'), source);
  });

  it('can be accepted with the button below the proposal', async () => {
    const { page } = scene;
    await rewrite('form.ts');
    await seeProposal();
    await (await see(thread(page).locator('.review-thread-reply-button'), 'the reply box')).click();
    const button = thread(page).locator('.form-actions .monaco-button', { hasText: 'Accept Proposal' });
    await (await see(button, 'the button below')).click();
    await until('the proposal is in the text', async () => (await scene.journey.editorText()).includes('): number {'));
  });

  it('is written in place when it is complete, not before, in one undo step', async () => {
    const { page } = scene;
    scene.server.script(inTwoParts('export function add(a: number,', proposal.slice(30)));
    await scene.select('place.ts', 1, 3);
    await scene.journey.runCommand('Quillet: Rewrite Selection in Place');
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
    await seeStatus(page, /30 characters/);
    await scene.journey.screenshot('rewrite-in-place-running');
    assert.equal(await scene.journey.savedText('place.ts'), source, 'written before it was complete');
    scene.server.openGate(REST);
    await until('the answer is in the text', async () => (await scene.journey.editorText()).includes('): number {'));
    await scene.journey.screenshot('rewrite-in-place');
    assert.equal(await scene.journey.savedText('place.ts'), rewritten);
    await scene.journey.press('Control+z');
    assert.equal(await scene.journey.savedText('place.ts'), source);
  });

  it('leaves the text alone when the answer is cut off, and offers what arrived', async () => {
    const { page } = scene;
    scene.server.script(streamed(['export function add('], { then: [{ do: 'cut' }] }));
    await scene.select('cut.ts', 1, 3);
    await scene.journey.runCommand('Quillet: Rewrite Selection in Place');
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
    await seeNotification(page, /was lost before the response was complete/);
    await scene.journey.screenshot('rewrite-cut');
    await until('nothing runs any more', async () => !(await isBusy(page)));
    assert.equal(await scene.journey.savedText('cut.ts'), source);
  });

  function threads(): Promise<number> {
    return scene.page.locator('.editor-instance:visible .review-widget').count();
  }

  function titleButton(label: string) {
    return scene.page.locator(
      `.editor-group-container.active .title .editor-actions .action-label[aria-label^="${label}"]`,
    );
  }
});
