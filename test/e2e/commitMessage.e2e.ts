import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { see } from '../../scripts/demo/driver.mjs';
import { REST_GATE, twoPartAnswer, useFixture } from './support/fixture';
import { isBusy, seeNotification, waitUntil } from './support/screen';
import { runGit } from './support/workbench';

const subject = 'Greet people by their first name';
const body = 'The full name sounded stiff.';
const message = `${subject}\n\n${body}`;

describe('Write Commit Message', () => {
  const fixture = useFixture({ git: true });

  function change(text: string): void {
    fs.appendFileSync(path.join(fixture.workbench.folder, 'greet.ts'), `${text}\n`);
  }

  function button(label: string): Locator {
    return fixture.page.locator(`.scm-viewlet .action-label[aria-label^="${label}"]:visible`).first();
  }

  function box(): Locator {
    return fixture.page.locator('.scm-view .scm-editor').first();
  }

  async function boxText(): Promise<string> {
    const lines = await box()
      .locator('.view-line')
      .evaluateAll((all) =>
        all
          .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
          .sort((left, right) => left.top - right.top)
          .map(({ text }) => text.replaceAll('\u00a0', ' ')),
      );
    return lines.join('\n');
  }

  async function openSourceControl(): Promise<void> {
    await fixture.workbench.press('Control+Shift+g', 'g');
    await see(box(), 'the commit message box');
  }

  async function clickBox(): Promise<void> {
    // The hover of the button would cover the input box.
    await fixture.page.mouse.move(900, 500);
    await waitUntil('no hover is visible', async () => (await fixture.page.locator('.workbench-hover').count()) === 0);
    await box().click();
  }

  async function typeIntoBox(text: string): Promise<void> {
    await clickBox();
    await fixture.workbench.press('Control+a', 'Delete');
    await fixture.page.keyboard.type(text);
    await waitUntil(`the box holds "${text}"`, async () => (await boxText()) === text);
  }

  before(async () => {
    await openSourceControl();
  });
  beforeEach(() => {
    runGit(fixture.workbench.folder, 'reset', '--hard');
  });

  it('streams into the SCM input box, and one undo restores the previous text', async () => {
    const { workbench, server, page } = fixture;
    server.script(twoPartAnswer(`\`\`\`\n${subject}`, `\n\n${body}\n\`\`\`\n`));
    change('export const staged = 1;');
    runGit(workbench.folder, 'add', '--all');
    change('export const unstaged = 2;');
    await typeIntoBox('wip');
    await button('Write Commit Message').click();
    await waitUntil('the subject is in the box', async () => (await boxText()) === subject);
    await see(button('Stop Writing Commit Message'), 'the stop button');
    await workbench.screenshot('commit-message-streaming');
    server.openGate(REST_GATE);
    await waitUntil('the message is in the box', async () => (await boxText()) === message);
    await see(button('Write Commit Message'), 'the write button');
    await workbench.screenshot('commit-message');
    const sent = JSON.stringify(server.requests.at(-1)?.json);
    assert.ok(sent.includes('+export const staged = 1;') && !sent.includes('unstaged'), sent);
    await clickBox();
    await workbench.press('Control+z');
    await waitUntil('one undo restores the previous text', async () => (await boxText()) === 'wip');
    await workbench.press('Control+Shift+z');
    await waitUntil('redo restores the message', async () => (await boxText()) === message);
    assert.deepEqual(await workbench.notifications(), []);
    assert.ok(!(await isBusy(page)));
  });

  it('is stopped by the same button, which restores the previous text', async () => {
    const { workbench, server, page } = fixture;
    server.script(twoPartAnswer(subject, 'never'));
    change('export const unstaged = 2;');
    await typeIntoBox('wip');
    await button('Write Commit Message').click();
    await waitUntil('the subject is in the box', async () => (await boxText()) === subject);
    await button('Stop Writing Commit Message').click();
    await waitUntil('the previous text is restored', async () => (await boxText()) === 'wip');
    await see(button('Write Commit Message'), 'the write button');
    await waitUntil('nothing is running', async () => !(await isBusy(page)));
    const sent = JSON.stringify(server.requests.at(-1)?.json);
    assert.ok(sent.includes('+export const unstaged = 2;'), sent);
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('says when there are no changes', async () => {
    const { workbench, server, page } = fixture;
    await typeIntoBox('wip');
    await workbench.runCommand('Quillet: Write Commit Message');
    await seeNotification(page, 'There are no changes to describe');
    await workbench.screenshot('commit-message-empty');
    assert.equal(server.requests.length, 0);
    assert.equal(await boxText(), 'wip');
  });
});
