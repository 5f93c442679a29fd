import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { FrameLocator } from 'playwright-core';
import { choose, chord, readAnswer, see } from '../../scripts/demo/driver.mjs';
import type { LedgerRow } from '../../src/ledger/common/ledgerRow';
import { ledgerFiles, sampleRows } from '../support/ledgerRows';
import { useScene } from './support/scene';
import { until } from './support/screen';
import { startTrap } from './support/trap';

const themes = [
  { id: 'light', name: 'Light Modern', file: 'vs' },
  { id: 'dark', name: 'Dark Modern', file: 'vs-dark' },
  { id: 'contrast', name: 'Default High Contrast', file: 'hc-black' },
];

describe('the dashboard, in the packaged extension', () => {
  const scene = useScene();
  const complaints: string[] = [];

  before(() => {
    scene.page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
  });

  const dataFile = (...names: string[]): string => path.join(scene.journey.dataDir, 'data', 'User', ...names);
  const frame = (): FrameLocator => scene.page.frameLocator('iframe.webview').frameLocator('#active-frame');

  function writeLedger(rows: readonly LedgerRow[], rest = ''): void {
    const folder = dataFile('globalStorage', 'quillet.quillet', 'ledger');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, text] of ledgerFiles(rows, rest)) fs.writeFileSync(path.join(folder, name), text);
  }

  /** Opens the dashboard on a ledger with these rows. */
  async function open(rows: readonly LedgerRow[], rest = ''): Promise<FrameLocator> {
    await scene.journey.runCommand('View: Close All Editors');
    await scene.page.locator('iframe.webview').first().waitFor({ state: 'detached' });
    writeLedger(rows, rest);
    await scene.journey.runCommand('Quillet: Show Usage');
    await see(frame().locator('table.runs tbody tr'), 'a run in the dashboard');
    await frame().locator('.progress').waitFor({ state: 'hidden' });
    return frame();
  }

  async function useTheme({ name, file }: (typeof themes)[number]): Promise<void> {
    const { page } = scene;
    await scene.journey.runCommand('Preferences: Color Theme');
    await choose(page, name);
    await until('the theme is there', async () => (await page.locator(`.monaco-workbench.${file}`).count()) > 0);
  }

  it('can be read in light, dark and high contrast, and axe finds nothing', async () => {
    const page = await open(sampleRows(1500, new Date()), '{"v":99}\nnot a row\n');
    await page.locator('summary').first().click();
    for (const theme of themes) {
      await useTheme(theme);
      await page.locator('canvas').first().waitFor();
      await scene.page.waitForTimeout(300);
      await scene.journey.screenshot(`usage-${theme.id}`);
      const { violations } = await new AxeBuilder({ page: scene.page })
        .include(['iframe.webview', '#active-frame', 'body'])
        .analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${theme.id} ${id} ${nodes.map(({ html }) => html).join(' ')}`),
        [],
      );
    }
    await page.locator('.runs').scrollIntoViewIfNeeded();
    await scene.journey.screenshot('usage-runs');
    await scene.journey.runCommand('View: Close Primary Side Bar');
    await scene.page.setViewportSize({ width: 500, height: 900 });
    await scene.page.waitForTimeout(500);
    await scene.journey.screenshot('usage-narrow-runs');
    await page.locator('h1').scrollIntoViewIfNeeded();
    await scene.page.waitForTimeout(500);
    await scene.journey.screenshot('usage-narrow');
    const isWider = await page.locator('html').evaluate((root) => root.scrollWidth > root.clientWidth);
    assert.equal(isWider, false, 'the page itself is not scrolled sideways');
    await scene.page.setViewportSize({ width: 1400, height: 900 });
    await scene.journey.runCommand('View: Show Explorer');
    assert.deepEqual(complaints, []);
  });

  it('R32, E11: shows names that mean harm as text, and asks nobody', async () => {
    const trap = await startTrap();
    const names = [
      `<img src=${trap.origin}/x onerror=fetch('${trap.origin}/y')>`,
      `</script><script>fetch('${trap.origin}/z')</script>`,
      '${7*7}',
      'a\u2028b',
      `<style>@import '${trap.origin}/s'</style><svg onload=alert(1)>`,
      `javascript:fetch('${trap.origin}/j')`,
    ];
    const rows = sampleRows(names.length, new Date()).map((row, index): LedgerRow => {
      const name = names[index] ?? '';
      return {
        ...row,
        model: name,
        reportedModel: `${name}!`,
        prompt: name,
        destination: name,
        error: name,
        outcome: 'failed',
      };
    });
    const page = await open(rows);
    const text = await page.locator('body').innerText();
    for (const name of names) assert.ok(text.includes(name.replace('\u2028', '\\u{2028}')), name);
    const cells = await page.locator('th, td').allInnerTexts();
    assert.deepEqual(
      cells.filter((cell) => /^(?:[a-z]+\/)?49!?$/.test(cell)),
      [],
    );
    const live = page.locator('main').locator('img, script, style, svg, iframe, a, [onerror], [onload]');
    assert.equal(await live.count(), 0);
    await scene.journey.screenshot('usage-harm');
    assert.deepEqual(trap.caught, []);
    assert.deepEqual(complaints, []);
    await trap.close();
  });

  it('is used by keyboard, and follows the runs without losing the place', async () => {
    const { page: window } = scene;
    const page = await open(sampleRows(180, new Date()));
    await scene.select('greet.ts', 1, 1);
    await scene.journey.runCommand('View: Split Editor Right');
    await scene.journey.runCommand('Quillet: Show Usage');
    await see(page.locator('table.runs tbody tr'), 'the dashboard beside the file');
    await scene.journey.runCommand('View: Focus Right Editor Group');
    await chord(window, 'g');
    await readAnswer(window);
    const card = page.locator('.cards div', { hasText: 'Requests' }).locator('.value');
    await see(card.filter({ hasText: /^181$/ }), 'the run that has just ended');
    await page.locator('#period').focus();
    for (let tabs = 0; tabs < 30 && !(await hasFocus(page, 'Older')); tabs += 1) await window.keyboard.press('Tab');
    assert.ok(await hasFocus(page, 'Older'), 'the button is reached by Tab');
    await window.keyboard.press('Enter');
    await see(page.locator('.pager', { hasText: '51–100 of 181' }), 'the second page');
    assert.ok(await hasFocus(page, 'Older'), 'the button keeps the focus');
    const top = await page.locator('html').evaluate((root) => root.scrollTop);
    await scene.journey.screenshot('usage-keyboard');
    await scene.journey.runCommand('View: Focus Right Editor Group');
    await scene.journey.runCommand('Quillet: Repeat Last Prompt');
    await see(card.filter({ hasText: /^182$/ }), 'one more run');
    await see(page.locator('.pager', { hasText: '51–100 of 182' }), 'the same page');
    assert.equal(await page.locator('html').evaluate((root) => root.scrollTop), top);
  });

  it('comes back with the window, on the page that it was on', async () => {
    const page = await open(sampleRows(180, new Date()));
    await page.getByRole('button', { name: 'Older' }).click();
    await see(page.locator('.pager', { hasText: '51–100 of 180' }), 'the second page');
    // By a command, as users do it: then VS Code writes down what was open first.
    await scene.journey.runCommand('Developer: Reload Window');
    await see(
      frame().locator('.pager', { hasText: '51–100 of 180' }),
      'the same page, in the window that was loaded anew',
    );
    await scene.journey.screenshot('usage-reloaded');
    await scene.journey.runCommand('Quillet: Show Usage');
    assert.equal(await scene.page.locator('.tab', { hasText: 'Quillet: Usage' }).count(), 1);
  });
});

/** Whether a button of the page has the focus. */
function hasFocus(page: FrameLocator, label: string): Promise<boolean> {
  return page.locator('body').evaluate((body, text) => body.ownerDocument.activeElement?.textContent === text, label);
}
