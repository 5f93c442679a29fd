import * as assert from 'node:assert/strict';
import { closeEditors, openFile, pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { useFixture } from './support/fixture';
import { clearNotifications, notificationButtons, seeNotification, statusItem, waitUntil } from './support/screen';

/** Commands in the Command Palette when a file is open and nothing has run yet. */
const initialCommands = [
  'Quillet: Add Provider…',
  'Quillet: Ask About Selection…',
  'Quillet: Assign Keyboard Shortcut to Prompt…',
  'Quillet: Delete API Key…',
  'Quillet: Edit Prompt…',
  'Quillet: Explain Selection',
  'Quillet: Fix Problem',
  'Quillet: Insert Completion',
  'Quillet: New Prompt…',
  'Quillet: Open Settings',
  'Quillet: Preview Request…',
  'Quillet: Remove Provider…',
  'Quillet: Rewrite Selection…',
  'Quillet: Rewrite Without Review…',
  'Quillet: Run Prompt…',
  'Quillet: Select Model…',
  'Quillet: Set API Key…',
  'Quillet: Set Secret…',
  'Quillet: Show Log',
  'Quillet: Show Menu…',
  'Quillet: Show Requests',
  'Quillet: Show Usage',
  'Quillet: Test Connection',
];

describe('availability of commands', () => {
  const fixture = useFixture({
    settings: { 'files.readonlyInclude': { 'locked.ts': true } },
    files: { 'locked.ts': 'const locked = true;\n', 'open.ts': 'const open = true;\n' },
  });

  afterEach(() => assert.equal(fixture.server.requests.length, 0, 'something was sent'));

  /** Expects one notification without buttons. */
  async function expectAdvice(message: RegExp, screenshot: string): Promise<void> {
    const toast = await seeNotification(fixture.page, message);
    assert.deepEqual(await notificationButtons(toast), []);
    assert.equal((await fixture.workbench.notifications()).length, 1);
    await fixture.workbench.screenshot(screenshot);
  }

  it('hides editor commands in the Command Palette without an editor', async () => {
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.deepEqual(names.filter((name) => name.startsWith('Quillet: ')).sort(), [
      'Quillet: Add Provider…',
      'Quillet: Assign Keyboard Shortcut to Prompt…',
      'Quillet: Delete API Key…',
      'Quillet: Edit Prompt…',
      'Quillet: New Prompt…',
      'Quillet: Open Settings',
      'Quillet: Remove Provider…',
      'Quillet: Select Model…',
      'Quillet: Set API Key…',
      'Quillet: Set Secret…',
      'Quillet: Show Log',
      'Quillet: Show Menu…',
      'Quillet: Show Requests',
      'Quillet: Show Usage',
      'Quillet: Test Connection',
    ]);
  });

  it('shows editor commands, but none that need an answer, in an editor', async () => {
    await openFile(fixture.page, 'open.ts');
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.deepEqual(names.filter((name) => name.startsWith('Quillet: ')).sort(), initialCommands);
  });

  it('adds nothing to the context menu without a selection', async () => {
    assert.deepEqual(await menuEntries(), []);
  });

  it('adds two items and a submenu to the context menu of a selection', async () => {
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
        'Rewrite Without Review…',
        'Insert Completion',
        'Run Prompt…',
        'Select Model…',
      ],
    );
  });

  it('explains what to do if nothing is selected', async () => {
    const { page } = fixture;
    await fixture.workbench.press('Control+Home');
    await pressChord(page, 'g');
    await expectAdvice(/Select some text first/, 'refused-no-selection');
    assert.equal(await page.locator('.review-widget').count(), 0);
  });

  it('does not write to a read-only file, and neither asks for input nor sends a request', async () => {
    const { page } = fixture;
    await openFile(page, 'locked.ts');
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, "'");
    const toast = await seeNotification(page, /read-only/);
    await fixture.workbench.screenshot('refused-read-only');
    assert.equal(await page.locator('.quick-input-widget:visible').count(), 0, 'asked for input');
    assert.deepEqual(await notificationButtons(toast), []);
    await clearNotifications(page);
    await pressChord(page, ';');
    await seeNotification(page, /read-only/);
    const names = await fixture.workbench.listedCommands('Quillet: ');
    assert.equal(
      names.some((name) => /Rewrite|Insert/.test(name)),
      false,
      'the Command Palette offers to write',
    );
    assert.deepEqual((await menuEntries()).slice(0, 2), ['Explain Selection', 'Quillet']);
  });

  it('offers Select Model but no editor command without an editor', async () => {
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

  /** Quillet's items in the editor's context menu; `openMore` may open submenus. */
  async function menuEntries(openMore: () => Promise<void> = async () => undefined): Promise<string[]> {
    const { page } = fixture;
    const text = page.locator('.editor-group-container.active .view-line span span').first();
    await text.click({ button: 'right' });
    await see(page.locator('.monaco-menu .action-label', { hasText: /^Command Palette/ }), 'the context menu');
    await openMore();
    const labels = await page.locator('.monaco-menu .action-label').allInnerTexts();
    await fixture.workbench.press('Escape', 'Escape');
    const quilletLabels = /^(Explain|Ask|Rewrite|Insert Completion|Run Prompt|Repeat|Select Model|Quillet|Stop)/;
    return labels.filter((label) => quilletLabels.test(label));
  }
});
