// npm start -- --check: uses the demo in a headless browser and prints what is visible.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { launchBrowser } from '../lib/browser.mjs';
import { inProject } from '../lib/paths.mjs';
import { openWorkbench } from '../lib/workbench.mjs';
import { startDemo } from './demo.mjs';
import * as user from './driver.mjs';
import { samples } from './samples.mjs';

const [cart, retry] = samples;

/**
 * Explains one selection with the mouse and one with the keyboard, and prints the answers.
 * @param {{ speed: number, port: number }} options
 * @returns {Promise<number>} the exit code
 */
export async function check(options) {
  const started = Date.now();
  const demo = await startDemo(options);
  const browser = await launchBrowser();
  const page = await openWorkbench(demo.server, browser, demo);
  try {
    await user.seeExtension(page);
    await explainWithMouse(page);
    await user.closeEditors(page);
    await explainWithKeyboard(page);
  } catch (error) {
    await reportFailure(page, error);
    return 1;
  }
  process.stdout.write(`Check passed in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  return 0;
}

async function explainWithMouse(page) {
  await user.openFile(page, cart.file);
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chooseFromMenu(page, cart.firstLine + 1, 'Explain Selection');
  printAnswer(cart, 'mouse: context menu > Explain Selection', await user.readAnswer(page));
}

async function explainWithKeyboard(page) {
  await user.openFile(page, retry.file);
  await user.selectWithKeyboard(page, retry.firstLine, retry.lastLine);
  await user.pressChord(page, 'g');
  printAnswer(retry, 'keyboard: Shift+arrows, Ctrl+K G', await user.readAnswer(page));
}

function printAnswer(sample, method, { title, byline, text, status }) {
  const expected = toPlainText(sample.answers.explain).slice(0, 40);
  if (!toPlainText(text).startsWith(expected)) {
    throw new user.NotShownError(`The thread doesn't show the expected answer ("${expected}…"). It shows:\n${text}`);
  }
  const lines = text.split('\n').map((line) => `  | ${line}`.trimEnd());
  process.stdout.write(`
${sample.file}, lines ${sample.firstLine} to ${sample.lastLine} (${method})
  Thread: ${title}
  Comment: ${byline}
${lines.join('\n')}
  Status bar: ${status}

`);
}

/** Removes Markdown formatting. */
function toPlainText(text) {
  return text.replaceAll(/[`*]/g, '').replaceAll(/\s+/g, ' ').trim();
}

async function reportFailure(page, error) {
  const screenshot = inProject('test-results', 'start-check.png');
  fs.mkdirSync(path.dirname(screenshot), { recursive: true });
  await page.screenshot({ path: screenshot }).catch(() => {});
  const messages = await user.notifications(page).catch(() => []);
  const reason = error instanceof user.NotShownError ? error.message : error.stack;
  process.stderr.write(
    [`\n${reason}`, ...messages.map((text) => `Notification: ${text}`), `Screenshot: ${screenshot}`, ''].join('\n'),
  );
}
