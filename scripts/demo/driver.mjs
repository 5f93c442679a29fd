// Uses the workbench as a person does: by mouse and keyboard, looking only at what is on the screen.
import process from 'node:process';

const mainKey = process.platform === 'darwin' ? 'Meta' : 'Control';
const patience = 20_000;

/** What a person would have missed on the screen. */
export class Missing extends Error {}

/** @typedef {import('playwright-core').Page} Page */

/** Waits for something to be shown; `what` is how a person would call it. */
export async function see(locator, what, timeout = patience) {
  try {
    await locator.first().waitFor({ state: 'visible', timeout });
  } catch {
    throw new Missing(`Not shown after ${timeout / 1000} s: ${what}.`);
  }
  return locator.first();
}

/** Waits until VS Code has read the extension's manifest: before that, its keys and menus do nothing. */
export async function seeExtension(page) {
  const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Quillet: Select Model' });
  const end = Date.now() + patience;
  while (Date.now() < end) {
    await page.keyboard.press('F1');
    await page
      .locator('.quick-input-widget input')
      .fill('>Quillet: Select Model', { timeout: 1000 })
      .catch(() => {});
    const isListed = await entry.waitFor({ timeout: 1000 }).then(
      () => true,
      () => false,
    );
    await page.keyboard.press('Escape');
    if (isListed) {
      return;
    }
  }
  throw new Missing('The Command Palette lists no command of Quillet.');
}

/** Opens a file of the workspace by a double click in the explorer. */
export async function openFile(page, name) {
  const row = page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
  const tab = page.locator(`.tab.active[data-resource-name="${name}"]`);
  // The explorer draws its rows anew while it reads the folder, and a click on an old one opens nothing.
  await untilShown(tab, `the tab of ${name}`, async () => {
    await (await see(row, `${name} in the explorer`)).dblclick({ timeout: 5000 });
  });
  await see(editor(page).locator('.view-line span span'), `the text of ${name}`);
}

/** Selects whole lines by dragging the mouse over them. */
export async function selectWithMouse(page, firstLine, lastLine) {
  const from = await lineStart(page, firstLine);
  const to = await lineStart(page, lastLine);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y, { steps: 3 });
  await page.mouse.move(to.right, to.y, { steps: 8 });
  await page.mouse.up();
  await expectSelection(page);
}

/** Selects whole lines with the keyboard, from a click at the start of the first. */
export async function selectWithKeyboard(page, firstLine, lastLine) {
  await placeCaret(page, firstLine);
  for (let line = firstLine; line < lastLine; line += 1) {
    await page.keyboard.press('Shift+ArrowDown');
  }
  await page.keyboard.press('Shift+End');
  await expectSelection(page);
}

/** Presses the main key with `k`, then another key, as in `Ctrl+K G`. */
export async function chord(page, key) {
  await page.keyboard.press(`${mainKey}+k`);
  // Only then is the next key the second of a chord; where nothing is said, the key is no worse off.
  const waiting = page.locator('.part.statusbar', { hasText: /was pressed\. Waiting for/ });
  await waiting.waitFor({ timeout: 3000 }).catch(() => {});
  await page.keyboard.press(key);
}

