import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './eventually';
import { baseUrl, otherBaseUrl, resetServer } from './modelServer';
import { restoreSettings, setBaseline } from './settings';
import { Ui } from './ui';
import { closeEditors } from './workspace';

export const ui = new Ui();
let isInstalled = false;

export function quillet(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('quillet.quillet');
  assert.ok(extension);
  return extension;
}

/** Call before activation, which creates the status bar item. */
export function installUi(): void {
  if (!isInstalled) ui.install();
  isInstalled = true;
}

/**
 * Call in a `describe` block: each test starts with an active extension, a reset server and no open editors.
 * @param settings User settings (`quillet.*`) of all its tests; setting them for each test takes longer.
 */
export function useQuillet(settings: Readonly<Record<string, unknown>> = {}): void {
  before(async () => {
    installUi();
    await quillet().activate();
    await setBaseline({
      providers: { test: { baseUrl: baseUrl(), label: 'Test Server' }, other: { baseUrl: otherBaseUrl() } },
      model: 'test/quillet-test',
      retries: 0,
      'ask.location': 'inputBox',
      ...settings,
    });
  });
  beforeEach(async () => {
    ui.clear();
    await resetServer();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'passed') await eventually(() => ui.isIdle, 'the end of all requests');
    const lists = ui.lists.map(({ items, ...options }) => [
      options,
      ...items.map(({ label, description, detail }) => [label, description, detail]),
    ]);
    const output = JSON.stringify([ui.shown, ui.logged, lists, ui.statusText, ui.status?.tooltip]);
    await run('quillet.stopAll');
    for (const thread of ui.openThreads.splice(0)) await run('quillet.closeThread', thread);
    await closeEditors();
    await restoreSettings();
    assert.doesNotMatch(output, /sk-canary/i, 'R19: a key was shown or logged');
  });
}

/** Runs a command until it completes, which for prompts is the end of the answer. */
export async function run(command: string, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

/**
 * Sends a follow-up question and waits for its answer. The command itself completes when the question is in the thread.
 */
export async function reply(text: string, to = thread()): Promise<void> {
  await run('quillet.reply', { thread: to, text });
  await eventually(() => {
    const last = to.comments.at(-1);
    const isAnswered = last?.contextValue?.startsWith('question') !== true || last.label === 'not sent';
    return isAnswered && to.contextValue?.includes('idle');
  }, `the end of the answer to "${text}"`);
}

export function thread(index = 0): vscode.CommentThread {
  const found = ui.threads[index];
  assert.ok(found, 'There is no such thread.');
  return found;
}

/** A negative index counts from the last comment. */
export function commentText(index: number, source = thread()): string {
  const body = source.comments.at(index)?.body;
  return typeof body === 'string' ? body : (body?.value ?? '');
}
