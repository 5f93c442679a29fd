import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';
import { notifications, see, seeExtension, typeIntoBox } from '../../../scripts/demo/driver.mjs';
import { launchBrowser } from '../../../scripts/lib/browser.mjs';
import { onExit } from '../../../scripts/lib/cleanup.mjs';
import { installExtension, removeFolder, startServer } from '../../../scripts/lib/server.mjs';
import { openWorkbench } from '../../../scripts/lib/workbench.mjs';
import { searchLeaks } from './leaks';
import { waitUntil } from './screen';

const CTRL_OR_CMD = process.platform === 'darwin' ? 'Meta' : 'Control';

export interface WorkbenchOptions {
  /** User settings, over the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files of the workspace folder by name, in addition to those of test/fixtures/workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** One of `files`: a `.code-workspace` file to open instead of the folder. */
  readonly workspaceFile?: string;
  /** Commits the folder to a Git repository and starts VS Code's Git extension. */
  readonly git?: boolean;
  /** Installs the extension of test/fixtures/models. */
  readonly languageModels?: boolean;
  /** Environment variables of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A VS Code window with the packaged extension installed and a folder open. */
export interface Workbench {
  readonly page: Page;
  /** A copy of the workspace folder. */
  readonly folder: string;
  /** Data and logs of the server. */
  readonly dataDir: string;
  /** Runs a command from the Command Palette by its title. */
  runCommand(title: string): Promise<void>;
  /** The commands that the Command Palette lists for a query. */
  listedCommands(query: string): Promise<string[]>;
  /** Presses keys in sequence. `Control` means Cmd on macOS. */
  press(...keys: string[]): Promise<void>;
  /** The visible text of the active editor. */
  editorText(): Promise<string>;
  /** Saves the active editor and reads this file from disk. */
  savedText(name: string): Promise<string>;
  comments(): Promise<string[]>;
  statusBar(): Promise<string[]>;
  notifications(): Promise<string[]>;
  /** Saves a screenshot in test-results. */
  screenshot(name: string): Promise<void>;
  /** Reloads the window. */
  reload(): Promise<void>;
  /** Lists leaked keys and requests to other machines, see `leaks.ts`. The window can't be used afterwards. */
  findLeaks(): Promise<readonly string[]>;
  /** Closes everything. Fails if {@link findLeaks} finds anything. */
  close(): Promise<void>;
}

const QUICK_SETTINGS = {
  'http.proxySupport': 'off',
  // VS Code in a browser saves automatically, which would hide whether a command wrote to disk.
  'files.autoSave': 'off',
  // Drawing and animating what no test looks at takes time.
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.stickyScroll.enabled': false,
  'workbench.reduceMotion': 'on',
};

/** Opens a new window with its own data folder. */
export async function launchWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-e2e-'));
  const removeHome = onExit(() => removeFolder(home));
  const dataDir = path.join(home, 'data');
  fs.cpSync(installedExtensions(), path.join(dataDir, 'extensions'), { recursive: true });
  const folder = writeWorkspace(path.join(home, 'workspace'), options.files ?? {});
  const { git = false, languageModels = false } = options;
  if (languageModels) installModels(path.join(dataDir, 'extensions'));
  if (git) commitAll(folder);
  const settings = { ...QUICK_SETTINGS, ...options.settings };
  const hostsFile = path.join(home, 'hosts.txt');
  const [server, browser] = await Promise.all([
    startServer({ dataDir, settings, hostsFile, git, env: { ...options.env }, testDriver: languageModels }),
    launchBrowser(),
  ]);
  const pageHosts: string[] = [];
  const page = await openWorkbench(server, browser, {
    folder,
    hosts: pageHosts,
    // For models that need consent.
    ...(languageModels ? { payload: { enableProposedApi: 'true' } } : {}),
    ...(options.workspaceFile === undefined ? {} : { workspaceFile: path.join(folder, options.workspaceFile) }),
  });
  await seeExtension(page);
  const findLeaks = (): Promise<readonly string[]> =>
    searchLeaks({ page, origin: server.origin, home, hostsFile, pageHosts });
  return {
    page,
    folder,
    dataDir,
    ...actions(page),
    savedText: (name) => saveAndRead(page, path.join(folder, name)),
    findLeaks,
    close: async () => {
      const leaks = await findLeaks();
      await browser.close();
      await server.stop();
      await removeHome();
      assert.deepEqual(leaks, [], 'keys or requests left behind');
    },
  };
}

/** Saves a screenshot if the test failed. */
export async function saveFailureScreenshot(workbench: Workbench, test: Mocha.Test | undefined): Promise<void> {
  if (test?.state !== 'passed' && test !== undefined) {
    await saveScreenshot(workbench.page, `failed ${test.title.slice(0, 60)}`);
  }
}

async function saveScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join('test-results', `${name}.png`) });
}

let extensionsTemplate: string | undefined;

