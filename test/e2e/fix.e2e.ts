import * as assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openFile, placeCursor, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { pressThreadButton, seeInThread, threadButtons, waitUntil } from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

/** JSON with an error that VS Code reports: a missing comma after the third line. */
const broken = '{\n  "name": "demo",\n  "numbers": [1, 2, 3]\n  "last": true\n}\n';
const corrected = broken.replace('3]', '3],');

describe('Fix with Quillet', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    workbench = await launchWorkbench({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: { 'mouse.json': broken, 'keys.json': broken },
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(streamed(['```json\n', corrected.slice(0, 30), corrected.slice(30), '```'], { delayMs: 200 }));
  });
  afterEach(function () {
    return saveFailureScreenshot(workbench, this.currentTest);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  /** Opens the file, moves the cursor to the error, and waits until VS Code has its code actions. */
  async function openProblem(file: string): Promise<Locator> {
    const { page } = workbench;
    await openFile(page, file);
    await see(page.locator('.editor-instance:visible .squiggly-error'), 'the error squiggle');
    await placeCursor(page, 4, 5);
    const bulb = page.locator(
      '.editor-instance:visible [class*="codicon-gutter-lightbulb"], .editor-instance:visible .lightBulbWidget',
    );
    return see(bulb, 'the lightbulb');
  }

  function entry(title: string) {
    return workbench.page.locator('.action-widget .monaco-list-row', { hasText: title });
  }

  async function acceptProposal(file: string): Promise<void> {
    const { page } = workbench;
    await seeInThread(page, /\+\s*"numbers": \[1, 2, 3\],/);
    await waitUntil('the buttons are there', async () => (await threadButtons(page)).includes('Accept All Changes'));
    await workbench.screenshot(`fix-proposal-${file}`);
    assert.equal(await workbench.savedText(file), broken, 'written before it was accepted');
    await pressThreadButton(page, 'Accept All Changes');
    await waitUntil('the correction is in the text', async () => (await workbench.editorText()).includes('3],'));
    assert.equal(await workbench.savedText(file), corrected);
    assert.deepEqual(await workbench.notifications(), []);
  }

  it('works with the lightbulb and the mouse', async () => {
    const bulb = await openProblem('mouse.json');
    await bulb.click();
    await see(entry('Fix with Quillet'), 'Fix in the lightbulb');
    await workbench.screenshot('fix-lightbulb');
    assert.equal(server.requests.length, 0, 'sent before anything was chosen');
    await waitUntil('Fix is chosen', async () => {
      // VS Code ignores clicks on a menu that has just opened.
      await entry('Fix with Quillet')
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return (await entry('Fix with Quillet').count()) === 0;
    });
    await acceptProposal('mouse.json');
    await workbench.press('Control+z');
    await waitUntil('one undo takes it back', async () => !(await workbench.editorText()).includes('3],'));
    assert.equal(await workbench.savedText('mouse.json'), broken);
  });

  it('works with the keyboard', async () => {
    const { page } = workbench;
    await openProblem('keys.json');
    await workbench.press('Control+.');
    await see(entry('Fix with Quillet'), 'Fix in the list');
    const focused = page.locator('.action-widget .monaco-list-row.focused', { hasText: 'Fix with Quillet' });
    await waitUntil('Fix has the focus', async () => {
      if ((await focused.count()) > 0) return true;
      await workbench.press('ArrowDown');
      return false;
    });
    await workbench.press('Enter');
    await acceptProposal('keys.json');
  });

  it('is accompanied by Explain with Quillet for a selection', async () => {
    const { page } = workbench;
    server.script(streamed(['It is a list.']));
    await openFile(page, 'keys.json');
    await selectWithKeyboard(page, 1, 2);
    await workbench.press('Control+.');
    await see(entry('Explain with Quillet'), 'Explain in the list');
    await workbench.screenshot('fix-explain');
    await waitUntil('Explain is chosen', async () => {
      await entry('Explain with Quillet')
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return (await entry('Explain with Quillet').count()) === 0;
    });
    await seeInThread(page, 'It is a list.');
  });
});
