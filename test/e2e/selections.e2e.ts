import * as assert from 'node:assert/strict';
import { openFile, placeCursor, see } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { type Handler, namedModels } from '../support/namedModels';
import { neverAnswers, type Scenario, streamed } from '../support/scenario';
import {
  answerInEditor,
  choices,
  clearNotifications,
  focusedChoice,
  isBusy,
  notificationButtons,
  pressNotificationButton,
  seeNotification,
  seeQuestion,
  seeStatus,
  statusItem,
  waitUntil,
} from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

const source = 'const first = 1;\nconst second = 2;\nconst third = 3;\nconst fourth = 4;\n';
const fileNames = ['place', 'primary', 'insert', 'some', 'stop', 'escape'];

describe('several selections', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    workbench = await launchWorkbench({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/shout' },
      files: Object.fromEntries(fileNames.map((name) => [`${name}.ts`, source])),
    });
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    server.openGate('rest');
    return saveFailureScreenshot(workbench, this.currentTest);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  /** Selects each of the first three lines, each with a cursor of its own. */
  async function selectThree(file: string): Promise<void> {
    await openFile(workbench.page, file);
    await placeCursor(workbench.page, 1);
    await workbench.runCommand('Add Cursor Below');
    await workbench.runCommand('Add Cursor Below');
    await workbench.press('Shift+End');
    await see(
      workbench.page.locator('.statusbar-item', { hasText: /^3 selections \(49 characters selected\)/ }),
      '3 selections',
    );
  }

  async function choose(label: string): Promise<void> {
    await seeQuestion(workbench.page, 'Rewrite');
    await (await see(choices(workbench.page).filter({ hasText: label }), `the choice "${label}"`)).click();
  }

  async function rewrite(file: string): Promise<void> {
    await selectThree(file);
    await workbench.runCommand('Quillet: Rewrite Without Review');
    await answerInEditor(workbench.page, 'Rewrite', 'Louder');
    await choose('Each Selection Separately');
  }

  it('get one request each after one question, and are written in one undo step', async () => {
    const { page } = workbench;
    server.script(gatedAnswer);
    await selectThree('place.ts');
    await workbench.runCommand('Quillet: Rewrite Without Review');
    await answerInEditor(page, 'Rewrite', 'Louder');
    await seeQuestion(page, 'Rewrite');
    await see(choices(page).filter({ hasText: '3 requests' }), 'the number of requests');
    await workbench.screenshot('selections-question');
    await choose('Each Selection Separately');
    await seeStatus(page, /0 of 3 done/);
    await workbench.screenshot('selections-running');
    assert.equal(await workbench.savedText('place.ts'), source, 'written before all were complete');
    server.openGate('rest');
    await waitUntil('the answers are in the text', async () =>
      (await workbench.editorText()).includes('CONST THIRD = 3;'),
    );
    await seeStatus(page, /165 tokens/);
    await workbench.screenshot('selections-written');
    const written = 'CONST FIRST = 1;\nCONST SECOND = 2;\nCONST THIRD = 3;\nconst fourth = 4;\n';
    assert.equal(await workbench.savedText('place.ts'), written);
    await see(page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    assert.equal(server.requests.length, 3);
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.press('Control+z');
    assert.equal(await workbench.savedText('place.ts'), source, 'one undo does not restore it');
  });

  it('can be reduced to the primary selection', async () => {
    await selectThree('primary.ts');
    await workbench.runCommand('Quillet: Rewrite Without Review');
    await answerInEditor(workbench.page, 'Rewrite', 'Louder');
    await choose('Primary Selection Only');
    await waitUntil('the answer is in the text', async () => (await workbench.editorText()).includes('CONST'));
    assert.equal(server.requests.length, 1);
    assert.equal(await workbench.savedText('primary.ts'), source.replace('const first', 'CONST FIRST'));
  });

  it('get completions after each of them in one undo step', async () => {
    server.script(streamed([' // ok']));
    await selectThree('insert.ts');
    await workbench.runCommand('Quillet: Insert Completion');
    await (await see(choices(workbench.page).first(), 'the choice')).click();
    await waitUntil('the answers are in the text', async () =>
      (await workbench.editorText()).includes('third = 3; // ok'),
    );
    await workbench.screenshot('selections-inserted');
    assert.equal(await workbench.savedText('insert.ts'), source.replace(/(first|second|third).*$/gm, '$& // ok'));
    await see(workbench.page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    await workbench.press('Control+z');
    assert.equal(await workbench.savedText('insert.ts'), source);
  });

  it('stay unchanged if an answer fails, with an offer to write the others', async () => {
    const { page } = workbench;
    server.script((request, nth) =>
      request.body.includes('rewritten:\\n\\nconst second')
        ? streamed(['CONST'], { then: [{ do: 'cut' }] })
        : shout(request, nth),
    );
    await rewrite('some.ts');
    const toast = await seeNotification(page, 'Only 2 of 3 answers arrived, so nothing was written.');
    await workbench.screenshot('selections-some');
    assert.equal(await workbench.savedText('some.ts'), source);
    assert.deepEqual(await notificationButtons(toast), ['Write the 2 That Arrived', 'Copy Answer', 'Show Log']);
    assert.equal((await workbench.notifications()).length, 1);
    await pressNotificationButton(toast, 'Write the 2 That Arrived');
    await waitUntil('two are written', async () => (await workbench.editorText()).includes('CONST THIRD'));
    await workbench.screenshot('selections-some-written');
    assert.equal(
      await workbench.savedText('some.ts'),
      source.replace('const first', 'CONST FIRST').replace('const third', 'CONST THIRD'),
    );
    await clearNotifications(page);
  });

  it('are stopped together with the menu of the status bar item', async () => {
    const { page } = workbench;
    server.script(neverAnswers);
    await rewrite('stop.ts');
    await server.request(2);
    await seeStatus(page, /0 of 3 done/);
    await statusItem(page).first().click();
    await see(focusedChoice(page, 'Stop'), 'Stop, ready for Enter');
    await workbench.press('Enter');
    await expectStopped('stop.ts');
  });

  it('are stopped together with Escape, and stay selected', async () => {
    const { page } = workbench;
    server.script(neverAnswers);
    await rewrite('escape.ts');
    await server.request(2);
    await seeStatus(page, /0 of 3 done/);
    await workbench.press('Escape');
    await expectStopped('escape.ts');
    await see(page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    await workbench.screenshot('selections-stopped');
    await workbench.press('Escape');
    await see(page.locator('.statusbar-item', { hasText: /^Ln \d+/ }), 'one selection after another Escape');
  });

  async function expectStopped(file: string): Promise<void> {
    await seeStatus(workbench.page, /stopped/);
    assert.equal(await isBusy(workbench.page), false);
    await waitUntil('the server saw all connections close', () =>
      server.requests.every(({ ending }) => ending?.by === 'client'),
    );
    assert.equal(server.requests.length, 3);
    assert.deepEqual(await workbench.notifications(), []);
    assert.ok((await workbench.editorText()).startsWith(source.trimEnd()), `${file} was changed`);
  }
});

const shout: Handler = (request, nth) => (namedModels['shout'] as Handler)(request, nth);

/** Answers when the gate `rest` opens. */
const gatedAnswer: Handler = (request, nth): Scenario => {
  const scenario = shout(request, nth);
  return { ...scenario, steps: [{ do: 'gate', name: 'rest' }, ...(scenario.steps ?? [])] };
};
