import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';
import { notifications, see, seeExtension, typeIntoBox } from '../../../scripts/demo/driver.mjs';
import { launchBrowser } from '../../../scripts/lib/browser.mjs';
import { onEnd } from '../../../scripts/lib/cleanup.mjs';
import { installExtension, removeFolder, startServer } from '../../../scripts/lib/server.mjs';
import { openWorkbench } from '../../../scripts/lib/workbench.mjs';
import { until } from './screen';
import { tracesLeft } from './traces';

const mainKey = process.platform === 'darwin' ? 'Meta' : 'Control';

export interface JourneyOptions {
  /** User settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the workspace folder, by name, beside those of test/fixtures/workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** One of the files, which says what folders the workspace has. */
  readonly workspaceFile?: string;
  /** Whether the folder is a Git repository with its files committed, and VS Code's own Git extension runs. */
  readonly git?: boolean;
  /** Environment variables that the extension can see. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A window of VS Code with the packaged extension installed, a folder open, and a person's means to use it. */
export interface Journey {
  readonly page: Page;
  /** The workspace folder, a copy that belongs to this journey. */
  readonly folder: string;
  /** Where the server keeps all its data and logs. */
  readonly dataDir: string;
  /** Runs a command by its title in the command palette. */
  runCommand(title: string): Promise<void>;
  /** The commands that the palette lists for some words. */
  listedCommands(words: string): Promise<string[]>;
  /** Presses keys one after the other; `Control` stands for the main key of this system. */
  press(...keys: string[]): Promise<void>;
  /** The text of the active editor as it is shown. Long files are shown in part. */
  editorText(): Promise<string>;
  /** Saves the active editor, and reads the file of this name as it is on the disk then. */
  savedText(name: string): Promise<string>;
  /** The bodies of the comments of all threads in view. */
  comments(): Promise<string[]>;
  /** The texts of Quillet's status bar items. */
  statusBar(): Promise<string[]>;
  /** The messages of all notifications in view. */
  notifications(): Promise<string[]>;
  /** Keeps a picture in test-results. */
  screenshot(name: string): Promise<void>;
  /** Loads the window anew, as "Developer: Reload Window" does. */
  reload(): Promise<void>;
  /** Where a key was left, and who was spoken to: see `traces.ts`. The window is of no use afterwards. */
  traces(): Promise<readonly string[]>;
  /** Ends everything, and fails where {@link traces} has anything to tell. */
  close(): Promise<void>;
}

/** Opens a new window, with data of its own. */
export async function startJourney(options: JourneyOptions = {}): Promise<Journey> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-journey-'));
  const removeHome = onEnd(() => removeFolder(home));
  const dataDir = path.join(home, 'data');
  fs.cpSync(installedExtensions(), path.join(dataDir, 'extensions'), { recursive: true });
  const folder = writeWorkspace(path.join(home, 'workspace'), options.files ?? {});
  const { git = false } = options;
  if (git) commitAll(folder);
  // In a browser VS Code saves by itself, so that a file on disk would say nothing about what a command wrote.
  const settings = { 'http.proxySupport': 'off', 'files.autoSave': 'off', ...options.settings };
  const hostsFile = path.join(home, 'hosts.txt');
  const [server, browser] = await Promise.all([
    startServer({ dataDir, settings, hostsFile, git, env: { ...options.env } }),
    launchBrowser(),
  ]);
  const pageHosts: string[] = [];
  const page = await openWorkbench(server, browser, {
    folder,
    hosts: pageHosts,
    ...(options.workspaceFile === undefined ? {} : { workspaceFile: path.join(folder, options.workspaceFile) }),
  });
  await seeExtension(page);
  const traces = (): Promise<readonly string[]> =>
    tracesLeft({ page, origin: server.origin, home, hostsFile, pageHosts });
  return {
    page,
    folder,
    dataDir,
    ...actions(page),
    savedText: (name) => saveAndRead(page, path.join(folder, name)),
    traces,
    close: async () => {
      const left = await traces();
      await browser.close();
      await server.stop();
      await removeHome();
      assert.deepEqual(left, [], 'R19, need 43: left behind');
    },
  };
}

