// Drives the workbench like a user: with mouse and keyboard, and based only on what is visible.
import process from 'node:process';

const CTRL_OR_CMD = process.platform === 'darwin' ? 'Meta' : 'Control';
/** Only ends what hangs. */
export const TIMEOUT_MS = 60_000;

/** Something expected is not visible. */
export class NotShownError extends Error {}

/** @typedef {import('playwright-core').Page} Page */

/** Waits until an element is visible. The description is part of the error message. */
export async function see(locator, description, timeout = TIMEOUT_MS) {
  try {
    await locator.first().waitFor({ state: 'visible', timeout });
  } catch {
    throw new NotShownError(`Not visible after ${timeout / 1000} s: ${description}.`);
  }
  return locator.first();
}

/** Waits until VS Code has loaded the extension's manifest, because its keybindings and menus don't work earlier. */
export async function seeExtension(page) {
  const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Quillet: Select Model' });
  const end = Date.now() + TIMEOUT_MS;
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
  throw new NotShownError('The Command Palette has no Quillet commands.');
}

/** Opens a file of the workspace with a double click in the Explorer. */
export async function openFile(page, name) {
  const row = page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
  const tab = page.locator(`.tab.active[data-resource-name="${name}"]`);
  // The Explorer redraws its rows while it loads the folder, so a click may be lost.
  await retryUntilVisible(tab, `the tab of ${name}`, async () => {
    await (await see(row, `${name} in the Explorer`)).dblclick({ timeout: 5000 });
  });
  await see(editor(page).locator('.view-line span span'), `the text of ${name}`);
}

/** Selects whole lines by dragging the mouse over them. */
export async function selectWithMouse(page, firstLine, lastLine) {
  await retryUntilVisible(selectionUpTo(page, lastLine), `the selection up to line ${lastLine}`, async () => {
    await placeCursor(page, firstLine);
    const from = await lineStart(page, firstLine);
    const to = await lineStart(page, lastLine);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y, { steps: 3 });
    await page.mouse.move(to.right, to.y, { steps: 8 });
    await page.mouse.up();
  });
}

/** Selects whole lines with the keyboard. */
export async function selectWithKeyboard(page, firstLine, lastLine) {
  await retryUntilVisible(selectionUpTo(page, lastLine), `the selection up to line ${lastLine}`, async () => {
    await placeCursor(page, firstLine);
    for (let line = firstLine; line < lastLine; line += 1) {
      await page.keyboard.press('Shift+ArrowDown');
    }
    await page.keyboard.press('Shift+End');
  });
}

/** Presses Ctrl+K (Cmd+K on macOS), then another key. */
export async function pressChord(page, key) {
  await page.keyboard.press(`${CTRL_OR_CMD}+k`);
  // Wait for VS Code to expect the second key. The message may be missed, so continue without it.
  const waiting = page.locator('.part.statusbar', { hasText: /was pressed\. Waiting for/ });
  await waiting.waitFor({ timeout: 3000 }).catch(() => {});
  await page.keyboard.press(key);
}

/** Moves the cursor of the active editor with Go to Line, which works wherever the focus is and scrolls to the line. */
export async function placeCursor(page, line, column = 1) {
  const position = page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line}, Col ${column}$`) });
  await retryUntilVisible(position, `the cursor in line ${line}, column ${column}`, async () => {
    await page.keyboard.press('Control+g');
    await answerInput(page, `:${line}:${column}`);
  });
  await see(page.locator('.editor-instance .monaco-editor.focused'), 'the cursor in the editor');
}

/** Repeats an action until an element is visible. */
export async function retryUntilVisible(locator, description, action) {
  const end = Date.now() + TIMEOUT_MS;
  while (Date.now() < end) {
    await action().catch((error) => {
      if (error instanceof NotShownError) {
        throw error;
      }
    });
    const isVisible = await locator
      .first()
      .waitFor({ timeout: 3000 })
      .then(
        () => true,
        () => false,
      );
    if (isVisible) {
      return;
    }
  }
  throw new NotShownError(`Not visible after ${TIMEOUT_MS / 1000} s: ${description}.`);
}

/** Right-clicks a line and selects a menu item. */
export async function chooseFromMenu(page, line, label) {
  const start = await lineStart(page, line);
  await page.mouse.click(start.x + 40, start.y, { button: 'right' });
  const item = page.locator('.monaco-menu .action-label', { hasText: new RegExp(`^${label}$`) });
  await see(item, `"${label}" in the context menu`);
  // VS Code ignores clicks on a menu that has just opened.
  const menu = page.locator('.monaco-menu').first();
  for (let tries = 0; tries < 10 && (await menu.isVisible()); tries += 1) {
    await item
      .first()
      .click({ timeout: 1000 })
      .catch(() => {});
    await menu.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => {});
  }
}

/** Types into the box below the selection and sends the text. */
export async function answerInEditor(page, text) {
  await see(page.locator('.review-widget .edit-textarea .monaco-editor.focused'), 'the box below the selection');
  await page.keyboard.type(text);
  await page.keyboard.press(`${CTRL_OR_CMD}+Enter`);
}

/** Types into the open input box and presses Enter. */
export async function answerInput(page, text) {
  await typeIntoBox(page, text);
  await page.keyboard.press('Enter');
}

/** Replaces the text of the open input box or quick pick, and checks that it arrived. */
export async function typeIntoBox(page, text) {
  const box = await see(page.locator('.quick-input-widget input.input:focus'), 'a focused input box');
  const end = Date.now() + TIMEOUT_MS;
  // The box ignores input while it is being drawn and is cleared afterwards.
  do {
    await box.fill(text);
    await page.waitForTimeout(50);
    if ((await box.inputValue()) === text) {
      return;
    }
  } while (Date.now() < end);
  throw new NotShownError(`Couldn't type into the input box: ${text}`);
}

