import * as assert from 'node:assert/strict';
import { see } from '../../scripts/demo/driver.mjs';
import { neverAnswers, streamed } from '../support/scenario';
import { filesFor, useScene } from './support/scene';
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

const source = `export function add(first: number, second: number): number {
  return first + second;
}
`;
const stories = ['status', 'button', 'escape', 'palette', 'early', 'suggest', 'find', 'idle', 'all'];

describe('X15: stopping an answer in the packaged extension', () => {
  const scene = useScene({ files: filesFor(stories, source) });

  beforeEach(() => scene.server.script(streamed(['These words ', 'arrived'], { then: [{ do: 'hang' }] })));

  /** Starts an explanation that will never end by itself. */
  async function start(file: string): Promise<void> {
    await scene.selectAndPress(file, [1, 3], 'g');
    await seeInThread(scene.page, 'These words arrived');
    await until('Stop can be pressed', async () => (await threadButtons(scene.page)).includes('Stop (Escape)'));
  }

  /** The text stays, marked; everything is idle again; the server was told; nobody is bothered. */
  async function expectStopped(picture: string): Promise<void> {
    const at = Date.now();
    await seeStatus(scene.page, /stopped/);
    const answer = comment(scene.page, 0);
    await see(answer.locator('.comment-title', { hasText: 'stopped' }), 'the mark beside the answer');
    assert.equal(await thread(scene.page).locator('.review-comment').count(), 1, 'more than the answer and its mark');
    assert.match(await answer.locator('.comment-body').innerText(), /^These words arrived$/);
    assert.equal(await isBusy(scene.page), false);
    await until('the Stop button is gone', async () => !(await threadButtons(scene.page)).includes('Stop (Escape)'));
    await until('the server saw the connection close', () => scene.server.requests[0]?.ending !== undefined);
    assert.equal(scene.server.requests[0]?.ending?.by, 'client');
    assert.ok((scene.server.requests[0]?.ending?.at ?? 0) < at + 2000, 'the server was told too late');
    await see(thread(scene.page).locator('.review-thread-reply-button'), 'the reply box');
    assert.deepEqual(await scene.journey.notifications(), []);
    await scene.journey.screenshot(picture);
  }

  it('keeps the text when the status bar item is clicked', async () => {
    await start('status.ts');
    assert.match((await statusItem(scene.page).first().getAttribute('aria-label')) ?? '', /Click to stop\.$/);
    await statusItem(scene.page).first().click();
    await expectStopped('stop-status-bar');
  });

  it('keeps the text when the button of the thread is pressed', async () => {
    await start('button.ts');
    await pressThreadButton(scene.page, 'Stop');
    await expectStopped('stop-button');
  });

  it('keeps the text when Escape is pressed', async () => {
    await start('escape.ts');
    await scene.journey.press('Escape');
    await expectStopped('stop-escape');
  });

  it('keeps the text when the command is chosen from the palette', async () => {
    await start('palette.ts');
    await scene.journey.runCommand('Quillet: Stop');
    await expectStopped('stop-palette');
  });

  it('works before the server has answered', async () => {
    const { page } = scene;
    scene.server.script(neverAnswers);
    await scene.selectAndPress('early.ts', [1, 3], 'g');
    await seeInThread(page, 'Asking quillet-test');
    await scene.journey.screenshot('stop-asking');
    await scene.server.request(0);
    await until('the status bar is busy', () => isBusy(page));
    await scene.journey.press('Escape');
    await seeStatus(page, /stopped/);
    await seeInThread(page, 'Stopped.');
    await until('the server saw the connection close', () => scene.server.requests[0]?.ending?.by === 'client');
    await scene.journey.screenshot('stop-early');
    const buttons = comment(page, 0).locator('.comment-actions .action-label');
    await until('there is no button to copy nothing', async () => (await buttons.count()) === 0);
  });

  it('leaves Escape to the list of suggestions first', async () => {
    const { page } = scene;
    await start('suggest.ts');
    await scene.journey.press('ArrowRight', 'Control+Space');
    await see(page.locator('.suggest-widget.visible'), 'the list of suggestions');
    await scene.journey.press('Escape');
    await page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await staysBusy();
    await scene.journey.press('Escape');
    await expectStopped('stop-after-suggestions');
  });

  it('leaves Escape to the find box first', async () => {
    const { page } = scene;
    await start('find.ts');
    await scene.journey.press('Control+f');
    await see(page.locator('.find-widget.visible'), 'the find box');
    await scene.journey.press('Escape');
    await page.locator('.find-widget.visible').waitFor({ state: 'hidden' });
    await staysBusy();
    await scene.journey.press('Escape');
    await expectStopped('stop-after-find');
  });

  it('leaves Escape alone when nothing runs', async () => {
    const { page } = scene;
    await start('idle.ts');
    await scene.journey.press('Escape');
    await expectStopped('stop-idle');
    await scene.journey.press('Control+Home', 'ArrowDown', 'End', 'ArrowLeft', 'Control+d', 'Control+d');
    await see(page.locator('.statusbar-item', { hasText: /^2 selections/ }), 'two carets');
    await scene.journey.press('Escape');
    await see(page.locator('.statusbar-item', { hasText: /^Ln \d+/ }), 'one caret');
    assert.ok(await thread(page).isVisible(), 'the thread was closed');
    assert.equal(scene.server.requests.length, 1);
  });

  it('stops everything at once, and the palette offers it only while something runs', async () => {
    const isStop = (name: string): boolean => name.startsWith('Quillet: Stop');
    assert.deepEqual((await scene.journey.listedCommands('Quillet: Stop')).filter(isStop), []);
    await start('all.ts');
    await scene.journey.runCommand('Quillet: Stop All');
    await expectStopped('stop-all');
  });

  /** Long enough for a wrong Escape to show. */
  async function staysBusy(): Promise<void> {
    await scene.page.waitForTimeout(700);
    assert.ok(await isBusy(scene.page), 'the answer was stopped');
    assert.equal(scene.server.requests[0]?.ending, undefined);
  }
});
