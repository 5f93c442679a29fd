import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { see } from '../../scripts/demo/driver.mjs';
import { inTwoParts, REST, useScene } from './support/scene';
import { isBusy, seeNotification, until } from './support/screen';
import { runGit } from './support/workbench';

const subject = 'Greet people by their first name';
const body = 'The full name sounded stiff.';
const message = `${subject}\n\n${body}`;

describe('writing a commit message in the packaged extension', () => {
  const scene = useScene({ git: true });

  /** Changes greet.ts on the disk. */
  function change(text: string): void {
    fs.appendFileSync(path.join(scene.journey.folder, 'greet.ts'), `${text}\n`);
  }

  function button(label: string): Locator {
    return scene.page.locator(`.scm-viewlet .action-label[aria-label^="${label}"]:visible`).first();
  }

  function box(): Locator {
    return scene.page.locator('.scm-view .scm-editor').first();
  }

  async function boxText(): Promise<string> {
    const lines = await box()
      .locator('.view-line')
      .evaluateAll((all) =>
        all
          .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
          .sort((one, other) => one.top - other.top)
          .map(({ text }) => text.replaceAll('\u00a0', ' ')),
      );
    return lines.join('\n');
  }

  async function openSourceControl(): Promise<void> {
    await scene.journey.press('Control+Shift+g', 'g');
    await see(box(), 'the box for the commit message');
  }

  async function clickBox(): Promise<void> {
    // What the button says of itself under the mouse would lie over the box.
    await scene.page.mouse.move(900, 500);
    await until('nothing lies over the box', async () => (await scene.page.locator('.workbench-hover').count()) === 0);
    await box().click();
  }

  async function typeIntoBox(text: string): Promise<void> {
    await clickBox();
    await scene.journey.press('Control+a', 'Delete');
    await scene.page.keyboard.type(text);
    await until(`the box holds "${text}"`, async () => (await boxText()) === text);
  }

  before(async () => {
    await openSourceControl();
  });
  beforeEach(() => {
    runGit(scene.journey.folder, 'reset', '--hard');
  });

  it('streams into the box from the button, and one undo brings back what was there', async () => {
    const { journey, server, page } = scene;
    server.script(inTwoParts(`\`\`\`\n${subject}`, `\n\n${body}\n\`\`\`\n`));
    change('export const staged = 1;');
    runGit(journey.folder, 'add', '--all');
    change('export const unstaged = 2;');
    await typeIntoBox('wip');
    await button('Write Commit Message').click();
    await until('the subject is in the box', async () => (await boxText()) === subject);
    await see(button('Stop Writing Commit Message'), 'the button that stops it');
    await journey.screenshot('commit-message-streaming');
    server.openGate(REST);
    await until('the message is in the box', async () => (await boxText()) === message);
    await see(button('Write Commit Message'), 'the button that writes it');
    await journey.screenshot('commit-message');
    const sent = JSON.stringify(server.requests.at(-1)?.json);
    assert.ok(sent.includes('+export const staged = 1;') && !sent.includes('unstaged'), sent);
    await clickBox();
    await journey.press('Control+z');
    await until('one undo brings back what was there', async () => (await boxText()) === 'wip');
    await journey.press('Control+Shift+z');
    await until('redo brings back the message', async () => (await boxText()) === message);
    assert.deepEqual(await journey.notifications(), []);
    assert.ok(!(await isBusy(page)));
  });

  it('is stopped by the same button, which leaves what was there', async () => {
    const { journey, server, page } = scene;
    server.script(inTwoParts(subject, 'never'));
    change('export const unstaged = 2;');
    await typeIntoBox('wip');
    await button('Write Commit Message').click();
    await until('the subject is in the box', async () => (await boxText()) === subject);
    await button('Stop Writing Commit Message').click();
    await until('what was there is back', async () => (await boxText()) === 'wip');
    await see(button('Write Commit Message'), 'the button that writes it');
    await until('nothing runs', async () => !(await isBusy(page)));
    const sent = JSON.stringify(server.requests.at(-1)?.json);
    assert.ok(sent.includes('+export const unstaged = 2;'), sent);
    assert.deepEqual(await journey.notifications(), []);
  });

  it('says so where there is nothing to commit, from the palette too', async () => {
    const { journey, server, page } = scene;
    await typeIntoBox('wip');
    await journey.runCommand('Quillet: Write Commit Message');
    await seeNotification(page, 'There are no changes to describe');
    await journey.screenshot('commit-message-empty');
    assert.equal(server.requests.length, 0);
    assert.equal(await boxText(), 'wip');
  });
});
