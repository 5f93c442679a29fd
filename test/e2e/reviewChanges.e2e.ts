import * as assert from 'node:assert/strict';
import { openFile, placeCursor, pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import {
  answerInEditor,
  caret,
  notificationButtons,
  pressThreadButton,
  seeInThread,
  seeNotification,
  thread,
  threadButtons,
  waitUntil,
  writeReply,
} from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

const asked = [
  'export function total(prices) {',
  '  let sum = 0;',
  '  for (const price of prices) {',
  '    sum += price;',
  '  }',
  '',
  '  const tax = sum * 0.2;',
  '  console.log(tax);',
  '',
  '  return sum + tax;',
  '}',
].join('\n');
const source = `// Shop\n${asked}\n`;
const first = (text: string) => text.replace('total(prices)', 'total(prices: number[]): number');
const second = (text: string) => text.replace('sum * 0.2;', 'sum * TAX;');
const fourth = (text: string) => text.replace('return sum + tax;', 'return round(sum + tax);');
const proposal = fourth(second(first(asked)));
const fileNames = ['parts', 'keys', 'edited', 'clash', 'next', 'reply'];

describe('a proposal', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    workbench = await launchWorkbench({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(fileNames.map((name) => [`${name}.ts`, source])),
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(streamed([proposal.slice(0, 40), proposal.slice(40)], { delayMs: 300 }));
  });
  afterEach(function () {
    return saveFailureScreenshot(workbench, this.currentTest);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  async function rewrite(file: string): Promise<void> {
    const { page } = workbench;
    await openFile(page, file);
    await selectWithKeyboard(page, 2, 12);
    await pressChord(page, "'");
    await answerInEditor(page, 'Rewrite', 'Tidy up');
    await seeInThread(page, /\+\s*return round/);
    await waitUntil('the buttons are there', async () => (await threadButtons(page)).includes('Accept All Changes'));
  }

  async function openDiff(): Promise<void> {
    const { page } = workbench;
    await pressThreadButton(page, 'Open Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: 'round(' }), 'the diff');
    await see(titleButton('Accept This Change'), 'the buttons in the title');
  }

  it('can be reviewed change by change, with buttons in the title and with keys', async () => {
    const { page } = workbench;
    await rewrite('parts.ts');
    await workbench.screenshot('changes-thread');
    assert.deepEqual(await listedForOneChange(), []);
    await openDiff();
    await workbench.screenshot('changes-diff');
    assert.deepEqual(await listedForOneChange(), ['Quillet: Accept This Change', 'Quillet: Reject This Change']);
    assert.deepEqual(await titleButtons(), [
      'Accept This Change',
      'Reject This Change',
      'Accept All Changes',
      'Reject All Changes',
    ]);
    await clickTitle('Accept This Change');
    await see(page.locator('.monaco-diff-editor .editor.original', { hasText: 'number[]' }), 'the change in the file');
    await see(page.locator('.statusbar-item', { hasText: '2 changes left' }), 'the number of remaining changes');
    await workbench.screenshot('changes-one-accepted');
    await waitUntil('the cursor is on the next change', async () => (await caret(page)).startsWith('Ln 8,'));
    await workbench.press('Alt+Backspace');
    await see(page.locator('.statusbar-item', { hasText: '1 change left' }), 'the number of remaining changes');
    await page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: /TAX/ }).waitFor({
      state: 'detached',
    });
    await workbench.screenshot('changes-one-rejected');
    await waitUntil('the cursor is on the next change', async () => (await caret(page)).startsWith('Ln 11,'));
    await clickTitle('Accept All Changes');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await waitUntil('the rest is in the text', async () => (await workbench.editorText()).includes('round('));
    await workbench.screenshot('changes-rest-accepted');
    assert.equal(await workbench.savedText('parts.ts'), fourth(first(source)));
    assert.equal(await threads(), 0);
    await workbench.press('Control+z');
    assert.equal(await workbench.savedText('parts.ts'), first(source), 'one undo takes back the last accepted change');
    await workbench.press('Control+z');
    assert.equal(await workbench.savedText('parts.ts'), source, 'a second undo takes back the change before');
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('can be reviewed by keyboard and context menu; the diff closes after the last change', async () => {
    const { page } = workbench;
    await rewrite('keys.ts');
    await openDiff();
    await placeCursor(page, 11);
    await workbench.press('Alt+Enter');
    await see(page.locator('.statusbar-item', { hasText: '2 changes left' }), 'the number of remaining changes');
    const line = page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: /TAX/ });
    await line.click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-label', { hasText: 'Reject This Change' });
    await see(entry, 'the menu of the diff');
    await workbench.screenshot('changes-menu');
    await waitUntil('the change is rejected', async () => {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      return (await page.locator('.statusbar-item', { hasText: '1 change left' }).count()) > 0;
    });
    await workbench.press('Alt+Backspace');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await workbench.savedText('keys.ts'), fourth(source));
  });

  it('can be accepted if other lines have been edited since', async () => {
    const { page } = workbench;
    await rewrite('edited.ts');
    await placeCursor(page, 3);
    await workbench.press('End');
    await page.keyboard.type(' // cents');
    await workbench.screenshot('changes-edited');
    await pressThreadButton(page, 'Accept All Changes');
    await waitUntil('the proposal is in the text', async () => (await workbench.editorText()).includes('round('));
    await workbench.screenshot('changes-rebased');
    const edited = source.replace('let sum = 0;', 'let sum = 0; // cents');
    assert.equal(await workbench.savedText('edited.ts'), fourth(second(first(edited))));
    await workbench.press('Control+z');
    assert.equal(await workbench.savedText('edited.ts'), edited);
  });

  it('writes nothing if the same line has been edited, and offers alternatives', async () => {
    const { page } = workbench;
    await rewrite('clash.ts');
    await placeCursor(page, 8);
    await workbench.press('End');
    await page.keyboard.type(' // mine');
    await seeInThread(page, 'edited since');
    await workbench.screenshot('changes-clash');
    await pressThreadButton(page, 'Accept All Changes');
    const toast = await seeNotification(page, /lines that the proposal changes have been edited/);
    assert.deepEqual(await notificationButtons(toast), ['Regenerate', 'Open Diff', 'Copy Answer', 'Show Log']);
    await workbench.screenshot('changes-clash-refused');
    assert.equal(await workbench.savedText('clash.ts'), source.replace('0.2;', '0.2; // mine'));
    await workbench.runCommand('Quillet: Reject All Changes');
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
  });

  it('keeps a draft reply while its diff is open', async () => {
    const { page } = workbench;
    await rewrite('reply.ts');
    await writeReply(page, 'But keep the name');
    await openDiff();
    await workbench.runCommand('View: Close Editor');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await see(thread(page).locator('.comment-form .view-line', { hasText: 'But keep the name' }), 'the reply');
    await workbench.screenshot('changes-reply-kept');
    assert.equal(await workbench.savedText('reply.ts'), source, 'closing the diff wrote something');
    await workbench.runCommand('Quillet: Reject All Changes');
    await waitUntil('the thread is gone', async () => (await threads()) === 0);
  });

  it('can be reached with Go to Next Proposal', async () => {
    const { page } = workbench;
    await rewrite('next.ts');
    await placeCursor(page, 1);
    await workbench.runCommand('Quillet: Go to Next Proposal');
    await waitUntil('the cursor is at the proposal', async () => /^Ln 2, Col 1/.test(await caret(page)));
    await see(thread(page), 'the thread');
    await workbench.screenshot('changes-next');
  });

  async function listedForOneChange(): Promise<string[]> {
    const names = await workbench.listedCommands('Quillet: This Change');
    return names.filter((name) => name.endsWith('This Change')).sort();
  }

  function threads(): Promise<number> {
    return workbench.page.locator('.editor-instance:visible .review-widget').count();
  }

  function titleButton(label: string) {
    return workbench.page.locator(
      `.editor-group-container.active .title .editor-actions .action-label[aria-label^="${label}"]`,
    );
  }

  async function clickTitle(label: string): Promise<void> {
    await (await see(titleButton(label), `"${label}" in the title`)).click();
  }

  async function titleButtons(): Promise<string[]> {
    const all = await workbench.page
      .locator('.editor-group-container.active .title .editor-actions .action-label')
      .all();
    const labels = await Promise.all(all.map(async (action) => (await action.getAttribute('aria-label')) ?? ''));
    return labels.map((label) => label.replace(/ \(.*/, '')).filter((label) => /^(Accept|Reject)/.test(label));
  }
});
