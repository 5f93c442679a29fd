import * as assert from 'node:assert/strict';
import { choose, see } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import { seeInThread, seeStatus, waitUntil } from './support/screen';

/** Assembled at run time, so that secret scanners don't report this file. */
const secret = `ghp_${'0a1B2c3D4e5F'.repeat(3)}`;
const source = `const one = 1;\nconst token = '${secret}';\nfetch('/api', { headers: { token } });\n`;

describe('outbound text', () => {
  const fixture = useFixture({ files: filesFor(['secret', 'preview'], source) });

  it('has secrets masked in the dialog, replaced by placeholders, and restored in the answer [R39, R42]', async () => {
    const { page, server, workbench } = fixture;
    server.script(streamed(['The key <SECRET_1> is written ', 'into the source.'], { delayMs: 200 }));
    await fixture.selectAndPress('secret.ts', [1, 3], 'g');
    const dialog = await see(page.locator('.monaco-dialog-box'), 'the question');
    const message = await dialog.innerText();
    assert.match(message, /Your request to 127\.0\.0\.1:\d+ may contain a secret/);
    assert.match(message, /GitHub key, line 2: ghp_…/);
    assert.ok(!message.includes(secret.slice(0, 10)), 'the secret is on the screen');
    await workbench.screenshot('outbound-question');
    assert.deepEqual(server.requests.length, 0);
    await dialog.locator('.monaco-button', { hasText: 'Replace with Placeholders' }).click();
    await seeInThread(page, `The key ${secret} is written into the source.`);
    await workbench.screenshot('outbound-answer');
    const sent = JSON.stringify(server.requests);
    assert.ok(sent.includes('<SECRET_1>'));
    assert.ok(!sent.includes(secret));
  });

  it('can be previewed, edited and sent', async () => {
    const { page, server, workbench } = fixture;
    server.script(streamed(['It is the number one.'], { delayMs: 200 }));
    await fixture.select('preview.ts', 1, 1);
    await workbench.runCommand('Quillet: Preview Request…');
    await choose(page, 'Explain');
    const editor = page.locator('.editor-instance:visible .view-lines').first();
    await see(editor.filter({ hasText: 'Nothing has been sent' }), 'the request');
    await workbench.screenshot('preview-request');
    assert.equal(server.requests.length, 0);
    await page.keyboard.press('Control+h');
    await page.locator('.find-widget.visible .find-part textarea').fill('const one = 1;');
    await page.locator('.find-widget.visible .replace-part textarea').fill('const uno = 1;');
    await page.keyboard.press('Control+Alt+Enter');
    await page.keyboard.press('Escape');
    await see(editor.filter({ hasText: 'uno' }), 'the change');
    await workbench.screenshot('preview-edited');
    const button = page.locator('.editor-actions .action-label[aria-label^="Send Request"]:visible');
    await (await see(button, 'Send in the title')).click();
    await seeInThread(page, 'It is the number one.');
    await seeStatus(page, /tokens/);
    await workbench.screenshot('preview-sent');
    await waitUntil(
      'the preview is gone',
      async () => (await page.locator('.tab', { hasText: 'Request to' }).count()) === 0,
    );
    assert.match(JSON.stringify(server.requests), /const uno = 1;/);
  });
});
