import * as assert from 'node:assert/strict';
import { answerInput, openFile, see } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { type Handler, namedModels } from '../support/namedModels';
import { neverAnswers, type Scenario, streamed } from '../support/scenario';
import {
  choices,
  clearNotifications,
  isBusy,
  notificationButtons,
  pressNotificationButton,
  seeNotification,
  seeQuestion,
  seeStatus,
  statusItem,
  until,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = 'const first = 1;\nconst second = 2;\nconst third = 3;\nconst fourth = 4;\n';
const stories = ['place', 'primary', 'insert', 'some', 'stop', 'escape'];

describe('need 40: several selections in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/shout' },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    server.openGate('rest');
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  /** Puts a caret before each of the first three lines, by mouse, and selects to their ends, by keyboard. */
  async function selectThree(file: string): Promise<void> {
    await openFile(journey.page, file);
    for (const [index, word] of ['first', 'second', 'third'].entries()) {
      const line = journey.page.locator('.editor-instance:visible .view-line', { hasText: word });
      await line.click({ position: { x: 1, y: 6 }, modifiers: index === 0 ? [] : ['Alt'] });
    }
    await journey.press('Shift+End');
    await see(
      journey.page.locator('.statusbar-item', { hasText: /^3 selections \(49 characters selected\)/ }),
      '3 selections',
    );
  }

  async function choose(label: string): Promise<void> {
    await seeQuestion(journey.page, 'Rewrite');
    await (await see(choices(journey.page).filter({ hasText: label }), `the choice "${label}"`)).click();
  }

  async function rewrite(file: string): Promise<void> {
    await selectThree(file);
    await journey.runCommand('Quillet: Rewrite Selection in Place');
    await choose('Each Selection by Itself');
    await until('the instruction is asked for', async () => (await choices(journey.page).count()) === 0);
    await answerInput(journey.page, 'Louder');
  }

  it('asks once, sends a request each, writes all in one undo step, and keeps the selections', async () => {
    const { page } = journey;
    server.script(behindGate);
    await selectThree('place.ts');
    await journey.runCommand('Quillet: Rewrite Selection in Place');
    await seeQuestion(page, 'Rewrite');
    await see(choices(page).filter({ hasText: '3 requests' }), 'the number of requests');
    await journey.screenshot('selections-question');
    await choose('Each Selection by Itself');
    await until('the instruction is asked for', async () => (await choices(page).count()) === 0);
    await answerInput(page, 'Louder');
    await seeStatus(page, /0 of 3 done/);
    await journey.screenshot('selections-running');
    assert.equal(await journey.savedText('place.ts'), source, 'written before all were complete');
    server.openGate('rest');
    await until('the answers are in the text', async () => (await journey.editorText()).includes('CONST THIRD = 3;'));
    await seeStatus(page, /165 tokens/);
    await journey.screenshot('selections-written');
    const written = 'CONST FIRST = 1;\nCONST SECOND = 2;\nCONST THIRD = 3;\nconst fourth = 4;\n';
    assert.equal(await journey.savedText('place.ts'), written);
    await see(page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    assert.equal(server.requests.length, 3);
    assert.deepEqual(await journey.notifications(), []);
    await journey.press('Control+z');
    assert.equal(await journey.savedText('place.ts'), source, 'one undo does not restore it');
  });

  it('sends only the primary one where the user says so', async () => {
    await selectThree('primary.ts');
    await journey.runCommand('Quillet: Rewrite Selection in Place');
    await choose('Only the Primary Selection');
    await until('the instruction is asked for', async () => (await choices(journey.page).count()) === 0);
    await answerInput(journey.page, 'Louder');
    await until('the answer is there', async () => (await journey.editorText()).includes('CONST'));
    assert.equal(server.requests.length, 1);
    assert.equal(await journey.savedText('primary.ts'), source.replace('const first', 'CONST FIRST'));
  });

  it('inserts behind each selection in one step', async () => {
    server.script(streamed([' // ok']));
    await selectThree('insert.ts');
    await journey.runCommand('Quillet: Insert Completion');
    await (await see(choices(journey.page).first(), 'the choice')).click();
    await until('the answers are there', async () => (await journey.editorText()).includes('third = 3; // ok'));
    await journey.screenshot('selections-inserted');
    assert.equal(await journey.savedText('insert.ts'), source.replace(/(first|second|third).*$/gm, '$& // ok'));
    await see(journey.page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    await journey.press('Control+z');
    assert.equal(await journey.savedText('insert.ts'), source);
  });

  it('writes nothing where one answer is missing, and then what arrived if the user wants it', async () => {
    const { page } = journey;
    server.script((request, nth) =>
      request.body.includes('rewritten:\\n\\nconst second')
        ? streamed(['CONST'], { then: [{ do: 'cut' }] })
        : shout(request, nth),
    );
    await rewrite('some.ts');
    const toast = await seeNotification(page, 'Only 2 of 3 answers arrived, so nothing was written.');
    await journey.screenshot('selections-some');
    assert.equal(await journey.savedText('some.ts'), source);
    assert.deepEqual(await notificationButtons(toast), ['Write the 2 That Arrived', 'Copy Answer', 'Show Log']);
    assert.equal((await journey.notifications()).length, 1);
    await pressNotificationButton(toast, 'Write the 2 That Arrived');
    await until('two are written', async () => (await journey.editorText()).includes('CONST THIRD'));
    await journey.screenshot('selections-some-written');
    assert.equal(
      await journey.savedText('some.ts'),
      source.replace('const first', 'CONST FIRST').replace('const third', 'CONST THIRD'),
    );
    await clearNotifications(page);
  });

  it('stops all of them with one click on the status bar', async () => {
    const { page } = journey;
    server.script(neverAnswers);
    await rewrite('stop.ts');
    await server.request(2);
    await seeStatus(page, /0 of 3 done/);
    await statusItem(page).first().click();
    await expectStopped('stop.ts');
  });

  it('stops all of them with Escape, which leaves the selections for the next Escape', async () => {
    const { page } = journey;
    server.script(neverAnswers);
    await rewrite('escape.ts');
    await server.request(2);
    await seeStatus(page, /0 of 3 done/);
    await journey.press('Escape');
    await expectStopped('escape.ts');
    await see(page.locator('.statusbar-item', { hasText: /^3 selections/ }), '3 selections afterwards');
    await journey.screenshot('selections-stopped');
    await journey.press('Escape');
    await see(page.locator('.statusbar-item', { hasText: /^Ln \d+/ }), 'one selection after another Escape');
  });

  async function expectStopped(file: string): Promise<void> {
    await seeStatus(journey.page, /stopped/);
    assert.equal(await isBusy(journey.page), false);
    await until('the server saw all connections close', () =>
      server.requests.every(({ ending }) => ending?.by === 'client'),
    );
    assert.equal(server.requests.length, 3);
    assert.deepEqual(await journey.notifications(), []);
    assert.ok((await journey.editorText()).startsWith(source.trimEnd()), `${file} was changed`);
  }
});

const shout: Handler = (request, nth) => (namedModels['shout'] as Handler)(request, nth);

/** What the model answers, when the gate `rest` is opened. */
const behindGate: Handler = (request, nth): Scenario => {
  const scenario = shout(request, nth);
  return { ...scenario, steps: [{ do: 'gate', name: 'rest' }, ...(scenario.steps ?? [])] };
};
