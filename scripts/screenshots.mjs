// npm run screenshots: takes the screenshots of README.md in the demo.
import fs from 'node:fs';
import process from 'node:process';
import { startDemo } from './demo/demo.mjs';
import * as user from './demo/driver.mjs';
import { samples } from './demo/samples.mjs';
import { writeDemoUsage } from './demo/usageLog.mjs';
import { launchBrowser } from './lib/browser.mjs';
import { inProject } from './lib/paths.mjs';
import { workbenchUrl } from './lib/workbench.mjs';

const folder = inProject('media', 'screenshots');
const MAX_BYTES = 250 * 1024;
/** A small window, scaled to a width of 1280 pixels, keeps text readable when the image is shrunk. */
const WIDTH = 1024;
const SCALE_FACTOR = 1.25;
const SETTINGS = {
  'workbench.colorTheme': 'Dark 2026',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'editor.cursorBlinking': 'solid',
  'editor.lightbulb.enabled': 'off',
  'editor.renderWhitespace': 'none',
  'editor.stickyScroll.enabled': false,
  'editor.renderLineHighlight': 'none',
  'editor.scrollbar.vertical': 'hidden',
};

const [cart] = samples;
const SCREENSHOTS = [
  { name: 'explain', height: 660, act: explain },
  { name: 'ask', height: 560, act: ask },
  { name: 'rewrite', height: 720, act: rewrite },
  { name: 'insert', height: 580, act: insert },
  { name: 'usage', height: 720, act: usage },
];

fs.mkdirSync(folder, { recursive: true });
const demo = await startDemo({ speed: 6, settings: SETTINGS });
writeDemoUsage(demo.server.dataDir);
const browser = await launchBrowser();
for (const screenshot of SCREENSHOTS) {
  await take(screenshot);
}
process.exit(0);

/** Uses a new window for each screenshot, so that no earlier thread is visible. */
async function take({ name, height, act }) {
  const context = await browser.newContext({ viewport: { width: WIDTH, height }, deviceScaleFactor: SCALE_FACTOR });
  const page = await context.newPage();
  await page.goto(workbenchUrl(demo.server, demo));
  try {
    await user.seeExtension(page);
    await user.openFile(page, cart.file);
    await user.hideSideBar(page);
    await act(page);
    await save(page, name);
  } catch (error) {
    const screenshot = inProject('test-results', `screenshots-${name}.png`);
    await page.screenshot({ path: screenshot }).catch(() => {});
    process.stderr.write(`${name}: ${error.message}\nScreenshot: ${screenshot}\n`);
    process.exit(1);
  }
  await context.close();
}

async function explain(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.pressChord(page, 'g');
  await user.readAnswer(page);
  await user.scrollToLine(page, cart.firstLine);
}

async function ask(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await page.keyboard.press('F1');
  await user.typeIntoBox(page, '>Quillet: Ask About Selection');
  await page.keyboard.press('Enter');
  const box = page.locator('.review-widget .monaco-editor.focused');
  await user.see(box, 'the question box');
  await page.keyboard.type('Can the total differ from @');
  await user.see(page.locator('.suggest-widget.visible .monaco-list-row').nth(3), 'the list of references');
}

async function rewrite(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.pressChord(page, "'");
  await user.answerInEditor(page, 'name the magic numbers and handle an empty cart');
  await user.readAnswer(page);
  // Scroll further than the first line to show the whole thread.
  await user.scrollToLine(page, cart.firstLine + 3);
}

async function insert(page) {
  const line = cart.lastLine + 2;
  await user.selectWithMouse(page, line, line);
  await user.pressChord(page, ';');
  await user.readStatus(page);
}

async function usage(page) {
  await page.keyboard.press('F1');
  await user.typeIntoBox(page, '>Quillet: Show Usage');
  await page.keyboard.press('Enter');
  const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await user.see(frame.locator('.plot'), 'a chart in the dashboard');
}

async function save(page, name) {
  // Move the mouse away from hovers and wait for animations.
  await page.mouse.move(WIDTH / 2, 15);
  await page.waitForTimeout(1500);
  const file = `${folder}/${name}.png`;
  await page.screenshot({ path: file, animations: 'disabled' });
  const { size } = fs.statSync(file);
  if (size > MAX_BYTES) {
    throw new Error(`${file} has ${size} bytes (maximum ${MAX_BYTES}).`);
  }
  process.stdout.write(`${file}: ${(size / 1024).toFixed(0)} KB\n`);
}
