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
const promptText = 'thePromptText';

describe('API keys', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const source = `const ${promptText} = 1;\n`;
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

  it('are hidden while typing, and checked on Enter', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Set API Key…');
    await (await see(choices(page).filter({ hasText: 'Fake Server' }), 'the provider')).click();
    await seeQuestion(page, 'API key for Fake Server');
    await page.keyboard.type(canary);
    await workbench.screenshot('keys-set');
    assert.equal(await page.locator('.quick-input-widget input').getAttribute('type'), 'password');
    await page.keyboard.press('Enter');
    await seeNotification(page, /API key saved for http:\/\/127\.0\.0\.1:\d+\./);
    await workbench.screenshot('keys-is-set');
    assert.deepEqual(
      server.requests.map(({ path: route, headers }) => [route, headers['authorization']]),
      [['/v1/models', `Bearer ${canary}`]],
    );
  });

  it('can be set from an error, after which the failed question runs again', async () => {
    const { page } = workbench;
    server.scriptNext([apiError(401, { message: 'Expired.' })]);
    await explain('two.ts');
    await pressNotificationButton(await seeNotification(page, 'rejected the API key: Expired.'), 'Set API Key');
    await seeQuestion(page, 'API key for Fake Server');
    await answerInput(page, `${canary}-2`);
    await seeInThread(page, 'What it does');
    await workbench.screenshot('keys-set-from-error');
    assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${canary}-2`);
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('are in no file, log, setting or state after answers and failures, nor is the prompt in the state [E15, R19]', async () => {
    const { page } = workbench;
    server.script(streamed([`Your key is ${canary}`]));
    await explain('one.ts');
    await seeInThread(page, 'Your key is');
    server.script(apiError(401, { message: `Incorrect API key provided: ${canary}.` }));
    await explain('two.ts');
    await seeNotification(page, 'rejected the API key');
    await workbench.runCommand('Quillet: Show Log');
    // VS Code writes state with a delay, at the latest on reload.
    await workbench.reload();
    await see(page.locator('.explorer-folders-view .monaco-list-row'), 'the explorer');
    const state = await browserState(page);
    // Quillet's own state is there, so this is the right storage.
    assert.match(state, /quillet\.savedKeys/);
    assert.deepEqual(linesWith(canary, state), []);
    assert.deepEqual(
      linesWith(promptText, state).filter((line) => line.includes('quillet')),
      [],
    );
    assert.deepEqual(filesWithKey([workbench.dataDir]), []);
  });

  it('are requested again, with the reason, if VS Code lost them [K13]', async () => {
    const { page } = workbench;
    const { length } = server.requests;
    await explain('two.ts');
    await seeQuestion(page, 'API key for Fake Server');
    await seeNotification(page, 'The saved API key for "Fake Server" is gone');
    await workbench.screenshot('keys-lost');
    await workbench.press('Escape');
    assert.equal(server.requests.length, length);
  });

  it('are not sent to an address that was not chosen on this machine without consent [C17, R02]', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Select Model…');
    await see(choices(page).filter({ hasText: 'https://llm.example.com' }), 'the address next to the name');
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

  it('are listed by Delete API Key, which deletes all of them after one question [K16]', async () => {
    const { page } = workbench;
    await workbench.runCommand('Quillet: Set API Key…');
    await (await see(choices(page).filter({ hasText: 'Fake Server' }), 'the provider')).click();
    await seeQuestion(page, 'API key for Fake Server');
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

/** Writes the user's settings file directly, as settings sync from another machine would. */
async function setModel({ page, dataDir, reload }: Workbench, model: string): Promise<void> {
  const file = path.join(dataDir, 'data', 'User', 'settings.json');
  const settings = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(file, JSON.stringify({ ...settings, 'quillet.model': model }));
  // The server from npm has no file watcher, which is a native module.
  await reload();
  await seeExtension(page);
}

function linesWith(needle: string, text: string): string[] {
  return text.split('\n').filter((line) => line.includes(needle));
}
