// What only a window shows: how soon a key press is painted, and when the end of an answer can be read in a thread.
import fs from 'node:fs';
import path from 'node:path';
import { chord, openFile, seeExtension, selectWithKeyboard } from '../demo/driver.mjs';
import { launchBrowser } from '../lib/browser.mjs';
import { inProject } from '../lib/paths.mjs';
import { startServer } from '../lib/server.mjs';
import { openWorkbench } from '../lib/workbench.mjs';
import { settingsFor } from './extensions.mjs';
import { lastToken, startBenchServer } from './server.mjs';

/** Keys in one go, and the pause between two of them: that of a quick writer. */
const KEYS = 40;
const PAUSE_MS = 70;
const sample = `${'A line of words.\n'.repeat(30)}`;

/**
 * @typedef {object} Measurement
 * @property {import('playwright-core').Page} page
 * @property {Awaited<ReturnType<typeof startBenchServer>>} models
 * @property {string} dataDir of the server
 * @property {number} runs
 * @property {(name: string, value: number) => void} add
 */

/**
 * Opens a window for one measurement.
 * @param {import('./extensions.mjs').Prepared} prepared
 * @param {(opened: Pick<Measurement, 'page' | 'models' | 'dataDir'>) => Promise<void>} measure
 */
export async function openWindow({ home, installed }, measure) {
  const folder = fs.mkdtempSync(path.join(home, 'window'));
  for (const name of ['thread.txt', 'typing.txt']) {
    fs.writeFileSync(path.join(folder, name), sample);
  }
  const models = await startBenchServer();
  const [server, browser] = await Promise.all([
    startServer({
      extensionsDir: installed,
      settings: { 'http.proxySupport': 'off', 'files.autoSave': 'off', ...quiet, ...settingsFor(models.url) },
      keybindings: [
        { key: 'ctrl+alt+b', command: 'bare.thread' },
        { key: 'ctrl+alt+u', command: 'quillet.showUsage' },
        { key: 'ctrl+alt+w', command: 'workbench.action.closeAllEditors' },
      ],
    }),
    launchBrowser(),
  ]);
  const page = await openWorkbench(server, browser, { folder });
  await seeExtension(page);
  await page.evaluate(watchPage);
  try {
    await measure({ page, models, dataDir: server.dataDir });
  } catch (error) {
    await page.screenshot({ path: inProject('test-results', 'failed bench.png') });
    throw error;
  }
  await browser.close();
  await server.stop();
  await models.close();
}

/** What is typed must be all that changes. */
const quiet = {
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.wordBasedSuggestions': 'off',
  'editor.cursorBlinking': 'solid',
  'comments.openView': 'never',
};

/**
 * The same answer by both extensions in turn, from the departure of its last token until it can be read.
 * @param {Measurement} measurement
 */
export async function measureThreads({ page, models, runs, add }) {
  await openFile(page, 'thread.txt');
  for (let round = 0; round <= runs * 2; round += 1) {
    for (const id of ['bare', 'quillet']) {
      models.state.answer = { kind: 'paced', tokens: 60, everyMs: 20 };
      models.state.lastTokenAt = 0;
      await selectWithKeyboard(page, 1, 2);
      const seen = page.evaluate((words) => globalThis['benchThread'](words), lastToken);
      await (id === 'bare' ? page.keyboard.press('Control+Alt+b') : chord(page, 'g'));
      const { at, redraws, seconds } = await seen;
      // The first of each brings code along that is loaded once.
      if (round > 0) {
        add(`thread ${id}`, at - models.state.lastTokenAt);
        add(`redraws ${id}`, redraws / seconds);
      }
      if (id === 'quillet') {
        await page.locator('.review-actions .action-label[aria-label^="Close Answer"]').first().click();
      }
      await page.locator('.review-widget').first().waitFor({ state: 'detached' });
    }
  }
}

/**
 * Typing with and without an answer that grows in a thread above, in turn.
 * @param {Measurement} measurement
 */