/** Filters a quick pick, waits until the matching item has the focus, and accepts it. */
export async function choose(page, label) {
  await typeIntoBox(page, label);
  const row = page.locator('.quick-input-widget .quick-input-list .monaco-list-row.focused', { hasText: label });
  await see(row, `"${label}" in the list`);
  await page.keyboard.press('Enter');
}

export async function seeThread(page) {
  return see(page.locator('.review-widget'), 'the comment thread under the selection');
}

/**
 * Waits until the answer in the thread is complete and reads it.
 * @param {Page} page
 * @returns {Promise<{ title: string, byline: string, text: string, status: string }>}
 */
export async function readAnswer(page, timeout = 60_000) {
  const thread = await seeThread(page);
  const comment = thread.locator('.review-comment').last();
  // The label next to the author shows the token count once the answer is complete.
  await see(comment.locator('.comment-title', { hasText: /\d+ tokens/ }), 'the token count of the answer', timeout);
  const text = (await comment.locator('.comment-body').innerText()).trim();
  if (text === '') {
    throw new NotShownError('The comment thread has no answer.');
  }
  const title = await singleLineText(thread.locator('.review-title'));
  const label = await singleLineText(comment.locator('.comment-title .isPending'));
  const byline = `${await singleLineText(comment.locator('.comment-title .author'))}, ${label}`;
  return { title, byline, text, status: await readStatus(page) };
}

/** Waits until Quillet's status bar item shows a token count, and returns its text. */
export async function readStatus(page) {
  const item = page.locator('.statusbar-item[aria-label^="Quillet"]');
  await see(item, "Quillet's status bar item");
  await see(item.filter({ hasText: /\d+ tokens/ }), 'a token count in the status bar');
  return singleLineText(item);
}

/** Closes all tabs, so that no threads are visible. */
export async function closeEditors(page) {
  await pressChord(page, `${CTRL_OR_CMD}+w`);
  await page.locator('.tab').first().waitFor({ state: 'detached', timeout: TIMEOUT_MS });
}

/** Scrolls line by line, in an editor with the focus, until a line is near the top. */
export async function scrollToLine(page, line) {
  const top = await boundingBoxOf(editor(page), 'the editor');
  for (let turns = 0; turns < 100; turns += 1) {
    const number = lineNumber(page, line);
    const box = (await number.isVisible()) ? await number.boundingBox() : null;
    if (box !== null && box.y >= top.y && box.y < top.y + box.height) {
      return;
    }
    await page.keyboard.press(box === null || box.y < top.y ? `${CTRL_OR_CMD}+ArrowUp` : `${CTRL_OR_CMD}+ArrowDown`);
    await page.waitForTimeout(100);
  }
}

export async function hideSideBar(page) {
  await page.keyboard.press(`${CTRL_OR_CMD}+b`);
  await page.locator('.part.sidebar').waitFor({ state: 'hidden', timeout: TIMEOUT_MS });
}

export async function notifications(page) {
  return page.locator('.notification-list-item-message').allInnerTexts();
}

function selectionUpTo(page, line) {
  return page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line}, Col \\d+ \\(\\d+ selected\\)`) });
}

function lineNumber(page, line) {
  return editor(page).locator('.margin-view-overlays .line-numbers', { hasText: new RegExp(`^${line}$`) });
}

async function lineStart(page, line) {
  const box = await boundingBoxOf(lineNumber(page, line), `line ${line} in the editor`);
  const text = await boundingBoxOf(editor(page).locator('.view-lines'), 'the text of the editor');
  return { x: text.x + 1, y: box.y + box.height / 2, right: text.x + text.width - 40 };
}

/** Retries, because the editor redraws its lines while it loads. */
async function boundingBoxOf(locator, description) {
  const end = Date.now() + TIMEOUT_MS;
  while (Date.now() < end) {
    const box = await (await see(locator, description)).boundingBox();
    if (box !== null) {
      return box;
    }
  }
  throw new NotShownError(`Not on the screen: ${description}.`);
}

function editor(page) {
  return page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
}

async function singleLineText(locator) {
  return (await locator.first().innerText()).replaceAll(/\s+/g, ' ').trim();
}
