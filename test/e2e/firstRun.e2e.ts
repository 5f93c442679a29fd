import * as assert from 'node:assert/strict';
import { answerInput, choose, readAnswer, see, seeExtension, typeIntoBox } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { apiError, json } from '../support/scenario';
import { useFixture } from './support/fixture';
import {
  choices,
  clearNotifications,
  focusedChoice,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeQuestion,
  seeStatus,
  waitUntil,
} from './support/screen';

const source = 'export const three = 1 + 2;\n';
const files = { 'first.ts': source, 'second.ts': source, 'third.ts': source };

describe('the first run', () => {
  const fixture = useFixture({ files, settings: { 'quillet.providers': undefined, 'quillet.model': undefined } });

  it('asks for a provider and a model, then continues the command', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await seeQuestion(page, 'Where should Quillet send prompts?');
    await see(choices(page).filter({ hasText: 'OpenRouter' }), 'the list of providers');
    await fixture.workbench.screenshot('first-run-providers');
    await choose(page, 'compatible');

    await seeQuestion(page, 'Server address');
    const message = (text: string) => page.locator('.quick-input-message', { hasText: text });
    await page.keyboard.press('Enter');
    await see(message('The address is empty.'), 'why the box stays open');
    await typeIntoBox(page, `127.0.0.1:${fixture.server.port}/v1/chat/completions`);
    await see(message(`Did you mean ${fixture.server.url}? Press Enter to use it.`), 'a suggested address');
    await fixture.workbench.screenshot('first-run-suggestion');
    await page.keyboard.press('Enter');

    await seeQuestion(page, 'Choose a model from 127.0.0.1');
    await see(choices(page).filter({ hasText: 'endless' }), 'the models of the server');
    await fixture.workbench.screenshot('first-run-models');
    await typeIntoBox(page, 'my-own-model');
    await see(choices(page).filter({ hasText: 'Use "' }), 'the typed model as a choice');
    await fixture.workbench.screenshot('first-run-typed-model');
    await page.keyboard.press('Enter');

    const answer = await readAnswer(page);
    await fixture.workbench.screenshot('first-run-answer');
    assert.match(answer.text, /What it does/);
    const chat = fixture.server.requests.filter(isChat);
    assert.deepEqual(
      chat.map(({ json }) => json?.['model']),
      ['my-own-model'],
    );
    assert.equal(chat[0]?.headers['authorization'], undefined, 'a key was sent');
  });

  it('remembers the choice for the next command', async () => {
    await fixture.explain('second.ts', [1, 1]);
    assert.equal(fixture.server.requests.filter(isChat).at(-1)?.json?.['model'], 'my-own-model');
  });
});