/** Clicks at the start of a line, until the caret is there: a line moves when a thread above it is drawn. */
async function placeCaret(page, line) {
  const there = page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line}, Col 1$`) });
  await untilShown(there, `the caret in line ${line}`, async () => {
    const from = await lineStart(page, line);
    await page.mouse.click(from.x, from.y);
  });
}

/** Does something, again if need be, until what it brings is shown. */
async function untilShown(locator, what, act) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    await act().catch((error) => {
      if (error instanceof Missing) {
        throw error;
      }
    });
    const isShown = await locator
      .first()
      .waitFor({ timeout: 3000 })
      .then(
        () => true,
        () => false,
      );
    if (isShown) {
      return;
    }
  }
  throw new Missing(`Not shown after ${patience / 1000} s: ${what}.`);
}

/** Right-clicks a line and chooses an entry of the menu. */
export async function chooseFromMenu(page, line, entry) {
  const place = await lineStart(page, line);
  await page.mouse.click(place.x + 40, place.y, { button: 'right' });
  const item = page.locator('.monaco-menu .action-label', { hasText: new RegExp(`^${entry}$`) });
  await see(item, `"${entry}" in the context menu`);
  // A menu takes no click in its first moments, so that the button that opened it does not choose from it.
  const menu = page.locator('.monaco-menu').first();
  for (let tries = 0; tries < 10 && (await menu.isVisible()); tries += 1) {
    await item
      .first()
      .click({ timeout: 1000 })
      .catch(() => {});
    await menu.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => {});
  }
}

/** Types into the input box that a command has opened. */
export async function answerInput(page, text) {
  await typeIntoBox(page, text);
  await page.keyboard.press('Enter');
}

/** Types into the box of a question or a list in place of what is there, and sees that all of it arrived. */
export async function typeIntoBox(page, text) {
  const box = await see(page.locator('.quick-input-widget input.input:focus'), 'an input box, ready for typing');
  const end = Date.now() + patience;
  // The box takes no key while its question is being drawn, and is emptied when that is done.
  do {
    await box.fill(text);
    await page.waitForTimeout(50);
    if ((await box.inputValue()) === text) {
      return;
    }
  } while (Date.now() < end);
  throw new Missing(`Not in the input box: ${text}`);
}

/** Types what is wanted into a list, and takes it when it is the one that Enter takes. */
export async function choose(page, words) {
  await typeIntoBox(page, words);
  const row = page.locator('.quick-input-widget .quick-input-list .monaco-list-row.focused', { hasText: words });
  await see(row, `"${words}" to choose`);
  await page.keyboard.press('Enter');
}

/** The comment thread, once it is there. */
export async function seeThread(page) {
  return see(page.locator('.review-widget'), 'the comment thread under the selection');
}

/**
 * Waits until the answer in the thread is complete, and reads it.
 * @param {Page} page
 * @returns {Promise<{ title: string, byline: string, text: string, status: string }>} all as shown
 */
export async function readAnswer(page, timeout = 60_000) {
  const thread = await seeThread(page);
  const comment = thread.locator('.review-comment').last();
  // The label beside the author gets the tokens when the answer is complete.
  await see(
    comment.locator('.comment-title', { hasText: /\d+ tokens/ }),
    'the tokens beside the answer in the thread',
    timeout,
  );
  const text = (await comment.locator('.comment-body').innerText()).trim();
  if (text === '') {
    throw new Missing('The comment thread holds no answer.');
  }
  const title = await oneLine(thread.locator('.review-title'));
  const label = await oneLine(comment.locator('.comment-title .isPending'));
  const byline = `${await oneLine(comment.locator('.comment-title .author'))}, ${label}`;
  return { title, byline, text, status: await readStatus(page) };
}

/** The text of Quillet's status bar item, once it shows tokens. */
export async function readStatus(page) {
  const item = page.locator('.statusbar-item[aria-label^="Quillet"]');
  await see(item, "Quillet's item in the status bar");
  await see(item.filter({ hasText: /\d+ tokens/ }), 'tokens in the status bar');
  return oneLine(item);
}

/** Closes the tabs, so that the next file starts without threads in view. */
export async function closeEditors(page) {
  await chord(page, `${mainKey}+w`);
  await page.locator('.tab').first().waitFor({ state: 'detached', timeout: patience });
}

/** Turns the mouse wheel until a line is about the first in the editor. */
export async function scrollToLine(page, line) {
  const top = await placeOf(editor(page), 'the editor');
  for (let turns = 0; turns < 50; turns += 1) {
    const { x, y } = await lineStart(page, line);
    if (y < top.y + 25) {
      return;
    }
    await page.mouse.move(x + 20, y);
    await page.mouse.wheel(0, 10);
    await page.waitForTimeout(50);
  }
}

/** Gives the editor the whole width. */
export async function hideSideBar(page) {
  await page.keyboard.press(`${mainKey}+b`);
  await page.locator('.part.sidebar').waitFor({ state: 'hidden', timeout: patience });
}

/** The notifications on the screen, for whoever reads why something is missing. */
export async function notifications(page) {
  return page.locator('.notification-list-item-message').allInnerTexts();
}

async function expectSelection(page) {
  await see(page.locator('.statusbar-item', { hasText: /\(\d+ selected\)/ }), 'a selection in the status bar');
}

async function lineStart(page, line) {
  const number = editor(page).locator('.margin-view-overlays .line-numbers', { hasText: new RegExp(`^${line}$`) });
  const box = await placeOf(number, `line ${line} in the editor`);
  const text = await placeOf(editor(page).locator('.view-lines'), 'the text of the editor');
  return { x: text.x + 1, y: box.y + box.height / 2, right: text.x + text.width - 40 };
}

/** The editor draws its lines anew while it loads, so that one that was just there may be gone. */
async function placeOf(locator, what) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const box = await (await see(locator, what)).boundingBox();
    if (box !== null) {
      return box;
    }
  }
  throw new Missing(`Nowhere on the screen: ${what}.`);
}

function editor(page) {
  return page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
}

async function oneLine(locator) {
  return (await locator.first().innerText()).replaceAll(/\s+/g, ' ').trim();
}