/** Installs the packaged extension once through the server's command line. Each window gets a copy. */
function installedExtensions(): string {
  if (extensionsTemplate === undefined) {
    const vsix = process.env['QUILLET_VSIX'];
    if (vsix === undefined) {
      throw new Error('QUILLET_VSIX is not set. Run the tests with "npm test -- --e2e".');
    }
    const template = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-installed-'));
    onExit(() => removeFolder(template));
    installExtension(template, vsix);
    extensionsTemplate = path.join(template, 'extensions');
  }
  return extensionsTemplate;
}

function installModels(extensions: string): void {
  const relativeLocation = 'quillet-tests.models-0.0.1';
  const folder = path.join(extensions, relativeLocation);
  fs.cpSync('test/fixtures/models', folder, { recursive: true });
  const list = path.join(extensions, 'extensions.json');
  const identifier = { id: 'quillet-tests.models' };
  const location = { $mid: 1, path: folder, scheme: 'file' };
  const installed: unknown[] = JSON.parse(fs.readFileSync(list, 'utf8'));
  fs.writeFileSync(list, JSON.stringify([...installed, { identifier, version: '0.0.1', location, relativeLocation }]));
}

function writeWorkspace(folder: string, files: Readonly<Record<string, string>>): string {
  fs.cpSync('test/fixtures/workspace', folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** Creates a Git repository in a folder and commits all its files. */
export function commitAll(folder: string): void {
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];
  for (const args of [['init'], ['add', '--all'], [...author, 'commit', '--message', 'Begin']]) runGit(folder, ...args);
}

/** Runs git without the user's and the system's configuration. Returns its output. */
export function runGit(folder: string, ...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: os.devNull, GIT_CONFIG_SYSTEM: os.devNull };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function actions(page: Page): Omit<Workbench, 'page' | 'folder' | 'dataDir' | 'savedText' | 'findLeaks' | 'close'> {
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key.replace('Control', CTRL_OR_CMD));
    }
  };
  const openPalette = async (query: string): Promise<void> => {
    await press('F1');
    await typeIntoBox(page, `>${query}`);
  };
  return {
    press,
    runCommand: async (title) => {
      await openPalette(title);
      // The label of a row is the title, then the keybinding and "recently used".
      await (
        await see(page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`), `the command "${title}"`)
      ).click();
    },
    listedCommands: async (query) => {
      await openPalette(query);
      const names = await allRows(page);
      await press('Escape');
      return names;
    },
    editorText: () => shownText(page),
    comments: () => page.locator('.review-widget .review-comment .comment-body').allInnerTexts(),
    statusBar: async () => {
      const texts = await page.locator('.statusbar-item[id*="quillet" i]').allInnerTexts();
      return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
    },
    notifications: () => notifications(page),
    screenshot: (name) => saveScreenshot(page, name),
    reload: async () => {
      await page.reload();
      await see(page.locator('.monaco-workbench .part.statusbar'), 'the reloaded window', 60_000);
    },
  };
}

/** The labels of all rows of the open quick pick. The list is virtual: only visible rows exist. */
async function allRows(page: Page): Promise<string[]> {
  const rows = page.locator('.quick-input-list .monaco-list-row');
  const names = new Map<string, string>();
  let shownSize = '';
  await waitUntil('all rows have been visible', async () => {
    const shown = await rows.evaluateAll((all) =>
      all.map((row) => ({
        position: row.getAttribute('aria-posinset') ?? '',
        size: row.getAttribute('aria-setsize') ?? '',
        name: row.querySelector('.label-name')?.textContent ?? '',
      })),
    );
    for (const { position, size, name } of shown) {
      // The list has just been filtered.
      if (size !== shownSize) names.clear();
      shownSize = size;
      names.set(position, name);
    }
    if (names.size === Number(shownSize)) return true;
    await page.keyboard.press('PageDown');
    return false;
  });
  return [...names.values()];
}

/** The visible lines of the active editor from top to bottom, without those of a reply box. */
function shownText(page: Page): Promise<string> {
  const lines = page.locator('.editor-group-container.active .editor-instance .view-lines .view-line');
  return lines.evaluateAll((all) =>
    all
      .filter((line) => line.closest('.review-widget') === null)
      .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
      .sort((left, right) => left.top - right.top)
      .map(({ text }) => text.replaceAll('\u00a0', ' '))
      .join('\n'),
  );
}

async function saveAndRead(page: Page, file: string): Promise<string> {
  const before = fs.statSync(file).mtimeMs;
  await page.keyboard.press(`${CTRL_OR_CMD}+s`);
  await waitUntil(`${path.basename(file)} is saved`, () => fs.statSync(file).mtimeMs > before);
  await see(page.locator('.tab.active:not(.dirty)'), `${path.basename(file)} without unsaved changes`);
  return fs.readFileSync(file, 'utf8');
}
