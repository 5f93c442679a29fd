import * as assert from 'node:assert/strict';
import { chord, openFile, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { neverAnswers, streamed } from '../support/scenario';
import {
  comment,
  isBusy,
  pressThreadButton,
  seeInThread,
  seeStatus,
  statusItem,
  thread,
  threadButtons,
  until,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = `export function add(first: number, second: number): number {
  return first + second;
}
`;
const stories = ['status', 'button', 'escape', 'palette', 'early', 'suggest', 'find', 'idle', 'all'];

describe('X15: stopping an answer in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(streamed(['These words ', 'arrived'], { then: [{ do: 'hang' }] }));
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  /** Starts an explanation that will never end by itself. */
  async function start(file: string): Promise<void> {
    await openFile(journey.page, file);
    await selectWithKeyboard(journey.page, 1, 3);
    await chord(journey.page, 'g');
    await seeInThread(journey.page, 'These words arrived');
    await until('Stop can be pressed', async () => (await threadButtons(journey.page)).includes('Stop (Escape)'));
  }

  /** The text stays, marked; everything is idle again; the server was told; nobody is bothered. */
  async function expectStopped(picture: string): Promise<void> {
    const at = Date.now();
    await seeStatus(journey.page, /stopped/);
    const answer = comment(journey.page, 0);
    await see(answer.locator('.comment-title', { hasText: 'stopped' }), 'the mark beside the answer');
    assert.equal(await thread(journey.page).locator('.review-comment').count(), 1, 'more than the answer and its mark');
    assert.match(await answer.locator('.comment-body').innerText(), /^These words arrived$/);
    assert.equal(await isBusy(journey.page), false);
    await until('the Stop button is gone', async () => !(await threadButtons(journey.page)).includes('Stop (Escape)'));
    await until('the server saw the connection close', () => server.requests[0]?.ending !== undefined);
    assert.equal(server.requests[0]?.ending?.by, 'client');
    assert.ok((server.requests[0]?.ending?.at ?? 0) < at + 2000, 'the server was told too late');
    await see(thread(journey.page).locator('.review-thread-reply-button'), 'the reply box');
    assert.deepEqual(await journey.notifications(), []);
    await journey.screenshot(picture);
  }

  it('keeps the text when the status bar item is clicked', async () => {
    await start('status.ts');
    assert.match((await statusItem(journey.page).first().getAttribute('aria-label')) ?? '', /Activate to stop\.$/);
    await statusItem(journey.page).first().click();
    await expectStopped('stop-status-bar');
  });

  it('keeps the text when the button of the thread is pressed', async () => {
    await start('button.ts');
    await pressThreadButton(journey.page, 'Stop');
    await expectStopped('stop-button');
  });

  it('keeps the text when Escape is pressed', async () => {
    await start('escape.ts');
    await journey.press('Escape');
    await expectStopped('stop-escape');
  });

  it('keeps the text when the command is chosen from the palette', async () => {
    await start('palette.ts');
    await journey.runCommand('Quillet: Stop');
    await expectStopped('stop-palette');
  });

  it('works before the server has answered', async () => {
    const { page } = journey;
    server.script(neverAnswers);
    await openFile(page, 'early.ts');
    await selectWithKeyboard(page, 1, 3);
    await chord(page, 'g');
    await seeInThread(page, 'Asking quillet-test');
    await journey.screenshot('stop-asking');
    await server.request(0);
    await until('the status bar is busy', () => isBusy(page));
    await journey.press('Escape');
    await seeStatus(page, /stopped/);
    await seeInThread(page, 'Stopped.');
    await until('the server saw the connection close', () => server.requests[0]?.ending?.by === 'client');
    await journey.screenshot('stop-early');
    const buttons = comment(page, 0).locator('.comment-actions .action-label');
    await until('there is no button to copy nothing', async () => (await buttons.count()) === 0);
  });

  it('leaves Escape to the list of suggestions first', async () => {
    const { page } = journey;
    await start('suggest.ts');
    await journey.press('ArrowRight', 'Control+Space');
    await see(page.locator('.suggest-widget.visible'), 'the list of suggestions');
    await journey.press('Escape');
    await page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await staysBusy();
    await journey.press('Escape');
    await expectStopped('stop-after-suggestions');
  });

  it('leaves Escape to the find box first', async () => {
    const { page } = journey;
    await start('find.ts');
    await journey.press('Control+f');
    await see(page.locator('.find-widget.visible'), 'the find box');
    await journey.press('Escape');
    await page.locator('.find-widget.visible').waitFor({ state: 'hidden' });
    await staysBusy();
    await journey.press('Escape');
    await expectStopped('stop-after-find');
  });

  it('leaves Escape alone when nothing runs', async () => {
    const { page } = journey;
    await start('idle.ts');
    await journey.press('Escape');
    await expectStopped('stop-idle');
    await journey.press('Control+Home', 'ArrowDown', 'End', 'ArrowLeft', 'Control+d', 'Control+d');
    await see(page.locator('.statusbar-item', { hasText: /^2 selections/ }), 'two carets');
    await journey.press('Escape');
    await see(page.locator('.statusbar-item', { hasText: /^Ln \d+/ }), 'one caret');
    assert.ok(await thread(page).isVisible(), 'the thread was closed');
    assert.equal(server.requests.length, 1);
  });

  it('stops everything at once, and the palette offers it only while something runs', async () => {
    const isStop = (name: string): boolean => name.startsWith('Quillet: Stop');
    assert.deepEqual((await journey.listedCommands('Quillet: Stop')).filter(isStop), []);
    await start('all.ts');
    await journey.runCommand('Quillet: Stop All');
    await expectStopped('stop-all');
  });

  /** Long enough for a wrong Escape to show. */
  async function staysBusy(): Promise<void> {
    await journey.page.waitForTimeout(700);
    assert.ok(await isBusy(journey.page), 'the answer was stopped');
    assert.equal(server.requests[0]?.ending, undefined);
  }
});
