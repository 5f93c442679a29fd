import type { Locator, Page } from 'playwright-core';
import { see } from '../../../scripts/demo/driver.mjs';

const patience = 20_000;

/** Waits until something holds; `what` is how a person would call it. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeout = patience): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not so after ${timeout / 1000} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The comment thread in view. */
export function thread(page: Page): Locator {
  return page.locator('.editor-instance:visible .review-widget').first();
}

/** The comments of the thread in view, one by one. */
export function comment(page: Page, index: number): Locator {
  return thread(page).locator('.review-comment').nth(index);
}

/** Waits for these words in the last comment. */
export async function seeInThread(page: Page, words: string | RegExp): Promise<Locator> {
  const last = thread(page).locator('.review-comment').last();
  return see(last.filter({ hasText: words }), `"${words}" in the thread`);
}

/** The labels of the buttons in the thread's title, as a screen reader says them. */
export async function threadButtons(page: Page): Promise<string[]> {
  return labels(thread(page).locator('.review-actions .action-label'));
}

/** Presses a button in the thread's title. */
export async function pressThreadButton(page: Page, label: string): Promise<void> {
  const button = thread(page).locator(`.review-actions .action-label[aria-label^="${label}"]`);
  await (await see(button, `the button "${label}" of the thread`)).click();
}

/** Presses one of the buttons that a comment shows under the mouse. */
export async function pressCommentButton(page: Page, index: number, label: string): Promise<void> {
  await comment(page, index).locator('.comment-title').hover();
  const button = comment(page, index).locator(`.comment-actions .action-label[aria-label^="${label}"]`);
  await (await see(button, `the button "${label}" of the answer`)).click();
}

/** Opens the reply box and writes into it. */
export async function writeReply(page: Page, text: string): Promise<void> {
  await (await see(thread(page).locator('.review-thread-reply-button'), 'the reply box')).click();
  await see(thread(page).locator('.comment-form .monaco-editor.focused'), 'the reply box, ready for typing');
  await page.keyboard.type(text);
  const lines = thread(page).locator('.comment-form .view-lines');
  await until(
    'the reply is in its box',
    async () => (await lines.innerText()).replaceAll('\u00a0', ' ').trim() === text.trim(),
  );
  // The keys that send do nothing before the button is there.
  const button = thread(page).locator('.form-actions .monaco-button:not(.disabled)', { hasText: 'Send Follow-Up' });
  await see(button, 'the button that sends');
}

/** Quillet's item in the status bar. */
export function statusItem(page: Page): Locator {
  return page.locator('.statusbar-item[id*="quillet" i]');
}

/** Waits until the status bar item shows these words, and no spinner unless asked. */
export async function seeStatus(page: Page, words: string | RegExp): Promise<string> {
  const item = await see(statusItem(page).filter({ hasText: words }), `"${words}" in the status bar`);
  return (await item.innerText()).replaceAll(/\s+/g, ' ').trim();
}

/** Whether the status bar says that something is running. */
export async function isBusy(page: Page): Promise<boolean> {
  return (await statusItem(page).locator('.codicon-loading').count()) > 0;
}

/** Waits for a notification with these words. */
export async function seeNotification(page: Page, words: string | RegExp): Promise<Locator> {
  const toast = page.locator('.notifications-toasts .notification-toast', { hasText: words });
  const shown: Locator = await see(toast, `a notification with "${words}"`);
  await until('the notification has come in', () => shown.evaluate((node) => getComputedStyle(node).opacity === '1'));
  return shown;
}

/** The labels of a notification's buttons. */
export function notificationButtons(toast: Locator): Promise<string[]> {
  return toast.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
}

/** Presses a button of a notification. */
export async function pressNotificationButton(toast: Locator, label: string): Promise<void> {
  await toast.locator('.notification-list-item-buttons-container .monaco-button', { hasText: label }).first().click();
}

/** Puts all notifications away. */
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

/** Closes the editor that VS Code shows over the whole window, as it does with its settings: nothing behind it takes clicks. */
export async function closeModalEditor(page: Page): Promise<void> {
  const modal = page.locator('.monaco-modal-editor-block');
  const close = modal.locator('.modal-editor-header .action-label.codicon-close');
  await until('no editor lies over the window', async () => {
    if (!(await modal.first().isVisible())) return true;
    await close
      .first()
      .click({ timeout: 2000 })
      .catch(() => undefined);
    return false;
  });
}

/** The box in which commands ask, by its title. */
export async function seeQuestion(page: Page, title: string | RegExp): Promise<Locator> {
  const box = page.locator('.quick-input-widget', { has: page.locator('.quick-input-title', { hasText: title }) });
  return see(box, `the question "${title}"`);
}

/** The entries of the list in which commands let choose. */
export function choices(page: Page): Locator {
  return page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
}

/** Where the caret is, as the status bar says. */
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
