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

describe('failures as users of the packaged extension see them', () => {
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

  /** One notification: a sentence without the key, a button that helps, and the way to the log. The rest is idle. */
  async function expectFailure(words: RegExp, help: string, picture: string): Promise<Locator> {
    const { page } = fixture;
    const toast = await seeNotification(page, words);
    const messages = await fixture.workbench.notifications();
    assert.equal(messages.length, 1, messages.join('\n'));
    assert.ok(!messages[0]?.includes(secret), 'the key in a notification');
    assert.deepEqual(await notificationButtons(toast), [help, 'Show Log']);
    await seeStatus(page, /failed/);
    await waitUntil('nothing runs any more', async () => !(await isBusy(page)));
    await seeInThread(page, words);
    await fixture.workbench.screenshot(picture);
    return toast;
  }

  it("K08: a key that is refused: the server's words without the key, where it came from, and a button that leads there", async () => {
    fixture.server.script(namedModels['fault-401'] ?? json({}, 401));
    await explain('key.ts');
    const words = /"Example" rejected the API key from the environment variable EXAMPLE_KEY: Incorrect API key/;
    const toast = await expectFailure(words, 'Open Settings', 'error-401');
    await pressNotificationButton(toast, 'Open Settings');
    await see(
      fixture.page.locator('.settings-editor, .tab[data-resource-name="settings.json"]').first(),
      'the settings',
    );
  });

  it('a model that is not there: a button that chooses another', async () => {
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

  it('a rate limit with a long wait: one request, and the time when to try again', async () => {
    fixture.server.script(namedModels['fault-429-long'] ?? json({}, 429));
    await explain('limit.ts');
    await expectFailure(/limiting requests\. Try again at \d+:\d\d/, 'Try Again', 'error-429');
    assert.equal(fixture.server.requests.length, 1);
  });

  it('no credit left: says so', async () => {
    fixture.server.script(namedModels['fault-quota'] ?? json({}, 429));
    await explain('quota.ts');
    await seeNotification(fixture.page, /credit/);
    await fixture.workbench.screenshot('error-quota');
    assert.equal(fixture.server.requests.length, 1);
  });

  it('a login page instead of an answer: says what it is', async () => {
    fixture.server.script(namedModels['fault-html'] ?? json({}));
    await explain('page.ts');
    await expectFailure(/sent a web page instead of an API response/, 'Try Again', 'error-html');
  });

  it('an answer that breaks off: what arrived stays, with what happened below it', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['The first words'], { then: [{ do: 'wait', ms: 400 }, { do: 'cut' }] }));
    await explain('cut.ts');
    await expectFailure(/was lost before the response was complete/, 'Try Again', 'error-cut');
    assert.equal(await comment(page, 0).locator('.comment-body').innerText(), 'The first words');
    assert.match(await comment(page, 0).locator('.comment-title').innerText(), /cut off/);
    assert.equal(await thread(page).locator('.review-comment').count(), 2);
  });

  it('can be tried again from the notification, in the same thread', async () => {
    const { page } = fixture;
    fixture.server.scriptNext([namedModels['fault-500'] ?? json({}, 500)]);
    await explain('again.ts');
    const toast = await seeNotification(page, /server error \(500\)/);
    await pressNotificationButton(toast, 'Try Again');
    await readAnswer(page);
    await fixture.workbench.screenshot('error-again');
    assert.equal(fixture.server.requests.length, 2);
    assert.equal(await page.locator('.editor-instance:visible .review-widget').count(), 1, 'threads');
  });

  it('nothing listens: the address and the reason, in one sentence', async () => {
    const { page } = fixture;
    await fixture.workbench.runCommand('Quillet: Select Model');
    await seeQuestion(page, 'Provider');
    await choose(page, 'closed');
    await seeQuestion(page, 'Choose a model from closed');
    await see(choices(page).filter({ hasText: "Can't connect to" }), 'why there is no list');
    await typeIntoBox(page, 'some-model');
    await see(choices(page).filter({ hasText: 'Use "some-model"' }), 'what was typed, as a choice');
    await page.keyboard.press('Enter');
    await seeStatus(page, 'some-model');
    await explain('refused.ts');
    const words = new RegExp(`Can't connect to 127\\.0\\.0\\.1:${closedPort}\\. Is the server running`);
    await expectFailure(words, 'Try Again', 'error-refused');
    const spoken = await statusItem(page).first().getAttribute('aria-label');
    assert.equal(spoken, 'Quillet: some-model, failed');
  });

  it('the log is one button away, and the focus stays in the text', async () => {
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
    await fixture.workbench.screenshot('error-log');
    await see(page.locator('.editor-group-container.active .monaco-editor.focused'), 'the text, ready for typing');
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
