import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openFile, pressChord, see, seeThread, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { fakeProvider, useFixture } from './support/fixture';
import { isBusy, waitUntil } from './support/screen';
import { launchWorkbench } from './support/workbench';

const source = 'export const one = 1;\n';

describe('reloading the window while an answer streams', () => {
  const fixture = useFixture({ files: { 'one.ts': source } });

  it('ends the request, changes nothing, and the next window works [X14, Q12]', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['One'], { then: [{ do: 'hang' }] }));
    await fixture.selectAndPress('one.ts', [1, 1], 'g');
    await seeThread(page);
    await waitUntil('the request has arrived', () => fixture.server.requests.length === 1);
    await fixture.workbench.reload();
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending?.by === 'client');
    fixture.server.script(streamed(['Two']));
    await openFile(page, 'one.ts');
    assert.equal((await fixture.workbench.editorText()).trimEnd(), source.trimEnd());
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, 'g');
    await waitUntil('the next answer', async () =>
      (await page.locator('.comment-body').allInnerTexts()).join().includes('Two'),
    );
  });
});

describe('a window that crashes while an answer is inserted', () => {
  it('leaves the file unchanged and the old text or a prefix of the new text in the next window [D23]', async () => {
    const server = await startFakeModelServer();
    const workbench = await launchWorkbench({ settings: fakeProvider(server), files: { 'one.ts': source } });
    try {
      const { page, folder } = workbench;
      const pieces = ['\n// The', ' first', ' half'];
      server.script(streamed(pieces, { then: [{ do: 'hang' }] }));
      await openFile(page, 'one.ts');
      await selectWithKeyboard(page, 1, 1);
      await pressChord(page, ';');
      await waitUntil('half of the answer', async () => (await workbench.editorText()).includes('first'));
      // VS Code backs up unsaved changes once a second; the crash may happen before or after that.
      await page.waitForTimeout(1500);
      const address = page.url();
      await page.goto('chrome://crash').catch(() => undefined);
      await waitUntil('the server saw the connection close', () => server.requests[0]?.ending?.by === 'client');
      const next = await page.context().newPage();
      await next.goto(address);
      await see(next.locator('.monaco-workbench .part.statusbar'), 'the window after the crash', 60_000);
      await openFile(next, 'one.ts');
      const shown = next.locator('.editor-instance .view-line');
      await waitUntil('the text', async () => (await shown.first().innerText()).includes('one'));
      const text = (await shown.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ').trimEnd();
      const whole = `${source.trimEnd()}${pieces.join('')}`;
      assert.ok(whole.startsWith(text) && text.startsWith(source.trimEnd()), text);
      assert.equal(fs.readFileSync(path.join(folder, 'one.ts'), 'utf8'), source);
      assert.equal(await isBusy(next), false);
      await next.screenshot({ path: path.join('test-results', 'reopened-after-crash.png') });
    } finally {
      await workbench.close();
      await server.close();
    }
  });
});

describe('an extension host that is killed while an answer streams', () => {
  const fixture = useFixture({ files: { 'one.ts': source } });

  function usageFile(): string {
    const folder = path.join(fixture.workbench.dataDir, 'data', 'User', 'globalStorage', 'quillet.quillet', 'usage');
    const [name = ''] = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    return path.join(folder, name);
  }

  function lines(): { readonly id: string; readonly time: string; readonly outcome: string }[] {
    if (!usageFile().endsWith('.jsonl')) return [];
    const text = fs.readFileSync(usageFile(), 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
  }

  it('leaves a readable usage log, and its run is shown as abandoned after an hour [Q05, Q10]', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['Before']));
    await fixture.explain('one.ts', [1, 1]);
    fixture.server.script(streamed(['One'], { then: [{ do: 'hang' }] }));
    await fixture.selectAndPress('one.ts', [1, 1], 'g');
    await waitUntil('the start of the run is written', () => lines().length === 3);
    await waitUntil('the server has the request', () => fixture.server.requests.length === 2);
    const hosts = extensionHosts();
    assert.equal(hosts.length, 1, 'the number of extension hosts');
    for (const host of hosts) process.kill(host, 'SIGKILL');
    await waitUntil('the server saw the connection close', () => fixture.server.requests[1]?.ending?.by === 'client');
    await waitUntil('a new extension host', () => extensionHosts().some((host) => !hosts.includes(host)), 60_000);
    assert.deepEqual(
      lines().map(({ outcome }) => outcome),
      ['started', 'ok', 'started'],
    );
    const { time = '' } = lines().at(-1) ?? {};
    const anHourAgo = new Date(Date.parse(time) - 3_700_000).toISOString();
    fs.writeFileSync(usageFile(), fs.readFileSync(usageFile(), 'utf8').replaceAll(time, anHourAgo));
    await fixture.workbench.runCommand('Quillet: Show Usage');
    const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await see(frame.locator('.runs tr.failed', { hasText: 'Abandoned' }), 'the abandoned run');
    await see(frame.locator('.runs tr:not(.failed)', { hasText: 'Succeeded' }), 'the run before it');
    await fixture.workbench.screenshot('usage-abandoned');
  });
});

/** Process ids of extension hosts that are descendants of this process. */
function extensionHosts(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trimEnd().split('\n');
  const processes = lines.map((line) => {
    const [, pid = '', parent = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
  const descendants = new Set([process.pid]);
  for (let size = 0; size < descendants.size; ) {
    size = descendants.size;
    for (const { pid, parent } of processes) if (descendants.has(parent)) descendants.add(pid);
  }
  return processes
    .filter(({ pid, command }) => descendants.has(pid) && command.includes('--type=extensionHost'))
    .map(({ pid }) => pid);
}
