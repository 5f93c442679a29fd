// Looks at the demo as a newcomer would, without a window, and says what it saw.
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
 * Explains two selections, one with the mouse and one with the keyboard, and prints what is shown.
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
    await complain(page, error);
    return 1;
  }
  process.stdout.write(`Everything was there, after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  return 0;
}

async function explainWithMouse(page) {
  await user.openFile(page, cart.file);
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chooseFromMenu(page, cart.firstLine + 1, 'Explain Selection');
  report(cart, 'mouse: right-click, Explain Selection', await user.readAnswer(page));
}

async function explainWithKeyboard(page) {
  await user.openFile(page, retry.file);
  await user.selectWithKeyboard(page, retry.firstLine, retry.lastLine);
  await user.chord(page, 'g');
  report(retry, 'keyboard: Shift+arrows, Ctrl+K G', await user.readAnswer(page));
}

function report(sample, way, { title, byline, text, status }) {
  const wanted = plain(sample.answers.explain).slice(0, 40);
  if (!plain(text).startsWith(wanted)) {
    throw new user.Missing(`The thread does not show the model's answer, which begins "${wanted}". It shows:\n${text}`);
  }
  const lines = text.split('\n').map((line) => `  | ${line}`.trimEnd());
  process.stdout.write(`
${sample.file}, lines ${sample.firstLine} to ${sample.lastLine} (${way})
  Thread: ${title}
  Comment: ${byline}
${lines.join('\n')}
  Status bar: ${status}

`);
}

/** Text without what Markdown adds to it. */
function plain(text) {
  return text.replaceAll(/[`*]/g, '').replaceAll(/\s+/g, ' ').trim();
}

async function complain(page, error) {
  const picture = inProject('test-results', 'start-check.png');
  fs.mkdirSync(path.dirname(picture), { recursive: true });
  await page.screenshot({ path: picture }).catch(() => {});
  const shown = await user.notifications(page).catch(() => []);
  const reason = error instanceof user.Missing ? error.message : error.stack;
  process.stderr.write(
    [`\n${reason}`, ...shown.map((text) => `Notification: ${text}`), `Screenshot: ${picture}`, ''].join('\n'),
  );
}