export async function measureTyping({ page, models, runs, add }) {
  await openFile(page, 'typing.txt');
  await typeKeys(page);
  for (let round = 0; round < runs; round += 1) {
    for (const latency of await typeKeys(page)) {
      add('typing alone', latency);
    }
    // A hundred tokens a second, for longer than the typing takes.
    models.state.answer = { kind: 'paced', tokens: 3000, everyMs: 10 };
    await selectWithKeyboard(page, 1, 2);
    await chord(page, 'g');
    await page.locator('.review-widget .comment-body', { hasText: 'word5' }).first().waitFor();
    for (const latency of await typeKeys(page)) {
      add('typing while it streams', latency);
    }
    // The thread has grown meanwhile, and typing below it has scrolled its buttons out of view.
    await page.keyboard.press('Control+Home');
    await page.locator('.review-actions .action-label[aria-label^="Stop"]').first().click();
    await page.locator('.review-actions .action-label[aria-label^="Close Answer"]').first().click();
    await page.locator('.review-widget').first().waitFor({ state: 'detached' });
  }
}

/** @returns {Promise<number[]>} for each key the ms from its press until what it wrote was painted */
async function typeKeys(page) {
  const { x, y } = await page.evaluate(lowestLine);
  await page.mouse.click(x, y);
  await page.keyboard.press('End');
  await page.evaluate(() => globalThis['benchKeys']());
  for (let count = 0; count < KEYS; count += 1) {
    await page.keyboard.press('x');
    await page.waitForTimeout(PAUSE_MS);
  }
  const latencies = await page.evaluate(() => globalThis['benchKeysEnd']());
  // The line has grown, and what is clicked next has to be in view.
  await page.keyboard.press('Home');
  if (latencies.length < KEYS * 0.9) {
    throw new Error(`Only ${latencies.length} of ${KEYS} keys were seen in the text.`);
  }
  return latencies;
}

/** Runs in the page: where the lowest line is that can be clicked. Editors keep lines that are out of view, in no order. */
function lowestLine() {
  const editor = /** @type {Element} */ (document.querySelector('.editor-group-container.active .monaco-editor'));
  const bottom = editor.getBoundingClientRect().bottom - 40;
  const lines = [...editor.querySelectorAll('.view-lines .view-line')].filter(
    (line) => line.closest('.review-widget') === null && (line.textContent ?? '').includes('words'),
  );
  const tops = lines.map((line) => line.getBoundingClientRect()).filter((box) => box.bottom < bottom);
  const lowest = tops.reduce((low, box) => (box.top > low.top ? box : low));
  return { x: lowest.left + 60, y: lowest.top + lowest.height / 2 };
}

/** Runs in the page: says when something was painted that a key or an answer brought. */
function watchPage() {
  const now = () => performance.timeOrigin + performance.now();
  /** The frame after the next one is begun when the next one was painted. */
  const painted = () =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(now());
        channel.port2.postMessage(undefined);
      }),
    );
  /** @type {number[]} */
  let presses = [];
  /** @type {number[]} */
  let latencies = [];
  addEventListener('keydown', (event) => event.key === 'x' && presses.push(now()), { capture: true });
  /** @type {MutationObserver | undefined} */
  let keys;
  globalThis['benchKeys'] = () => {
    presses = [];
    latencies = [];
    const lines = /** @type {Element} */ (
      document.querySelector('.editor-group-container.active .monaco-editor .view-lines')
    );
    // The letter is nowhere else in the text.
    const written = () => (lines.textContent ?? '').split('x').length;
    let count = written();
    keys = new MutationObserver(() => {
      const present = written();
      if (present <= count) {
        return;
      }
      const shown = presses.splice(0, present - count);
      count = present;
      void painted().then((at) => latencies.push(...shown.map((press) => at - press)));
    });
    keys.observe(lines, { childList: true, subtree: true, characterData: true });
  };
  globalThis['benchKeysEnd'] = () => {
    keys?.disconnect();
    return latencies;
  };
  globalThis['benchThread'] = (words) =>
    new Promise((resolve) => {
      const text = () => document.querySelector('.review-widget .comment-body')?.textContent ?? '';
      let last = text();
      /** @type {number[]} */
      const redraws = [];
      const observer = new MutationObserver(() => {
        const present = text();
        if (present === last) {
          return;
        }
        last = present;
        redraws.push(now());
        if (!present.includes(words)) {
          return;
        }
        observer.disconnect();
        const seconds = ((redraws.at(-1) ?? 0) - (redraws[0] ?? 0)) / 1000;
        void painted().then((at) => resolve({ at, redraws: redraws.length - 1, seconds }));
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
}
