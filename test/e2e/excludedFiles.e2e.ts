import * as assert from 'node:assert/strict';
import { pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { useFixture } from './support/fixture';
import {
  clearNotifications,
  notificationButtons,
  openByName,
  pressNotificationButton,
  seeInThread,
  seeNotification,
} from './support/screen';

describe('excluded files of a workspace of several folders in Restricted Mode', () => {
  const fixture = useFixture({
    settings: {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
    },
    files: {
      'shop/.aiignore': '# Prices are secret.\n\nsecrets/**\n',
      'shop/secrets/cart.ts': 'const price = 1;\n',
      'site/secrets/page.ts': 'const page = 1;\n',
      'both.code-workspace': JSON.stringify({ folders: [{ path: 'shop' }, { path: 'site' }] }),
    },
    workspaceFile: 'both.code-workspace',
  });

  it('are refused in their folder, with a button that opens the rule, and nothing is sent', async () => {
    const { page, workbench, server } = fixture;
    await openByName(workbench, 'cart.ts');
    await see(page.locator('.statusbar-item', { hasText: 'Restricted Mode' }), 'Restricted Mode');
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, "'");
    const notice = await seeNotification(page, 'cart.ts is excluded by .aiignore, line 3: secrets/**.');
    assert.equal(await page.locator('.quick-input-widget:visible').count(), 0, 'asked for input');
    await workbench.screenshot('excluded-file');
    assert.deepEqual(await notificationButtons(notice), ['Open Rule']);
    await pressNotificationButton(notice, 'Open Rule');
    await see(page.locator('.tab.active[data-resource-name=".aiignore"]'), 'the ignore file');
    await see(page.locator('.statusbar-item', { hasText: 'Ln 3, Col 1' }), 'the line of the rule');
    await workbench.screenshot('excluded-file-rule');
    assert.equal(server.requests.length, 0);
  });

  it('do not affect the other folder', async () => {
    const { page, workbench, server } = fixture;
    await clearNotifications(page);
    server.script(streamed(['It is a page.']));
    await openByName(workbench, 'page.ts');
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, 'g');
    await seeInThread(page, 'It is a page.');
    assert.equal(server.requests.length, 1);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