describe('a provider that needs an API key', () => {
  const key = 'sk-CANARY-of-the-first-run-x';
  const fixture = useFixture(({ url }) => {
    const service = { preset: 'custom', label: 'Example Service', baseUrl: url, needsKey: true };
    const local = { preset: 'custom', baseUrl: `${url}/local` };
    const listless = { preset: 'custom', baseUrl: `${url}/listless` };
    return { files, settings: { 'quillet.providers': { service, local, listless }, 'quillet.model': undefined } };
  });

  it('prompts for its key, which is masked and validated, then continues the command', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await seeQuestion(page, 'Provider');
    await choose(fixture.page, 'service');
    await seeQuestion(page, 'API key for Example Service');
    assert.equal(await page.locator('.quick-input-widget input').getAttribute('type'), 'password');
    await pasteKey(`${key}\u200b-tail`);
    await see(
      page.locator('.quick-input-message', { hasText: /character at position 2[89]/ }),
      'the position of the invalid character',
    );
    await fixture.workbench.screenshot('key-refused');
    await page.keyboard.press('Enter');
    assert.ok(
      await page.locator('.quick-input-title', { hasText: 'API key for' }).isVisible(),
      'an invalid key was accepted',
    );
    await typeIntoBox(page, '');
    await pasteKey(` ${key} `);
    await fixture.workbench.screenshot('key-masked');
    await page.keyboard.press('Enter');
    await seeQuestion(page, 'Choose a model from Example Service');
    await choose(fixture.page, 'needs-key');
    await readAnswer(page);
    // The check of the key, the list of models and the prompt.
    assert.deepEqual(
      fixture.server.requests.map(({ headers }) => headers['authorization']),
      [`Bearer ${key}`, `Bearer ${key}`, `Bearer ${key}`],
    );
  });

  it('can be tested with Test Connection', async () => {
    await fixture.workbench.runCommand('Quillet: Test Connection');
    await seeNotification(fixture.page, /Connected to Example Service at http.* It lists \d+ models\./);
    await fixture.workbench.screenshot('test-connection');
    await clearNotifications(fixture.page);
  });

  it('prompts again in a new window if VS Code keeps secrets in memory only', async () => {
    const { page } = fixture;
    await fixture.workbench.reload();
    await seeExtension(page);
    await fixture.selectAndPress('second.ts', [1, 1], 'g');
    await seeQuestion(page, 'API key for Example Service');
    await pasteKey(key);
    await page.keyboard.press('Enter');
    await readAnswer(page);
    assert.equal(fixture.server.requests.at(-1)?.headers['authorization'], `Bearer ${key}`);
  });

  it('can be replaced by another provider', async () => {
    const { page } = fixture;
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await fixture.workbench.screenshot('select-provider');
    await choose(fixture.page, 'local');
    await seeQuestion(page, 'Choose a model from local');
    await choose(fixture.page, 'echo');
    await seeStatus(page, 'echo');
    await fixture.explain('third.ts', [1, 1]);
    assert.match(fixture.server.requests.at(-1)?.path ?? '', /local/);
  });

  it('prompts again after its key has been deleted; Escape cancels silently', async () => {
    const { page } = fixture;
    await fixture.workbench.runCommand('Quillet: Delete API Key');
    await seePlaceholder('Choose an API key to delete');
    await choose(fixture.page, new URL(fixture.server.url).origin);
    await seeNotification(page, /Deleted the API key for/);
    await fixture.workbench.screenshot('key-deleted');
    await clearNotifications(page);
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose(fixture.page, 'service');
    await seeQuestion(page, 'API key for Example Service');
    await fixture.workbench.screenshot('key-asked');
    await page.keyboard.press('Escape');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    assert.deepEqual(await fixture.workbench.notifications(), []);
    await fixture.workbench.runCommand('Quillet: Set API Key');
    await seePlaceholder('Choose a provider to set its API key');
    await choose(fixture.page, 'Example Service');
    await seeQuestion(page, 'API key for Example Service');
    await pasteKey('sk-CANARY-another');
    await page.keyboard.press('Enter');
    await seeNotification(page, /API key saved for/);
    await fixture.workbench.screenshot('key-set');
    await clearNotifications(page);
  });

  it('accepts a typed model if the server lists none, and shows the reason', async () => {
    const { page } = fixture;
    fixture.server.script(apiError(404, { message: 'There is no such list.' }), 'models');
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose(fixture.page, 'listless');
    await seeQuestion(page, 'Choose a model from listless');
    await see(choices(page).filter({ hasText: 'There is no such list.' }), 'the reason');
    await fixture.workbench.screenshot('models-missing');
    await typeIntoBox(page, 'typed-in');
    await see(choices(page).filter({ hasText: 'Use "' }), 'the typed model as a choice');
    await page.keyboard.press('Enter');
    await seeStatus(page, 'typed-in');
  });

  async function seePlaceholder(text: string): Promise<void> {
    await see(fixture.page.locator(`.quick-input-widget input[placeholder="${text}"]`), `the question "${text}"`);
  }

  async function pasteKey(text: string): Promise<void> {
    await fixture.page.evaluate((value) => navigator.clipboard.writeText(value), text);
    await fixture.workbench.press('Control+v');
    const box = fixture.page.locator('.quick-input-widget input');
    await waitUntil('the key is in the box', async () => (await box.inputValue()) !== '');
    // Clear the clipboard, so that the leak check only finds keys that Quillet copied.
    await fixture.page.evaluate(() => navigator.clipboard.writeText(''));
  }
});

describe('a first day with a server that wants a key', () => {
  const key = 'sk-CANARY-of-the-first-day-0123456789';
  const fixture = useFixture({ files, settings: { 'quillet.providers': undefined, 'quillet.model': undefined } });

  beforeEach(() => {
    fixture.server.script(({ headers }) => {
      const { authorization } = headers;
      if (authorization === `Bearer ${key}`) return json({ data: [{ id: 'needs-key' }, { id: 'other' }] });
      return apiError(401, { message: authorization === undefined ? 'No API key.' : 'Incorrect API key.' });
    }, 'models');
  });

  it('has no dead end while the server is off: the list says why, and takes another address', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await choose(page, 'llama.cpp');
    await see(
      choices(page).filter({ hasText: "Can't connect to 127.0.0.1:8080. Is the server running?" }),
      'the reason',
    );
    await see(focusedChoice(page, 'Try Again'), 'Try Again, ready for Enter');
    await fixture.workbench.screenshot('first-day-server-off');
    await choose(page, 'Change Address');
    await seeQuestion(page, 'Server address');
    await typeIntoBox(page, '127.0.0.1:2');
    await page.keyboard.press('Enter');
    await see(choices(page).filter({ hasText: "Can't connect to 127.0.0.1:2." }), 'the reason, for the new address');
    await page.keyboard.press('Escape');
    assert.deepEqual(await fixture.workbench.notifications(), []);
  });

  it('takes three decisions to the first answer: address, key, model', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await seeQuestion(page, 'Where should Quillet send prompts?');
    await typeIntoBox(page, `127.0.0.1:${fixture.server.port}`);
    await see(focusedChoice(page, `Use ${fixture.server.url}`), 'the completed address');
    await fixture.workbench.screenshot('first-day-address');
    await page.keyboard.press('Enter');
    await seeQuestion(page, 'API key for 127.0.0.1');
    await answerInput(page, 'sk-CANARY-wrong-0123456789');
    await see(
      page.locator('.quick-input-message', { hasText: 'rejected the API key: Incorrect API key.' }),
      'the result',
    );
    await fixture.workbench.screenshot('first-day-wrong-key');
    await answerInput(page, key);
    await seeQuestion(page, 'Choose a model from 127.0.0.1');
    await choose(page, 'needs-key');
    assert.match((await readAnswer(page)).text, /What it does/);
    await fixture.workbench.screenshot('first-day-answer');
    assert.deepEqual(await fixture.workbench.notifications(), []);
    assert.equal(fixture.server.requests.at(-1)?.headers['authorization'], `Bearer ${key}`);
  });
});

