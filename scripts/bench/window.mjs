// Benchmarks that need a window: when a key press is painted, and when the end of an answer is painted in a thread.
import fs from 'node:fs';
import path from 'node:path';
import { openFile, pressChord, seeExtension, selectWithKeyboard } from '../demo/driver.mjs';
import { launchBrowser } from '../lib/browser.mjs';
import { inProject } from '../lib/paths.mjs';
import { startServer } from '../lib/server.mjs';
import { openWorkbench } from '../lib/workbench.mjs';
import { settingsFor } from './extensions.mjs';
import { LAST_TOKEN, startBenchServer } from './server.mjs';

/** Key presses per round, and the pause between them, as of a fast typist. */
const KEYS = 40;
const PAUSE_MS = 70;
const SAMPLE_TEXT = `${'A line of words.\n'.repeat(30)}`;

/**
 * @typedef {object} BenchWindow
 * @property {import('playwright-core').Page} page
 * @property {Awaited<ReturnType<typeof startBenchServer>>} models
 * @property {string} dataDir
 * @property {number} runs
 * @property {(name: string, value: number) => void} add
 */

/**
 * Opens a window for one benchmark.
 * @param {import('./extensions.mjs').BenchExtensions} extensions
 * @param {(opened: Pick<BenchWindow, 'page' | 'models' | 'dataDir'>) => Promise<void>} measure
 */
export async function openWindow({ home, installed }, measure) {
  const folder = fs.mkdtempSync(path.join(home, 'window'));
  for (const name of ['thread.txt', 'typing.txt']) {
    fs.writeFileSync(path.join(folder, name), SAMPLE_TEXT);
  }
  const models = await startBenchServer();
  const [server, browser] = await Promise.all([
    startServer({
      extensionsDir: installed,
      settings: { 'http.proxySupport': 'off', 'files.autoSave': 'off', ...TYPING_SETTINGS, ...settingsFor(models.url) },
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
  await page.evaluate(installPaintObservers);
  try {
    await measure({ page, models, dataDir: server.dataDir });
  } catch (error) {
    await page.screenshot({ path: inProject('test-results', 'failed-bench.png') });
    throw error;
  }
  await browser.close();
  await server.stop();
  await models.close();
}

/** Turns off everything that would change the text while typing. */
const TYPING_SETTINGS = {
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.wordBasedSuggestions': 'off',
  'editor.cursorBlinking': 'solid',
  'comments.openView': 'never',
};

/**
 * Alternates between both extensions. Measures from sending the last token until it is painted.
 * @param {BenchWindow} window
 */
export async function measureThreads({ page, models, runs, add }) {
  await openFile(page, 'thread.txt');
  for (let round = 0; round <= runs * 2; round += 1) {
    for (const id of ['bare', 'quillet']) {
      models.state.answer = { kind: 'paced', tokens: 60, everyMs: 20 };
      models.state.lastTokenAt = 0;
      await selectWithKeyboard(page, 1, 2);
      const seen = page.evaluate((text) => globalThis['benchThread'](text), LAST_TOKEN);
      await (id === 'bare' ? page.keyboard.press('Control+Alt+b') : pressChord(page, 'g'));
      const { openedMs, at, redraws, seconds } = await seen;
      // Skip the first round, which loads code.
      if (round > 0) {
        add(`thread opens ${id}`, openedMs);
        add(`thread ${id}`, at - models.state.lastTokenAt);
        add(`redraws ${id}`, redraws / seconds);
      }
      if (id === 'quillet') {
        await page.locator('.review-actions .action-label[aria-label^="Close Thread"]').first().click();
      }
      await page.locator('.review-widget').first().waitFor({ state: 'detached' });
    }
  }
}

/**
 * Alternates between typing alone and typing while an answer streams into a thread above.
 * @param {BenchWindow} window
 */
export async function measureTyping({ page, models, runs, add }) {
  await openFile(page, 'typing.txt');
  await typeKeys(page);
  for (let round = 0; round < runs; round += 1) {
    for (const latency of await typeKeys(page)) {
      add('typing alone', latency);
    }
    // A hundred tokens per second, longer than the typing takes.
    models.state.answer = { kind: 'paced', tokens: 3000, everyMs: 10 };
    await selectWithKeyboard(page, 1, 2);
    await pressChord(page, 'g');
    await page.locator('.review-widget .comment-body', { hasText: 'word5' }).first().waitFor();
    for (const latency of await typeKeys(page)) {
      add('typing while it streams', latency);
    }
    // The thread has grown, and typing below it has scrolled its buttons out of view.
    await page.keyboard.press('Control+Home');
    await page.locator('.review-actions .action-label[aria-label^="Stop"]').first().click();
    await page.locator('.review-actions .action-label[aria-label^="Close Thread"]').first().click();
    await page.locator('.review-widget').first().waitFor({ state: 'detached' });
  }
}

/** @returns {Promise<number[]>} for each key, the ms from press to paint */
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
  // Scroll back horizontally for the next click.
  await page.keyboard.press('Home');
  if (latencies.length < KEYS * 0.9) {
    throw new Error(`Only ${latencies.length} of ${KEYS} key presses appeared in the text.`);
  }
  return latencies;
}

/** Runs in the page. Finds the lowest visible line; the DOM order of lines is arbitrary and includes invisible ones. */
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

/** Runs in the page. Installs functions that report when typed characters and answers have been painted. */
function installPaintObservers() {
  const now = () => performance.timeOrigin + performance.now();
  /** A message posted in an animation frame arrives after that frame was painted. */
  const nextPaint = () =>
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
  let keyObserver;
  globalThis['benchKeys'] = () => {
    presses = [];
    latencies = [];
    const lines = /** @type {Element} */ (
      document.querySelector('.editor-group-container.active .monaco-editor .view-lines')
    );
    // The sample text contains no "x".
    const countKeys = () => (lines.textContent ?? '').split('x').length;
    let count = countKeys();
    keyObserver = new MutationObserver(() => {
      const current = countKeys();
      if (current <= count) {
        return;
      }
      const shown = presses.splice(0, current - count);
      count = current;
      void nextPaint().then((at) => latencies.push(...shown.map((press) => at - press)));
    });
    keyObserver.observe(lines, { childList: true, subtree: true, characterData: true });
  };
  globalThis['benchKeysEnd'] = () => {
    keyObserver?.disconnect();
    return latencies;
  };
  globalThis['benchThread'] = (marker) =>
    new Promise((resolve) => {
      const text = () => document.querySelector('.review-widget .comment-body')?.textContent ?? '';
      let last = text();
      /** @type {number[]} */
      const redraws = [];
      let pressedAt = 0;
      const notePress = () => {
        pressedAt = now();
      };
      addEventListener('keydown', notePress, { capture: true });
      let openedAt = 0;
      const observer = new MutationObserver(() => {
        if (pressedAt > 0 && openedAt === 0 && document.querySelector('.review-widget') !== null) {
          openedAt = -1;
          removeEventListener('keydown', notePress, { capture: true });
          void nextPaint().then((at) => {
            openedAt = at;
          });
        }
        const current = text();
        if (current === last) {
          return;
        }
        last = current;
        redraws.push(now());
        if (!current.includes(marker)) {
          return;
        }
        observer.disconnect();
        const seconds = ((redraws.at(-1) ?? 0) - (redraws[0] ?? 0)) / 1000;
        void nextPaint().then((at) =>
          resolve({ openedMs: openedAt - pressedAt, at, redraws: redraws.length - 1, seconds }),
        );
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
}
