import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  answerInput,
  openFile,
  pressChord,
  see,
  seeExtension,
  selectWithKeyboard,
} from '../../scripts/demo/driver.mjs';
import { filesWithKey } from '../../scripts/lib/leaks.mjs';
import { browserState } from '../../scripts/lib/pageState.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { apiError, streamed } from '../support/scenario';
import {
  choices,
  clearNotifications,
  pressNotificationButton,
  seeInThread,
  seeNotification,
  seeQuestion,
} from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

const canary = 'sk-CANARY-0123456789abcdefghijklmnop';
const words = 'thePromptText';

describe('keys, in the packaged extension', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const source = `const ${words} = 1;\n`;
    workbench = await launchWorkbench({
      settings: {
        'quillet.providers': {
          fake: { baseUrl: server.url, label: 'Fake Server', needsKey: true },
          work: { baseUrl: 'https://llm.example.com/v1', label: 'Work Gateway' },
        },
        'quillet.model': 'fake/quillet-test',
        'quillet.retries': 0,
      },
      files: { 'one.ts': source, 'two.ts': source, 'three.ts': source },
    });
  });
  afterEach(async function () {
    await saveFailureScreenshot(workbench, this.currentTest);
    await clearNotifications(workbench.page);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  async function explain(file: string): Promise<void> {
    await openFile(workbench.page, file);
    await selectWithKeyboard(workbench.page, 1, 1);
    await pressChord(workbench.page, 'g');
  }

  it('needs 16: Set API Key shows no key, and offers to test the connection', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Set API Key…');
    await (await see(choices(page).filter({ hasText: 'Fake Server' }), 'the provider')).click();
    await seeQuestion(page, 'API key for Fake Server');
    await page.keyboard.type(canary);
    await workbench.screenshot('keys-set');
    assert.equal(await page.locator('.quick-input-widget input').getAttribute('type'), 'password');
    await page.keyboard.press('Enter');
    const notice = await seeNotification(page, /API key saved for http:\/\/127\.0\.0\.1:\d+\./);
    await workbench.screenshot('keys-is-set');
    await pressNotificationButton(notice, 'Test Connection');
    await seeNotification(page, 'Fake Server at');
    assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${canary}`);
  });

  it('E15, R19: after answers and failures the key is in no file, log, setting or state, and neither is the prompt in the state', async () => {
    const { page } = workbench;
    server.script(streamed([`Your key is ${canary}`]));
    await explain('one.ts');
    await seeInThread(page, 'Your key is');
    server.script(apiError(401, { message: `Incorrect API key provided: ${canary}.` }));
    await explain('two.ts');
    await seeNotification(page, 'rejected the API key');
    await workbench.runCommand('Quillet: Show Log');
    // State is written with a delay, at the latest when the window is loaded anew.
    await workbench.reload();
    await see(page.locator('.explorer-folders-view .monaco-list-row'), 'the explorer');
    const state = await browserState(page);
    // What Quillet itself keeps is there, so the place that was looked at is the right one.
    assert.match(state, /quillet\.savedKeys/);
    assert.deepEqual(placesOf(canary, state), []);
    assert.deepEqual(
      placesOf(words, state).filter((line) => line.includes('quillet')),
      [],
    );
    assert.deepEqual(filesWithKey([workbench.dataDir]), []);
  });

  it('K13: a key that VS Code did not keep is asked for again, with the reason', async () => {
    const { page } = workbench;
    const { length } = server.requests;
    await explain('two.ts');
    await seeQuestion(page, 'API key for Fake Server');
    await seeNotification(page, 'The saved API key for "Fake Server" is gone');
    await workbench.screenshot('keys-lost');
    await workbench.press('Escape');
    assert.equal(server.requests.length, length);
  });

  it('C17, R2: an address that nobody chose here is asked about before anything is sent', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Select Model…');
    await see(choices(page).filter({ hasText: 'https://llm.example.com' }), 'the address beside the name');
    await workbench.screenshot('keys-addresses');
    await workbench.press('Escape');
    await setModel(workbench, 'work/model');
    await explain('three.ts');
    const dialog = await see(page.locator('.monaco-dialog-box'), 'the question');
    assert.match(await dialog.innerText(), /Send prompts for Work Gateway to https:\/\/llm\.example\.com\?/);
    await workbench.screenshot('keys-consent');
    const focused = dialog.locator('.monaco-button:focus');
    assert.equal((await focused.innerText()).trim(), 'Open Settings', 'Enter alone must not send');
    await (await see(dialog.locator('.monaco-button', { hasText: 'Cancel' }), 'Cancel')).click();
    await page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    assert.deepEqual(await workbench.notifications(), []);
    assert.equal(await page.locator('.editor-instance:visible .review-widget').count(), 0);
  });

  it('K16: Delete API Key lists the keys, and deletes them all after one question', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Set API Key…');
    await (await see(choices(page).filter({ hasText: 'Work Gateway' }), 'the provider')).click();
    await seeQuestion(page, 'API key for Work Gateway');
    await answerInput(page, canary);
    await seeNotification(page, 'API key saved for');
    await workbench.runCommand('Quillet: Delete API Key…');
    await see(choices(page).filter({ hasText: 'All keys' }), 'all keys');
    await workbench.screenshot('keys-delete');
    await choices(page).filter({ hasText: 'All keys' }).click();
    const dialog = await see(page.locator('.monaco-dialog-box'), 'the question');
    await workbench.screenshot('keys-delete-all');
    await dialog.locator('.monaco-button', { hasText: 'Delete All' }).click();
    await seeNotification(page, 'Deleted all API keys.');
    await clearNotifications(page);
    await workbench.runCommand('Quillet: Delete API Key…');
    await seeNotification(page, 'There are no stored API keys.');
  });
});

/** Writes the user's settings the way another program does, which is how they come along from another machine. */
async function setModel({ page, dataDir, reload }: Workbench, model: string): Promise<void> {
  const file = path.join(dataDir, 'data', 'User', 'settings.json');
  const settings = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(file, JSON.stringify({ ...settings, 'quillet.model': model }));
  // The server from npm lacks the native module that watches files.
  await reload();
  await seeExtension(page);
}

function placesOf(needle: string, text: string): string[] {
  return text.split('\n').filter((line) => line.includes(needle));
}
