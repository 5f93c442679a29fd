import * as assert from 'node:assert/strict';
import { see } from '../../scripts/demo/driver.mjs';
import { neverAnswers, streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import {
  comment,
  focusedChoice,
  isBusy,
  pressThreadButton,
  seeInThread,
  seeStatus,
  statusItem,
  thread,
  threadButtons,
  waitUntil,
} from './support/screen';

const source = `export function add(first: number, second: number): number {
  return first + second;
}
`;
const fileNames = ['status', 'button', 'escape', 'palette', 'early', 'suggest', 'find', 'idle', 'all'];

describe('stopping an answer [X15]', () => {
  const fixture = useFixture({ files: filesFor(fileNames, source) });

  beforeEach(() => fixture.server.script(streamed(['These words ', 'arrived'], { then: [{ do: 'hang' }] })));

  /** Starts an explanation that never completes. */
  async function start(file: string): Promise<void> {
    await fixture.selectAndPress(file, [1, 3], 'g');
    await seeInThread(fixture.page, 'These words arrived');
    await waitUntil('the Stop button is visible', async () =>
      (await threadButtons(fixture.page)).includes('Stop Request (Escape)'),
    );
  }

  /** Expects the text to stay, marked as stopped, the connection to be closed, and no notification. */
  async function expectStopped(screenshot: string): Promise<void> {
    await seeStatus(fixture.page, /stopped/);
    const answer = comment(fixture.page, 0);
    await see(answer.locator('.comment-title', { hasText: 'stopped' }), 'the label of the answer');
    assert.equal(await thread(fixture.page).locator('.review-comment').count(), 1, 'more than one comment');
    assert.match(await answer.locator('.comment-body').innerText(), /^These words arrived$/);
    assert.equal(await isBusy(fixture.page), false);
    await waitUntil(
      'the Stop button is gone',
      async () => !(await threadButtons(fixture.page)).includes('Stop Request (Escape)'),
    );
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending !== undefined);
    assert.equal(fixture.server.requests[0]?.ending?.by, 'client');
    await see(thread(fixture.page).locator('.review-thread-reply-button'), 'the reply box');
    assert.deepEqual(await fixture.workbench.notifications(), []);
    await fixture.workbench.screenshot(screenshot);
  }

  it('works with the menu of the status bar item', async () => {
    await start('status.ts');
    await statusItem(fixture.page).first().click();
    await see(focusedChoice(fixture.page, 'Stop'), 'Stop, ready for Enter');
    await fixture.workbench.screenshot('stop-menu');
    await fixture.workbench.press('Enter');
    await expectStopped('stop-status-bar');
  });

  it('works with the button of the thread', async () => {
    await start('button.ts');
    await pressThreadButton(fixture.page, 'Stop');
    await expectStopped('stop-button');
  });

  it('works with Escape', async () => {
    await start('escape.ts');
    await fixture.workbench.press('Escape');
    await expectStopped('stop-escape');
  });

  it('works from the Command Palette', async () => {
    await start('palette.ts');
    await fixture.workbench.runCommand('Quillet: Stop Request');
    await expectStopped('stop-palette');
  });

  it('works before the server responds', async () => {
    const { page } = fixture;
    fixture.server.script(neverAnswers);
    await fixture.selectAndPress('early.ts', [1, 3], 'g');
    await seeInThread(page, 'Asking quillet-test');
    await fixture.workbench.screenshot('stop-asking');
    await fixture.server.request(0);
    await waitUntil('the status bar is busy', () => isBusy(page));
    await fixture.workbench.press('Escape');
    await seeStatus(page, /stopped/);
    await seeInThread(page, 'Stopped.');
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending?.by === 'client');
    await fixture.workbench.screenshot('stop-early');
    const buttons = comment(page, 0).locator('.comment-actions .action-label');
    await waitUntil('there is no Copy Answer button', async () => (await buttons.count()) === 0);
  });

  it('happens only after Escape has closed the suggestions', async () => {
    const { page } = fixture;
    await start('suggest.ts');
    await fixture.workbench.press('ArrowRight', 'Control+Space');
    await see(page.locator('.suggest-widget.visible'), 'the list of suggestions');
    await fixture.workbench.press('Escape');
    await page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await expectStillBusy();
    await fixture.workbench.press('Escape');
    await expectStopped('stop-after-suggestions');
  });

  it('happens only after Escape has closed the find widget', async () => {
    const { page } = fixture;
    await start('find.ts');
    await fixture.workbench.press('Control+f');
    await see(page.locator('.find-widget.visible'), 'the find widget');
    await fixture.workbench.press('Escape');
    await page.locator('.find-widget.visible').waitFor({ state: 'hidden' });
    await expectStillBusy();
    await fixture.workbench.press('Escape');
    await expectStopped('stop-after-find');
  });

  it('does not intercept Escape when nothing is running', async () => {
    const { page } = fixture;
    await start('idle.ts');
    await fixture.workbench.press('Escape');
    await expectStopped('stop-idle');
    await fixture.workbench.press('Control+Home', 'ArrowDown', 'End', 'ArrowLeft', 'Control+d', 'Control+d');
    await see(page.locator('.statusbar-item', { hasText: /^2 selections/ }), 'two cursors');
    await fixture.workbench.press('Escape');
    await see(page.locator('.statusbar-item', { hasText: /^Ln \d+/ }), 'one cursor');
    assert.ok(await thread(page).isVisible(), 'the thread was closed');
    assert.equal(fixture.server.requests.length, 1);
  });

  it('is offered in the Command Palette only while something is running', async () => {
    const isStop = (name: string): boolean => name.startsWith('Quillet: Stop');
    assert.deepEqual((await fixture.workbench.listedCommands('Quillet: Stop')).filter(isStop), []);
    await start('all.ts');
    await fixture.workbench.runCommand('Quillet: Stop All Requests');
    await expectStopped('stop-all');
  });

  /** Waits long enough to notice that Escape stopped the answer. */
  async function expectStillBusy(): Promise<void> {
    await fixture.page.waitForTimeout(700);
    assert.ok(await isBusy(fixture.page), 'the answer was stopped');
    assert.equal(fixture.server.requests[0]?.ending, undefined);
  }
});