/** Keeps a picture of the window in which a story failed. One that is tried again has no state yet. */
export async function keepFailure(journey: Journey, story: Mocha.Test | undefined): Promise<void> {
  if (story?.state !== 'passed' && story !== undefined) await journey.screenshot(`failed ${story.title.slice(0, 60)}`);
}

let installed: string | undefined;

/** The packaged extension is installed once, by the server's own command line, and each journey gets a copy of that. */
function installedExtensions(): string {
  if (installed === undefined) {
    const vsix = process.env['QUILLET_VSIX'];
    if (vsix === undefined) {
      throw new Error('QUILLET_VSIX does not name the package: run the journeys with "npm test -- --e2e".');
    }
    const template = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-installed-'));
    onEnd(() => removeFolder(template));
    installExtension(template, vsix);
    installed = path.join(template, 'extensions');
  }
  return installed;
}

function writeWorkspace(folder: string, files: Readonly<Record<string, string>>): string {
  fs.cpSync('test/fixtures/workspace', folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** Makes a repository of a folder, with everything in it committed. */
export function commitAll(folder: string): void {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];
  for (const args of [['init'], ['add', '--all'], [...who, 'commit', '--message', 'Begin']]) runGit(folder, ...args);
}

/** Runs git without whatever this machine has configured for it, and gives back what it prints. */
export function runGit(folder: string, ...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: os.devNull, GIT_CONFIG_SYSTEM: os.devNull };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function actions(page: Page): Omit<Journey, 'page' | 'folder' | 'dataDir' | 'savedText' | 'traces' | 'close'> {
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key.replace('Control', mainKey));
    }
  };
  const openPalette = async (words: string): Promise<void> => {
    await press('F1');
    await typeIntoBox(page, `>${words}`);
  };
  return {
    press,
    runCommand: async (title) => {
      await openPalette(title);
      // A command is listed with its shortcut and, when it was just used, with a note; its name begins its label.
      await (
        await see(page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`), `the command "${title}"`)
      ).click();
    },
    listedCommands: async (words) => {
      await openPalette(words);
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await see(rows, 'a command in the palette');
      // Only the rows in view are there; the list goes on from its first when its end is passed.
      const names = new Set<string>();
      for (let before = -1; names.size > before; ) {
        before = names.size;
        for (const name of await rows.locator('.label-name').allInnerTexts()) names.add(name);
        // The first press goes to the last row in view.
        await press('PageDown', 'PageDown');
        await page.waitForTimeout(100);
      }
      await press('Escape');
      return [...names];
    },
    editorText: () => shownText(page),
    comments: () => page.locator('.review-widget .review-comment .comment-body').allInnerTexts(),
    statusBar: async () => {
      const texts = await page.locator('.statusbar-item[id*="quillet" i]').allInnerTexts();
      return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
    },
    notifications: () => notifications(page),
    screenshot: async (name) => {
      await page.screenshot({ path: path.join('test-results', `${name}.png`) });
    },
    reload: async () => {
      await page.reload();
      await see(page.locator('.monaco-workbench .part.statusbar'), 'the window after it was loaded anew', 60_000);
    },
  };
}

/** The lines of the active editor, in the order in which they are shown, without those of a reply box. */
function shownText(page: Page): Promise<string> {
  const lines = page.locator('.editor-group-container.active .editor-instance .view-lines .view-line');
  return lines.evaluateAll((all) =>
    all
      .filter((line) => line.closest('.review-widget') === null)
      .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text.replaceAll('\u00a0', ' '))
      .join('\n'),
  );
}

/** Presses the keys that save, and reads the file once VS Code has written it. */
async function saveAndRead(page: Page, file: string): Promise<string> {
  const before = fs.statSync(file).mtimeMs;
  await page.keyboard.press(`${mainKey}+s`);
  await until(`${path.basename(file)} is saved`, () => fs.statSync(file).mtimeMs > before);
  await see(page.locator('.tab.active:not(.dirty)'), `${path.basename(file)} without unsaved changes`);
  return fs.readFileSync(file, 'utf8');
}
