import * as assert from 'node:assert/strict';
import { chord, openFile, readAnswer, see, seeExtension, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { apiError } from '../support/scenario';
import {
  choices,
  clearNotifications,
  seeNotification,
  seeQuestion,
  seeStatus,
  statusItem,
  until,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = 'export const three = 1 + 2;\n';
const files = { 'first.ts': source, 'second.ts': source, 'third.ts': source };

describe('the first run of the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    journey = await startJourney({ files });
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  it('asks where prompts should go, for a model, and carries on with the command', async () => {
    const { page } = journey;
    await openFile(page, 'first.ts');
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await seeQuestion(page, 'Where should Quillet send prompts?');
    await see(choices(page).filter({ hasText: 'OpenRouter' }), 'the list of providers');
    await journey.screenshot('first-run-providers');
    await page.keyboard.type('compatible');
    await page.keyboard.press('Enter');

    await seeQuestion(page, 'Base URL of OpenAI-compatible server');
    await page.keyboard.type('localhost:1234');
    const mended = page.locator('.quick-input-message', { hasText: 'Did you mean http://localhost:1234/v1?' });
    await see(mended, 'a mended address');
    await journey.screenshot('first-run-mended');
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('.quick-input-title', { hasText: 'Base URL' }).isVisible(), 'a bad address was taken');
    await replaceInput(journey, ` http://127.0.0.1:${server.port}/v1/chat/completions `);
    await page.keyboard.press('Enter');

    await seeQuestion(page, 'Model of local');
    await see(choices(page).filter({ hasText: 'endless' }), 'the models of the server');
    await journey.screenshot('first-run-models');
    await page.keyboard.type('my-own-model');
    await see(choices(page).filter({ hasText: 'Use "' }), 'what was typed, as a choice');
    await journey.screenshot('first-run-typed-model');
    await page.keyboard.press('Enter');

    const answer = await readAnswer(page);
    await journey.screenshot('first-run-answer');
    assert.match(answer.text, /What it does/);
    const chat = server.requests.filter(isChat);
    assert.deepEqual(
      chat.map(({ json }) => json?.['model']),
      ['my-own-model'],
    );
    assert.equal(chat[0]?.headers['authorization'], undefined, 'a key where there is none');
  });

  it('keeps to the choice, and asks nothing the next time', async () => {
    await explain(journey, 'second.ts');
    assert.equal(server.requests.filter(isChat).at(-1)?.json?.['model'], 'my-own-model');
  });
});

