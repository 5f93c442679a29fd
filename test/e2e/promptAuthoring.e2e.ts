import * as assert from 'node:assert/strict';
import { openFile, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { useFixture } from './support/fixture';
import { seeInThread, waitUntil } from './support/screen';

const file = '.quillet/prompts/shout.prompt.md';
const broken = '---\nname: Shout\ndestnation: thread\n---\nSay it loud: ${selection}\n';

describe('writing a prompt file in the packaged extension', () => {
  const fixture = useFixture({
    files: { [file]: broken, 'quiet.ts': 'export const quiet = 1;\n' },
    // Folders with one folder in them would be one row in the explorer.
    settings: { 'explorer.compactFolders': false },
  });

  /** Clicks a folder in the explorer until what is in it is shown. */
  async function unfold(folder: string, child: string): Promise<void> {
    const row = (name: string) =>
      fixture.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
    await waitUntil(`${child} is in the explorer`, async () => {
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

  it('need 35: needs no command first: a problem, completion, an explanation, and Try', async () => {
    const { page, workbench, server } = fixture;
    server.script(streamed(['It is loud now.']));
    await openFile(page, 'quiet.ts');
    await selectWithKeyboard(page, 1, 1);
    await unfold('.quillet', 'prompts');
    await unfold('prompts', 'shout.prompt.md');
    await openFile(page, 'shout.prompt.md');
    await see(page.locator('.statusbar-item', { hasText: /^Markdown$/ }), 'Markdown as its language');
    // The window has just been opened: the file itself is what loads what helps to write it.
    await see(page.locator('.codelens-decoration', { hasText: '1 problem' }), 'the lens that tells of a problem');
    await see(page.locator('.editor-instance:visible .squiggly-error'), 'the mark of the problem');
    await workbench.screenshot('prompt-problem');

    await page.locator('.editor-instance:visible .view-line', { hasText: 'destnation' }).click();
    await workbench.press('Home', 'Shift+End', 'Delete');
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
    await see(suggestions.filter({ hasText: 'clipboard' }), 'the destinations, without being asked for');
    await workbench.screenshot('prompt-completion');
    await page.keyboard.type('thr');
    await see(suggestions.filter({ hasText: 'thread' }), 'thread in the list');
    await workbench.press('Enter');
    await waitUntil('the key is complete', async () => (await workbench.editorText()).includes('destination: thread'));

    await see(page.locator('.codelens-decoration', { hasText: 'Try' }), 'the lens that tries it');
    const marks = page.locator('.editor-instance:visible .squiggly-error');
    await waitUntil('the mark of the problem is gone', async () => (await marks.count()) === 0);
    const variable = page.locator('.editor-instance:visible .view-line', { hasText: 'Say it loud' });
    const place = await variable.locator('span span').last().boundingBox();
    assert.ok(place);
    await page.mouse.move(place.x + place.width - 12, place.y + place.height / 2);
    await see(page.locator('.monaco-hover', { hasText: 'the selected text' }), 'what the variable stands for');
    await workbench.screenshot('prompt-hover');
    // It could lie over what is pressed next.
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
    assert.equal(server.requests.length, 1, 'sent before it was asked for');
  });
});
