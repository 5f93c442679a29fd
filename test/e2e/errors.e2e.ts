import * as assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Locator } from 'playwright-core';
import { choose, readAnswer, see, typeIntoBox } from '../../scripts/demo/driver.mjs';
import { namedModels } from '../support/namedModels';
import { json, streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import {
  choices,
  comment,
  isBusy,
  notificationButtons,
  pressNotificationButton,
  seeInThread,
  seeNotification,
  seeQuestion,
  seeStatus,
  statusItem,
  thread,
  waitUntil,
} from './support/screen';

const secret = 'sk-CANARY-that-no-log-may-hold';
const source = 'const confidential = "words of the file";\n';
const fileNames = ['key', 'model', 'limit', 'quota', 'page', 'cut', 'again', 'refused', 'log'];

describe('error messages', () => {
  let closedPort: number;
  const fixture = useFixture(async ({ url }) => {
    closedPort = await freePort();
    const fake = { preset: 'custom', label: 'Example', baseUrl: url, needsKey: true, apiKeyEnv: 'EXAMPLE_KEY' };
    const closed = { preset: 'custom', baseUrl: `http://127.0.0.1:${closedPort}/v1` };
    return {
      settings: { 'quillet.providers': { fake, closed }, 'quillet.retries': 0 },
      files: filesFor(fileNames, source),
      env: { EXAMPLE_KEY: secret },
    };
  });

  const explain = (file: string): Promise<void> => fixture.selectAndPress(file, [1, 1], 'g');

  /** Expects one notification without the key, with these actions and Show Log, and an idle status bar. */
  async function expectFailure(
    message: RegExp,
    actions: string | readonly string[],
    screenshot: string,
  ): Promise<Locator> {
    const { page } = fixture;
    const toast = await seeNotification(page, message);
    const messages = await fixture.workbench.notifications();
    assert.equal(messages.length, 1, messages.join('\n'));
    assert.ok(!messages[0]?.includes(secret), 'a notification shows the key');
    assert.deepEqual(await notificationButtons(toast), [...[actions].flat(), 'Show Log']);
    await seeStatus(page, /failed/);
    await waitUntil('nothing is running', async () => !(await isBusy(page)));
    await seeInThread(page, message);
    await fixture.workbench.screenshot(screenshot);
    return toast;
  }

  it("show the server's reason for a rejected API key without the key, and open the setting it came from [K08]", async () => {
    fixture.server.script(namedModels['fault-401'] ?? json({}, 401));
    await explain('key.ts');
    const message = /"Example" rejected the API key from the environment variable EXAMPLE_KEY\. .* \(Incorrect API key/;
    const toast = await expectFailure(message, 'Open Settings', 'error-401');
    await pressNotificationButton(toast, 'Open Settings');
    await see(
      fixture.page.locator('.settings-editor, .tab[data-resource-name="settings.json"]').first(),
      'the settings',
    );
  });

  it('offer to select another model if the model does not exist', async () => {
    fixture.server.script(namedModels['fault-404'] ?? json({}, 404));
    await explain('model.ts');
    const toast = await expectFailure(
      /"Example" doesn't have the model "quillet-test": The model 'quillet-test' does not exist\.$/,
      'Select Model',
      'error-404',
    );
    await pressNotificationButton(toast, 'Select Model');
    await seeQuestion(fixture.page, 'Provider');
    await fixture.workbench.press('Escape');
  });

  it('show when to try again after a long rate limit, which is not retried', async () => {
    fixture.server.script(namedModels['fault-429-long'] ?? json({}, 429));
    await explain('limit.ts');
    await expectFailure(/limiting requests\. Try again at \d+:\d\d/, ['Select Model', 'Try Again'], 'error-429');
    assert.equal(fixture.server.requests.length, 1);
  });

  it('say when the credit is used up', async () => {
    fixture.server.script(namedModels['fault-quota'] ?? json({}, 429));
    await explain('quota.ts');
    await seeNotification(fixture.page, /credit/);
    await fixture.workbench.screenshot('error-quota');
    assert.equal(fixture.server.requests.length, 1);
  });

  it('recognize a login page instead of an API response', async () => {
    fixture.server.script(namedModels['fault-html'] ?? json({}));
    await explain('page.ts');
    await expectFailure(/sent a web page instead of an API response/, 'Try Again', 'error-html');
  });

  it('appear below the text that arrived if the connection is lost', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['The first words'], { then: [{ do: 'wait', ms: 400 }, { do: 'cut' }] }));
    await explain('cut.ts');
    await expectFailure(/was lost before the response was complete/, 'Try Again', 'error-cut');
    assert.equal(await comment(page, 0).locator('.comment-body').innerText(), 'The first words');
    assert.match(await comment(page, 0).locator('.comment-title').innerText(), /cut off/);
    assert.equal(await thread(page).locator('.review-comment').count(), 2);
  });

  it('offer Try Again, which answers in the same thread', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([namedModels['fault-500'] ?? json({}, 500)]);
    await explain('again.ts');
    const toast = await seeNotification(page, /server error \(500\)/);
    const replyButton = thread(page).locator('.review-thread-reply-button');
    await replyButton.waitFor({ state: 'hidden' });
    await fixture.workbench.screenshot('error-no-reply-box');
    await pressNotificationButton(toast, 'Try Again');
    await readAnswer(page);
    await see(replyButton, 'the reply box');
    await fixture.workbench.screenshot('error-again');
    assert.equal(fixture.server.requests.length, 2);
    assert.equal(await page.locator('.editor-instance:visible .review-widget').count(), 1, 'threads');
  });

  it('name the address and the reason if the connection is refused', async () => {
    const { page } = fixture;
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose(page, 'closed');
    await seeQuestion(page, 'Choose a model from closed');
    await see(choices(page).filter({ hasText: "Can't connect to" }), 'the reason for the missing list');
    await typeIntoBox(page, 'some-model');
    await see(choices(page).filter({ hasText: 'Use "some-model"' }), 'the typed model as a choice');
    await page.keyboard.press('Enter');
    await seeStatus(page, 'some-model');
    await explain('refused.ts');
    const message = new RegExp(`Can't connect to 127\\.0\\.0\\.1:${closedPort}\\. Is the server running`);
    await expectFailure(message, ['Try Again', 'Select Model'], 'error-refused');
    const label = await statusItem(page).first().getAttribute('aria-label');
    assert.equal(label, 'Quillet: some-model, failed');
  });

  it('open the log with one button, which has the error at the default level, and the focus stays in the editor', async () => {
    const { page } = fixture;
    fixture.server.script(namedModels['fault-500'] ?? json({}, 500));
    await explain('log.ts');
    const toast = await seeNotification(page, /server error \(500\)|Can't connect to/);
    await pressNotificationButton(toast, 'Show Log');
    const channel = page.locator('.part.panel .monaco-select-box').filter({ hasText: 'Quillet' });
    await waitUntil('the log is open', () =>
      channel.evaluateAll((boxes) =>
        boxes.some((box) => box instanceof HTMLSelectElement && box.selectedOptions[0]?.text === 'Quillet'),
      ),
    );
    await see(
      page.locator('.part.panel .view-line', { hasText: /\[error\]\sfailed\s/ }).first(),
      'the error in the log',
    );
    await fixture.workbench.screenshot('error-log');
    await see(page.locator('.editor-group-container.active .monaco-editor.focused'), 'the focused editor');
  });
});

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
