import * as assert from 'node:assert/strict';
import { closeEditors, openFile, pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { useFixture } from './support/fixture';
import { clearNotifications, notificationButtons, seeNotification, statusItem, waitUntil } from './support/screen';

/** Everything the palette may hold when a file is open and nothing was run yet. */
const atFirst = [
  'Quillet: Add Provider…',
  'Quillet: Ask About Selection…',
  'Quillet: Copy Prompt Keybinding…',
  'Quillet: Delete API Key…',
  'Quillet: Edit Prompt…',
  'Quillet: Explain Selection',
  'Quillet: Fix Problem',
  'Quillet: Insert Completion',
  'Quillet: New Prompt…',
  'Quillet: Preview Request…',
  'Quillet: Rewrite Selection in Place…',
  'Quillet: Rewrite Selection…',
  'Quillet: Run Prompt…',
  'Quillet: Select Model…',
  'Quillet: Set API Key…',
  'Quillet: Show Log',
  'Quillet: Show Requests',
  'Quillet: Show Usage',
  'Quillet: Test Connection',
];

describe('what the packaged extension offers and refuses', () => {
  const fixture = useFixture({
    settings: { 'files.readonlyInclude': { 'locked.ts': true } },
    files: { 'locked.ts': 'const locked = true;\n', 'open.ts': 'const open = true;\n' },
  });

  afterEach(() => assert.equal(fixture.server.requests.length, 0, 'something was sent'));

  /** One sentence of advice, and no buttons: there is nothing to look up in a log. */
  async function expectAdvice(words: RegExp, picture: string): Promise<void> {
    const toast = await seeNotification(fixture.page, words);
    assert.deepEqual(await notificationButtons(toast), []);
    assert.equal((await fixture.workbench.notifications()).length, 1);
    await fixture.workbench.screenshot(picture);
  }

  it('lists no command for a text where there is none', async () => {
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.deepEqual(names.filter((name) => name.startsWith('Quillet: ')).sort(), [
      'Quillet: Add Provider…',
      'Quillet: Copy Prompt Keybinding…',
      'Quillet: Delete API Key…',
      'Quillet: Edit Prompt…',
      'Quillet: New Prompt…',
      'Quillet: Select Model…',
      'Quillet: Set API Key…',
      'Quillet: Show Log',
      'Quillet: Show Requests',
      'Quillet: Show Usage',
      'Quillet: Test Connection',
    ]);
  });

  it('lists its commands for a text, and not those that make no sense yet', async () => {
    await openFile(fixture.page, 'open.ts');
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.deepEqual(names.filter((name) => name.startsWith('Quillet: ')).sort(), atFirst);
  });

  it('has no entry in the context menu when nothing is selected', async () => {
    assert.deepEqual(await menuEntries(), []);
  });

  it('has two entries in the context menu of a selection, and the rest in a submenu', async () => {
    const { page } = fixture;
    await selectWithKeyboard(page, 1, 1);
    assert.deepEqual(
      await menuEntries(async () => {
        await page.locator('.monaco-menu .action-label', { hasText: /^Quillet$/ }).hover();
        await see(page.locator('.monaco-menu .action-label', { hasText: /^Run Prompt…$/ }), 'the submenu');
        await fixture.workbench.screenshot('menu');
      }),
      [
        'Explain Selection',
        'Quillet',
        'Ask About Selection…',
        'Rewrite Selection…',
        'Rewrite Selection in Place…',
        'Insert Completion',
        'Run Prompt…',
        'Select Model…',
      ],
    );
  });

  it('says what to do when nothing is selected', async () => {
    const { page } = fixture;
    await fixture.workbench.press('Control+Home');
    await pressChord(page, 'g');
    await expectAdvice(/Select some text first/, 'refused-no-selection');
    assert.equal(await page.locator('.review-widget').count(), 0);
  });

  it('writes nothing into a read-only file, asks nothing and sends nothing', async () => {
    const { page } = fixture;
    await openFile(page, 'locked.ts');
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, "'");
    const toast = await seeNotification(page, /read-only/);
    await fixture.workbench.screenshot('refused-read-only');
    assert.equal(await page.locator('.quick-input-widget:visible').count(), 0, 'asked for nothing');
    assert.deepEqual(await notificationButtons(toast), []);
    await clearNotifications(page);
    await pressChord(page, ';');
    await seeNotification(page, /read-only/);
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.equal(
      names.some((name) => /Rewrite|Insert/.test(name)),
      false,
      'the palette offers to write',
    );
    assert.deepEqual((await menuEntries()).slice(0, 2), ['Explain Selection', 'Quillet']);
  });

  it('asks for an editor where there is none', async () => {
    const { page } = fixture;
    await closeEditors(page);
    await statusItem(page).first().click();
    await waitUntil(
      'the list of providers',
      async () => (await page.locator('.quick-input-widget:visible').count()) > 0,
    );
    await fixture.workbench.screenshot('select-provider');
    await fixture.workbench.press('Escape');
    assert.equal(
      (await fixture.workbench.listedCommands('Quillet: Explain')).includes('Quillet: Explain Selection'),
      false,
    );
  });

  /** The entries of Quillet in the editor's context menu, in their order; `look` may open more of them. */
  async function menuEntries(look: () => Promise<void> = async () => undefined): Promise<string[]> {
    const { page } = fixture;
    const text = page.locator('.editor-group-container.active .view-line span span').first();
    await text.click({ button: 'right' });
    await see(page.locator('.monaco-menu .action-label', { hasText: /^Command Palette/ }), 'the context menu');
    await look();
    const all = await page.locator('.monaco-menu .action-label').allInnerTexts();
    await fixture.workbench.press('Escape', 'Escape');
    const own = /^(Explain|Ask|Rewrite|Insert Completion|Run Prompt|Repeat|Select Model|Quillet|Stop)/;
    return all.filter((label) => own.test(label));
  }
});