describe('a first day with a local server', () => {
  let local: FakeModelServer | undefined;
  const fixture = useFixture({ files, settings: { 'quillet.providers': undefined, 'quillet.model': undefined } });

  before(async () => {
    local = await startOnPresetPort();
  });
  after(() => local?.close());

  it('takes two decisions to the first answer: server, model', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await seeQuestion(page, 'Where should Quillet send prompts?');
    const row = choices(page).filter({ hasText: `models at ${local?.url ?? ''}` });
    await waitUntil('the running server is listed', async () => {
      await see(choices(page), 'the list of providers');
      if (await row.isVisible()) return true;
      // A busy machine may miss the answer of the server.
      await page.keyboard.press('Escape');
      await fixture.workbench.runCommand('Quillet: Explain Selection');
      return false;
    });
    assert.equal(await choices(page).first().innerText(), await row.innerText());
    await fixture.workbench.screenshot('first-day-local-server');
    await page.keyboard.press('Enter');
    await seeQuestion(page, /^Choose a model from/);
    await choose(page, 'quillet-test');
    assert.match((await readAnswer(page)).text, /What it does/);
  });
});

describe("a first day with VS Code's own models", () => {
  const fixture = useFixture({
    files,
    languageModels: true,
    settings: { 'quillet.providers': undefined, 'quillet.model': undefined, 'chat.disableAIFeatures': false },
  });

  it('takes two key presses to the first answer: provider, model', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('first.ts', [1, 1], 'g');
    await seeQuestion(page, 'Where should Quillet send prompts?');
    const row = focusedChoice(page, 'Use the models VS Code already has');
    await waitUntil('the models of VS Code are listed', async () => {
      await see(choices(page), 'the list of providers');
      if (await row.isVisible()) return true;
      // On a busy machine, the extension that provides the models may start too late.
      await page.keyboard.press('Escape');
      await fixture.workbench.runCommand('Quillet: Explain Selection');
      return false;
    });
    await fixture.workbench.screenshot('first-day-vscode-models');
    await page.keyboard.press('Enter');
    await seeQuestion(page, 'Choose a model from VS Code');
    await see(focusedChoice(page, 'test/answers'), 'a model, ready for Enter');
    await page.keyboard.press('Enter');
    await seeInThread(page, 'It adds one and two.');
    await seeStatus(page, 'test/answers · token count unavailable');
    assert.deepEqual(fixture.server.requests, []);
  });

  it("needs VS Code's consent for models that ask for it, which can be given after a refusal", async () => {
    const { page } = fixture;
    const consent = page.locator('.monaco-dialog-box', { hasText: 'wants to access the language models' });
    const press = async (label: string): Promise<void> => {
      await (await see(consent.locator('.monaco-button', { hasText: label }), `the button ${label}`)).click();
    };
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose(page, 'VS Code');
    await seeQuestion(page, 'Choose a model from VS Code');
    await choose(page, 'guarded/answers');
    await seeStatus(page, 'guarded/answers');
    await fixture.selectAndPress('second.ts', [1, 1], 'g');
    await see(consent, 'the question of VS Code');
    await fixture.workbench.screenshot('vscode-models-consent');
    await press('Cancel');
    await seeInThread(page, 'VS Code doesn\'t allow Quillet to use "guarded/answers".');
    await fixture.workbench.screenshot('vscode-models-refused');
    await pressThreadButton(page, 'Regenerate');
    await press('Allow');
    await seeInThread(page, 'It adds one and two.');
  });
});

/** On the port of a local server that Quillet looks for. */
async function startOnPresetPort(): Promise<FakeModelServer> {
  for (const port of [11434, 1234, 4000, 8000]) {
    const server = await startFakeModelServer(port).catch(() => undefined);
    if (server !== undefined) return server;
  }
  throw new Error('All ports of local servers are in use.');
}

function isChat({ path }: { readonly path: string }): boolean {
  return path.endsWith('/chat/completions');
}
