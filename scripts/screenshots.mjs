// npm run screenshots: the pictures of README.md, taken from real runs of the demo.
import fs from 'node:fs';
import process from 'node:process';
import { startDemo } from './demo/demo.mjs';
import * as user from './demo/driver.mjs';
import { samples } from './demo/samples.mjs';
import { launchBrowser } from './lib/browser.mjs';
import { inProject } from './lib/paths.mjs';
import { openWorkbench } from './lib/workbench.mjs';

const folder = inProject('media', 'screenshots');
const largest = 250 * 1024;
const viewport = { width: 1280, height: 800 };
const settings = {
  'workbench.colorTheme': 'Dark 2026',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.editor.showTabs': 'single',
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'editor.fontSize': 15,
  'editor.cursorBlinking': 'solid',
  'editor.renderLineHighlight': 'none',
  'editor.scrollbar.vertical': 'hidden',
};

const [cart] = samples;
const pictures = { explain, rewrite, insert };

fs.mkdirSync(folder, { recursive: true });
const demo = await startDemo({ speed: 6, settings });
const browser = await launchBrowser();
for (const [name, act] of Object.entries(pictures)) {
  await take(name, act);
}
process.exit(0);

/** Each picture has a window of its own, so that no thread of the one before is in view. */
async function take(name, act) {
  const page = await openWorkbench(demo.server, browser, { ...demo, viewport });
  try {
    await user.openFile(page, cart.file);
    await user.hideSideBar(page);
    await act(page);
    await save(page, name);
  } catch (error) {
    const picture = inProject('test-results', `screenshots-${name}.png`);
    await page.screenshot({ path: picture });
    process.stderr.write(`${name}: ${error.message}\nScreenshot: ${picture}\n`);
    process.exit(1);
  }
  await page.context().close();
}

async function explain(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chord(page, 'g');
  await user.readAnswer(page);
}

async function rewrite(page) {
  await user.selectWithMouse(page, cart.firstLine, cart.lastLine);
  await user.chord(page, "'");
  await user.answerInput(page, 'name the magic numbers and handle an empty cart');
  await user.readAnswer(page);
}

async function insert(page) {
  const line = cart.lastLine + 2;
  await user.selectWithMouse(page, line, line);
  await user.chord(page, ';');
  await user.readStatus(page);
}

async function save(page, name) {
  // Away from the text, so that no hover is in the picture, and then until things have come to rest.
  await page.mouse.move(viewport.width / 2, viewport.height - 5);
  await page.waitForTimeout(1500);
  const file = `${folder}/${name}.png`;
  await page.screenshot({ path: file, animations: 'disabled' });
  const { size } = fs.statSync(file);
  if (size > largest) {
    throw new Error(`${file} has ${size} bytes, more than ${largest}.`);
  }
  process.stdout.write(`${file}: ${(size / 1024).toFixed(0)} KB\n`);
}
