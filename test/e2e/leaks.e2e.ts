import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { startFakeModelServer } from '../support/fakeModelServer';
import { fakeProvider } from './support/fixture';
import { launchWorkbench } from './support/workbench';

const key = ['sk', 'CANARY', 'planted', '0123456789'].join('-');

describe('the search of every window, when it is closed', () => {
  it('R19, E14, need 43: finds a key and a foreign host wherever they are planted', async () => {
    const server = await startFakeModelServer();
    const workbench = await launchWorkbench({ settings: fakeProvider(server), files: { 'planted.ts': `// ${key}\n` } });
    const { page, dataDir } = workbench;
    fs.writeFileSync(path.join(dataDir, 'data', 'planted.log'), `[info] ${key}`);
    await page.evaluate((text) => navigator.clipboard.writeText(text), key);
    await page.evaluate((text) => localStorage.setItem('planted', text), key);
    await page.evaluate((text) => document.body.append(text), key);
    await page.evaluate(() => Object.assign(new Image(), { src: 'https://planted.invalid/a.png' }).src);
    const found = await workbench.findLeaks();
    for (const place of ['the clipboard', 'the screen', 'the state of the window', 'a request to planted.invalid']) {
      assert.ok(found.includes(place), `${place} is not among ${found.join(', ')}`);
    }
    assert.ok(found.some((place) => place.endsWith('planted.log')));
    assert.ok(found.some((place) => place.endsWith('planted.ts')));
    await assert.rejects(workbench.close(), /left behind/);
    await server.close();
  });
});
