import * as assert from 'node:assert/strict';
import { openFile, placeCursor, pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { useFixture } from './support/fixture';
import { seeInThread, waitUntil } from './support/screen';

const file = '.quillet/prompts/shout.prompt.md';
const broken = '---\nname: Shout\ndestnation: thread\n---\nSay it loud: ${selection}\n';

describe('editing a prompt file', () => {
  const fixture = useFixture({
    files: { [file]: broken, 'quiet.ts': 'export const quiet = 1;\n' },
    // Otherwise the Explorer shows a folder with a single subfolder as one row.
    settings: { 'explorer.compactFolders': false },
  });

  /** Clicks a folder in the Explorer until its child is visible. */
  async function expandFolder(folder: string, child: string): Promise<void> {
    const row = (name: string) =>
      fixture.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
    await waitUntil(`${child} is in the Explorer`, async () => {
      await row(folder)
        .first()
        .click({ timeout: 2000 })
        .catch(() => undefined);
      await row(child)
        .first()
        .waitFor({ timeout: 3000 })
        .catch(() => undefined);
      return row(child).first().isVisible();
    });
  }

  it('has diagnostics, completion, hovers and Try without running a command first', async () => {
    const { page, workbench, server } = fixture;
    server.script(streamed(['It is loud now.']));
    await openFile(page, 'quiet.ts');
    await selectWithKeyboard(page, 1, 1);
    await expandFolder('.quillet', 'prompts');
    await expandFolder('prompts', 'shout.prompt.md');
    await openFile(page, 'shout.prompt.md');
    await see(page.locator('.statusbar-item', { hasText: /^Markdown$/ }), 'Markdown as its language');
    // Opening the file activates the language features.
    await see(
      page.locator('.codelens-decoration', { hasText: '1 problem' }),
      'the CodeLens with the number of problems',
    );
    await see(page.locator('.editor-instance:visible .squiggly-error'), 'the error squiggle');
    await workbench.screenshot('prompt-problem');

    await selectWithKeyboard(page, 3, 3);
    await workbench.press('Delete');
    await page.keyboard.type('des');
    await workbench.press('Control+Space');
    const suggestions = page.locator('.suggest-widget.visible .monaco-list-row');
    await see(suggestions.filter({ hasText: 'destination' }), 'destination in the list');
    await workbench.press('ArrowDown');
    await waitUntil('destination has the focus', async () => {
      if ((await page.locator('.suggest-widget .monaco-list-row.focused', { hasText: 'destination' }).count()) > 0) {
        return true;
      }
      await workbench.press('ArrowUp');
      return false;
    });
    await workbench.press('Enter');
    await see(suggestions.filter({ hasText: 'clipboard' }), 'the destinations, suggested automatically');
    await workbench.screenshot('prompt-completion');
    await page.keyboard.type('thr');
    await see(suggestions.filter({ hasText: 'thread' }), 'thread in the list');
    await workbench.press('Enter');
    await waitUntil('the key is complete', async () => (await workbench.editorText()).includes('destination: thread'));

    await see(page.locator('.codelens-decoration', { hasText: 'Try' }), 'the Try CodeLens');
    const squiggles = page.locator('.editor-instance:visible .squiggly-error');
    await waitUntil('the error squiggle is gone', async () => (await squiggles.count()) === 0);
    await placeCursor(page, 5, 18);
    await pressChord(page, 'Control+i');
    await see(page.locator('.monaco-hover', { hasText: 'the selected text' }), 'the hover of the variable');
    await workbench.screenshot('prompt-hover');
    // The hover could cover the CodeLens.
    await workbench.press('Escape');

    await page.locator('.codelens-decoration a', { hasText: 'Try' }).click();
    await seeInThread(page, 'It is loud now.');
    await workbench.screenshot('prompt-try');
    const sent = JSON.stringify(server.requests.at(-1)?.json);
    assert.ok(sent.includes('Say it loud: export const quiet = 1;'), sent);
    assert.deepEqual(await workbench.notifications(), []);

    await page.locator('.codelens-decoration a', { hasText: 'Preview Request' }).click();
    await see(page.locator('.tab.active', { hasText: 'Request to' }), 'the request as a document');
    await workbench.screenshot('prompt-preview');
    assert.equal(server.requests.length, 1, 'the preview sent a request');
  });
});
