import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startFakeModelServer } from '../support/fakeModelServer';
import { fakeProvider } from './support/fixture';
import { launchWorkbench } from './support/workbench';

const key = ['sk', 'CANARY', 'planted', '0123456789'].join('-');

describe('the leak check when a window closes', () => {
  it('finds planted keys and an external host [R19, E14]', async () => {
    const server = await startFakeModelServer();
    const workbench = await launchWorkbench({ settings: fakeProvider(server), files: { 'planted.ts': `// ${key}\n` } });
    const { page, dataDir } = workbench;
    fs.writeFileSync(path.join(dataDir, 'data', 'planted.log'), `[info] ${key}`);
    await page.evaluate((text) => navigator.clipboard.writeText(text), key);
    await page.evaluate((text) => localStorage.setItem('planted', text), key);
    await page.evaluate((text) => document.body.append(text), key);
    await page.evaluate(() => Object.assign(new Image(), { src: 'https://planted.invalid/a.png' }).src);
    const leaks = await workbench.findLeaks();
    for (const place of ['the clipboard', 'the screen', 'the state of the window', 'a request to planted.invalid']) {
      assert.ok(leaks.includes(place), `${place} is not among ${leaks.join(', ')}`);
    }
    assert.ok(leaks.some((place) => place.endsWith('planted.log')));
    assert.ok(leaks.some((place) => place.endsWith('planted.ts')));
    await assert.rejects(workbench.close(), /left behind/);
    await server.close();
  });
});