describe('a service that needs a key, in the packaged extension', () => {
  const key = 'sk-test-key-of-the-first-run';
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const service = { preset: 'custom', label: 'Example Service', baseUrl: server.url, needsKey: true };
    const local = { preset: 'custom', baseUrl: `${server.url}/local` };
    const listless = { preset: 'custom', baseUrl: `${server.url}/listless` };
    journey = await startJourney({ files, settings: { 'quillet.providers': { service, local, listless } } });
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  it('is asked for its key, which is masked and checked, and the command goes on', async () => {
    const { page } = journey;
    await openFile(page, 'first.ts');
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await seeQuestion(page, 'Provider');
    await choose('service');
    await seeQuestion(page, 'API key for Example Service');
    assert.equal(await page.locator('.quick-input-widget input').getAttribute('type'), 'password');
    await pasteKey(`${key}\u200b-tail`);
    await see(page.locator('.quick-input-message', { hasText: /character at position 2[89]/ }), 'where it is wrong');
    await journey.screenshot('key-refused');
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('.quick-input-title', { hasText: 'API key for' }).isVisible(), 'a bad key was taken');
    await replaceInput(journey, '');
    await pasteKey(` ${key} `);
    await journey.screenshot('key-masked');
    await page.keyboard.press('Enter');
    await seeQuestion(page, 'Model of Example Service');
    await choose('needs-key');
    await readAnswer(page);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers['authorization']),
      [`Bearer ${key}`, `Bearer ${key}`],
    );
  });

  it('is tested', async () => {
    await journey.runCommand('Quillet: Test Connection');
    await seeNotification(journey.page, /Example Service at http.* answers and lists \d+ models\./);
    await journey.screenshot('test-connection');
    await clearNotifications(journey.page);
  });

  it('is asked again in a new window, where VS Code can keep secrets only as long as the old one', async () => {
    const { page } = journey;
    await journey.reload();
    await seeExtension(page);
    await openFile(page, 'second.ts');
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await seeQuestion(page, 'API key for Example Service');
    await pasteKey(key);
    await page.keyboard.press('Enter');
    await readAnswer(page);
    assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${key}`);
  });

  it('can be left for another provider from the status bar', async () => {
    const { page } = journey;
    await (await see(statusItem(page), "Quillet's item in the status bar")).click();
    await seeQuestion(page, 'Provider');
    await journey.screenshot('select-provider');
    await choose('local');
    await seeQuestion(page, 'Model of local');
    await choose('echo');
    await seeStatus(page, 'echo');
    await explain(journey, 'third.ts');
    assert.match(server.requests.at(-1)?.path ?? '', /local/);
  });

  it('is asked for its key again when that was deleted, and Escape ends it quietly', async () => {
    const { page } = journey;
    await journey.runCommand('Quillet: Delete API Key');
    await seePlaceholder('Delete the API key of which provider?');
    await choose('Example Service');
    await seeNotification(page, /is deleted/);
    await journey.screenshot('key-deleted');
    await clearNotifications(page);
    await journey.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose('service');
    await seeQuestion(page, 'API key for Example Service');
    await journey.screenshot('key-asked');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(500);
    assert.deepEqual(await journey.notifications(), []);
    await journey.runCommand('Quillet: Set API Key');
    await seePlaceholder('Set the API key of which provider?');
    await choose('Example Service');
    await seeQuestion(page, 'API key for Example Service');
    await pasteKey('sk-another');
    await page.keyboard.press('Enter');
    await seeNotification(page, /is set/);
    await journey.screenshot('key-set');
    await clearNotifications(page);
  });

  it('lets a model be typed in where the server lists none, and says why', async () => {
    const { page } = journey;
    server.script(apiError(404, { message: 'There is no such list.' }), 'models');
    await journey.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose('listless');
    await seeQuestion(page, 'Model of listless');
    await see(choices(page).filter({ hasText: 'There is no such list.' }), 'the reason');
    await journey.screenshot('models-missing');
    await page.keyboard.type('typed-in');
    await see(choices(page).filter({ hasText: 'Use "' }), 'what was typed, as a choice');
    await page.keyboard.press('Enter');
    await seeStatus(page, 'typed-in');
  });

  /** Types what is wanted, and takes it once it is in the list. */
  async function choose(words: string): Promise<void> {
    await journey.page.keyboard.type(words);
    await see(choices(journey.page).filter({ hasText: words }), `"${words}" to choose`);
    await journey.page.keyboard.press('Enter');
  }

  async function seePlaceholder(words: string): Promise<void> {
    await see(journey.page.locator(`.quick-input-widget input[placeholder="${words}"]`), `the question "${words}"`);
  }

  async function pasteKey(text: string): Promise<void> {
    await journey.page.evaluate((value) => navigator.clipboard.writeText(value), text);
    await journey.press('Control+v');
    const box = journey.page.locator('.quick-input-widget input');
    await until('the key is in the box', async () => (await box.inputValue()) !== '');
  }
});

async function explain(journey: Journey, file: string): Promise<void> {
  await openFile(journey.page, file);
  await selectWithKeyboard(journey.page, 1, 1);
  await chord(journey.page, 'g');
  await readAnswer(journey.page);
}

/** Takes the place of what is in the input box. */
async function replaceInput(journey: Journey, text: string): Promise<void> {
  await journey.press('Control+a', 'Delete');
  await journey.page.keyboard.type(text);
}

function isChat({ path }: { readonly path: string }): boolean {
  return path.endsWith('/chat/completions');
}
