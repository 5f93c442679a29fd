import type { Locator, Page } from 'playwright-core';
import { retryUntilVisible, see, TIMEOUT_MS } from '../../../scripts/demo/driver.mjs';
import type { Workbench } from './workbench';

/** Polls a condition. Its description is part of the error on timeout. */
export async function waitUntil(
  description: string,
  condition: () => Promise<boolean> | boolean,
  timeout = TIMEOUT_MS,
): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Timed out after ${timeout / 1000} s: ${description}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Opens a file by name, in any folder of the workspace. The Workspace Trust editor may take the focus from Quick Open. */
export async function openByName({ page, press }: Pick<Workbench, 'page' | 'press'>, name: string): Promise<void> {
  await retryUntilVisible(page.locator(`.tab.active[data-resource-name="${name}"]`), `the tab of ${name}`, async () => {
    await press('Control+p');
    await page.locator('.quick-input-widget input').fill(name, { timeout: 5000 });
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor({ timeout: 5000 });
    await press('Enter');
  });
  await see(page.locator('.editor-group-container.active .view-line span span'), `the text of ${name}`);
}

export function thread(page: Page): Locator {
  return page.locator('.editor-instance:visible .review-widget').first();
}

export function comment(page: Page, index: number): Locator {
  return thread(page).locator('.review-comment').nth(index);
}

/** Waits for a text in the last comment. */
export async function seeInThread(page: Page, text: string | RegExp): Promise<Locator> {
  const last = thread(page).locator('.review-comment').last();
  return see(last.filter({ hasText: text }), `"${text}" in the thread`);
}

/** The accessible labels of the buttons in the thread's title. */
export async function threadButtons(page: Page): Promise<string[]> {
  return labels(thread(page).locator('.review-actions .action-label'));
}

export async function pressThreadButton(page: Page, label: string): Promise<void> {
  const button = thread(page).locator(`.review-actions .action-label[aria-label^="${label}"]`);
  await (await see(button, `the button "${label}" of the thread`)).click();
}

/** Clicks a comment button, which is visible only on hover. */
export async function pressCommentButton(page: Page, index: number, label: string): Promise<void> {
  await comment(page, index).locator('.comment-title').hover();
  const button = comment(page, index).locator(`.comment-actions .action-label[aria-label^="${label}"]`);
  await (await see(button, `the button "${label}" of the answer`)).click();
}

/** The reply box is a button until it is clicked, except below a proposal. */
export async function writeReply(page: Page, text: string): Promise<void> {
  const box = thread(page).locator('.review-thread-reply-button:visible, .comment-form .view-lines:visible').first();
  await (await see(box, 'the reply box')).click();
  await see(thread(page).locator('.comment-form .monaco-editor.focused'), 'the reply box, ready for typing');
  await page.keyboard.type(text);
  const lines = thread(page).locator('.comment-form .view-lines');
  await waitUntil(
    'the reply is in the reply box',
    async () => (await lines.innerText()).replaceAll('\u00a0', ' ').trim() === text.trim(),
  );
  // The keybinding does nothing until the button is visible.
  const button = thread(page).locator('.form-actions .monaco-button:not(.disabled)', { hasText: 'Send Follow-Up' });
  await see(button, 'the Send Follow-Up button');
}

export function statusItem(page: Page): Locator {
  return page.locator('.statusbar-item[id*="quillet" i]');
}

export async function seeStatus(page: Page, text: string | RegExp): Promise<string> {
  const item = await see(statusItem(page).filter({ hasText: text }), `"${text}" in the status bar`);
  return (await item.innerText()).replaceAll(/\s+/g, ' ').trim();
}

/** Whether the status bar item shows a spinner. */
export async function isBusy(page: Page): Promise<boolean> {
  return (await statusItem(page).locator('.codicon-loading').count()) > 0;
}

export async function seeNotification(page: Page, text: string | RegExp): Promise<Locator> {
  const toast = page.locator('.notifications-toasts .notification-toast', { hasText: text });
  const shown: Locator = await see(toast, `a notification with "${text}"`);
  await waitUntil('the notification has faded in', () =>
    shown.evaluate((node) => getComputedStyle(node).opacity === '1'),
  );
  return shown;
}

export function notificationButtons(toast: Locator): Promise<string[]> {
  return toast.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
}

export async function pressNotificationButton(toast: Locator, label: string): Promise<void> {
  await toast.locator('.notification-list-item-buttons-container .monaco-button', { hasText: label }).first().click();
}

export async function clearNotifications(page: Page): Promise<void> {
  for (;;) {
    const toast = page.locator('.notifications-toasts .notification-toast').first();
    if ((await toast.count()) === 0) return;
    await toast.hover().catch(() => undefined);
    await toast
      .locator('.action-label.codicon-notifications-clear, .action-label.codicon-close')
      .first()
      .click({ timeout: 2000 })
      .catch(() => undefined);
  }
}

/** Closes a modal editor, such as VS Code's settings, which blocks clicks on the rest of the window. */
export async function closeModalEditor(page: Page): Promise<void> {
  const modal = page.locator('.monaco-modal-editor-block');
  const close = modal.locator('.modal-editor-header .action-label.codicon-close');
  await waitUntil('no modal editor is open', async () => {
    if (!(await modal.first().isVisible())) return true;
    await close
      .first()
      .click({ timeout: 2000 })
      .catch(() => undefined);
    return false;
  });
}

/** Waits for an input box or quick pick by its title. */
export async function seeQuestion(page: Page, title: string | RegExp): Promise<Locator> {
  const box = page.locator('.quick-input-widget', { has: page.locator('.quick-input-title', { hasText: title }) });
  return see(box, `the question "${title}"`);
}

/** Waits for the box below the selection that asks for a text, with the focus, by its title. */
export async function seeQuestionBox(page: Page, title: string): Promise<Locator> {
  const box = questionBoxes(page).filter({ has: page.locator('.review-title', { hasText: title }) });
  await see(box.locator('.edit-textarea .monaco-editor.focused'), `the box of "${title}", ready for typing`);
  return box.first();
}

export function questionBoxes(page: Page): Locator {
  return page.locator('.editor-instance:visible .review-widget', { has: page.locator('.edit-textarea') });
}

/** Types lines into the box below the selection. */
export async function typeIntoQuestionBox(page: Page, title: string, text: string): Promise<Locator> {
  const box = await seeQuestionBox(page, title);
  await page.keyboard.type(text);
  await waitUntil(`"${text}" is in the box`, async () => (await questionText(box)).endsWith(text));
  return box;
}

export async function questionText(box: Locator): Promise<string> {
  const lines = await box.locator('.edit-textarea .view-line').allInnerTexts();
  return lines.map((line) => line.replaceAll('\u00a0', ' ')).join('\n');
}

/** Types into the box below the selection and sends the text. */
export async function answerInEditor(page: Page, title: string, text: string): Promise<void> {
  await typeIntoQuestionBox(page, title, text);
  await page.keyboard.press('ControlOrMeta+Enter');
}

/** The items of the open quick pick. */
export function choices(page: Page): Locator {
  return page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
}

/** The item of the open quick pick that Enter accepts. */
export function focusedChoice(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text });
}

/** The cursor position as shown in the status bar. */
export async function caret(page: Page): Promise<string> {
  return page
    .locator('.statusbar-item', { hasText: /^Ln \d+/ })
    .first()
    .innerText();
}

async function labels(buttons: Locator): Promise<string[]> {
  const found = await buttons.all();
  return Promise.all(found.map(async (button) => (await button.getAttribute('aria-label')) ?? ''));
}
