// npm run screenshots: the pictures of README.md, taken from real runs of the demo.
import fs from 'node:fs';
import process from 'node:process';
import { startDemo } from './demo/demo.mjs';
import * as user from './demo/driver.mjs';
import { writeLedger } from './demo/ledger.mjs';
import { samples } from './demo/samples.mjs';
import { launchBrowser } from './lib/browser.mjs';
import { inProject } from './lib/paths.mjs';
import { workbenchUrl } from './lib/workbench.mjs';

const folder = inProject('media', 'screenshots');
const largest = 250 * 1024;
/** A small window whose picture is 1280 pixels wide, so that its text can be read where a page shows it smaller. */
const width = 1024;
const deviceScaleFactor = 1.25;
const settings = {
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
/** As high as what there is to see. */
const pictures = [
  { name: 'explain', height: 660, act: explain },
  { name: 'rewrite', height: 720, act: rewrite },
  { name: 'insert', height: 580, act: insert },
  { name: 'usage', height: 720, act: usage },
];

fs.mkdirSync(folder, { recursive: true });
const demo = await startDemo({ speed: 6, settings });
writeLedger(demo.server.dataDir);
const browser = await launchBrowser();
for (const picture of pictures) {
  await take(picture);
}
process.exit(0);

/** Each picture has a window of its own, so that no thread of the one before is in view. */
async function take({ name, height, act }) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
  const page = await context.newPage();
  await page.goto(workbenchUrl(demo.server, demo));
  try {
    await user.seeExtension(page);
    await user.openFile(page, cart.file);
    await user.hideSideBar(page);
    await act(page);
    await save(page, name);
  } catch (error) {
    const picture = inProject('test-results', `screenshots-${name}.png`);
    await page.screenshot({ path: picture }).catch(() => {});
    process.stderr.write(`${name}: ${error.message}\nScreenshot: ${picture}\n`);
    process.exit(1);
  }
  await context.close();
}

async function explain(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chord(page, 'g');
  await user.readAnswer(page);
  await user.scrollToLine(page, cart.firstLine);
}

async function rewrite(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chord(page, "'");
  await user.answerInput(page, 'name the magic numbers and handle an empty cart');
  await user.readAnswer(page);
  // The end of the selection, so that the whole thread is in the picture.
  await user.scrollToLine(page, cart.firstLine + 3);
}

async function insert(page) {
  const line = cart.lastLine + 2;
  await user.selectWithMouse(page, line, line);
  await user.chord(page, ';');
  await user.readStatus(page);
}

async function usage(page) {
  await page.keyboard.press('F1');
  await user.typeIntoBox(page, '>Quillet: Show Usage');
  await page.keyboard.press('Enter');
  const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await user.see(frame.locator('canvas'), 'a chart in the dashboard');
}

async function save(page, name) {
  // Away from everything that has a hover, and then until things have come to rest.
  await page.mouse.move(width / 2, 15);
  await page.waitForTimeout(1500);
  const file = `${folder}/${name}.png`;
  await page.screenshot({ path: file, animations: 'disabled' });
  const { size } = fs.statSync(file);
  if (size > largest) {
    throw new Error(`${file} has ${size} bytes, more than ${largest}.`);
  }
  process.stdout.write(`${file}: ${(size / 1024).toFixed(0)} KB\n`);
}
