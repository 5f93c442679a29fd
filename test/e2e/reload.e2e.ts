import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chord, openFile, see, seeThread, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { fakeProvider, useScene } from './support/scene';
import { isBusy, until } from './support/screen';
import { startJourney } from './support/workbench';

const source = 'export const one = 1;\n';

describe('closing the window while an answer runs', () => {
  const scene = useScene({ files: { 'one.ts': source } });

  it('X14, Q12: a reload ends the request, changes nothing, and the next window works', async () => {
    const { page } = scene;
    scene.server.script(streamed(['One'], { then: [{ do: 'hang' }] }));
    await scene.selectAndPress('one.ts', [1, 1], 'g');
    await seeThread(page);
    await until('the request is there', () => scene.server.requests.length === 1);
    await scene.journey.reload();
    await until('the server saw the connection close', () => scene.server.requests[0]?.ending?.by === 'client');
    scene.server.script(streamed(['Two']));
    await openFile(page, 'one.ts');
    assert.equal((await scene.journey.editorText()).trimEnd(), source.trimEnd());
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await until('the next answer', async () =>
      (await page.locator('.comment-body').allInnerTexts()).join().includes('Two'),
    );
  });
});

describe('a window that is killed while an answer is written into the text', () => {
  it('D23: the next window has the old text or a beginning of the new, and the file is as it was', async () => {
    const server = await startFakeModelServer();
    const journey = await startJourney({ settings: fakeProvider(server), files: { 'one.ts': source } });
    try {
      const { page, folder } = journey;
      const pieces = ['\n// The', ' first', ' half'];
      server.script(streamed(pieces, { then: [{ do: 'hang' }] }));
      await openFile(page, 'one.ts');
      await selectWithKeyboard(page, 1, 1);
      await chord(page, ';');
      await until('half of the answer', async () => (await journey.editorText()).includes('first'));
      // What is not saved is kept aside by VS Code once a second; the window may die before or after.
      await page.waitForTimeout(1500);
      const address = page.url();
      await page.goto('chrome://crash').catch(() => undefined);
      await until('the server saw the connection close', () => server.requests[0]?.ending?.by === 'client');
      const next = await page.context().newPage();
      await next.goto(address);
      await see(next.locator('.monaco-workbench .part.statusbar'), 'the window after the crash', 60_000);
      await openFile(next, 'one.ts');
      const shown = next.locator('.editor-instance .view-line');
      await until('the text', async () => (await shown.first().innerText()).includes('one'));
      const text = (await shown.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ').trimEnd();
      const whole = `${source.trimEnd()}${pieces.join('')}`;
      assert.ok(whole.startsWith(text) && text.startsWith(source.trimEnd()), text);
      assert.equal(fs.readFileSync(path.join(folder, 'one.ts'), 'utf8'), source);
      assert.equal(await isBusy(next), false);
      await next.screenshot({ path: path.join('test-results', 'killed-and-opened-again.png') });
    } finally {
      await journey.close();
      await server.close();
    }
  });
});
