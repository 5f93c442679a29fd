// Starts the VS Code server from the npm package code-server on the loopback address, with a random port and token.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureServer } from '../bootstrap.mjs';
import { onExit } from './cleanup.mjs';

const endWithParent = fileURLToPath(new URL('./endWithParent.cjs', import.meta.url));
const writeLogs = fileURLToPath(new URL('./writeLogs.cjs', import.meta.url));
const recordHosts = fileURLToPath(new URL('./recordHosts.cjs', import.meta.url));
const isWindows = process.platform === 'win32';

/** Turns off welcome pages, tips, updates and telemetry. */
export const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'files.simpleDialog.enable': true,
  // VS Code would download the JSON schema of every package.json.
  'json.schemaDownload.enable': false,
};

/**
 * Built-in extensions that the tests don't need. The one for TypeScript would show an error, because the server's package
 * has no compiler.
 */
const UNUSED_EXTENSIONS = [
  ...desktopOnlyExtensions(),
  'vscode.emmet',
  'vscode.git-base',
  'vscode.github-authentication',
  'vscode.merge-conflict',
  'vscode.npm',
  'vscode.typescript-language-features',
];

/** Built-in extensions that don't exist in VS Code for the Web either. */
export function desktopOnlyExtensions() {
  return [
    'GitHub.copilot-chat',
    'ms-vscode.js-debug',
    'ms-vscode.js-debug-companion',
    'ms-vscode.vscode-js-profile-table',
    'vscode.debug-auto-launch',
    'vscode.git',
    'vscode.github',
    'vscode.grunt',
    'vscode.gulp',
    'vscode.jake',
    'vscode.microsoft-authentication',
    'vscode.terminal-suggest',
    'vscode.tunnel-forwarding',
  ];
}

/**
 * @typedef {object} ServerOptions
 * @property {Record<string, unknown>} [settings] user settings, merged over `QUIET_SETTINGS`
 * @property {readonly object[]} [keybindings] the user's keybindings.json
 * @property {string} [dataDir] data folder (default: a temporary one, removed on exit)
 * @property {string} [extensionsDir] folder of installed extensions (default: in the data folder)
 * @property {boolean} [isOldest] starts the oldest supported VS Code
 * @property {boolean} [testDriver] allows the page to run a test module in its extension host
 * @property {boolean} [git] enables VS Code's Git extension, which needs git on the machine
 * @property {Record<string, string>} [env] environment variables of the extension host
 * @property {string} [hostsFile] receives every host that the server or an extension connects to
 */

/**
 * @typedef {object} Server
 * @property {string} url to open in a browser, with the token
 * @property {string} origin
 * @property {string} authority host and port, as in `vscode-remote://` URIs
 * @property {string} token
 * @property {string} dataDir
 * @property {() => Promise<void>} stop kills the server with its children and removes a temporary data folder
 * @property {Promise<number | null>} ended resolves with the exit code of the server process
 */

/**
 * Starts a server and waits until it listens.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer(options = {}) {
  const { folder, node } = ensureServer(options);
  const isTemporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-server-'));
  writeUserFiles(dataDir, options);
  const token = crypto.randomBytes(24).toString('hex');
  // In a private file, because command lines are visible to all users of the machine.
  fs.writeFileSync(path.join(dataDir, 'token'), token, { mode: 0o600 });
  const child = spawn(node, serverArguments(scriptOf(folder), dataDir, options), {
    // A separate process group on POSIX, so that the extension hosts can be killed with the server.
    detached: !isWindows,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      VSCODE_SKIP_BUILTIN_EXTENSIONS: skippedExtensions(options).join(','),
      // No marketplace, so that the window does not query it.
      EXTENSIONS_GALLERY: '{}',
      ...(options.hostsFile === undefined ? {} : { QUILLET_HOSTS: options.hostsFile }),
      ...options.env,
    },
  });
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  const stop = onExit(() => {
    killTree(child);
    if (isTemporary) {
      removeFolder(dataDir);
    }
  });
  try {
    const port = await listeningPort(child);
    const authority = `127.0.0.1:${port}`;
    const origin = `http://${authority}`;
    return { url: `${origin}/?tkn=${token}`, origin, authority, token, dataDir, stop, ended };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Installs a packaged extension into a data folder through the server's command line.
 * @param {string} dataDir
 * @param {string} vsixFile
 */
export function installExtension(dataDir, vsixFile) {
  const { folder, node } = ensureServer();
  fs.mkdirSync(dataDir, { recursive: true });
  const args = [
    scriptOf(folder),
    '--server-data-dir',
    dataDir,
    '--install-extension',
    vsixFile,
    '--accept-server-license-terms',
  ];
  const result = spawnSync(node, args, { encoding: 'utf8' });
  if (result.status !== 0 || !result.stdout.includes('was successfully installed')) {
    throw new Error(`Couldn't install the extension:\n${result.stdout}${result.stderr}`);
  }
}

/**
 * Removes a folder with retries: on Windows, files stay locked briefly after their process exited.
 * @param {string} folder
 */
export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function skippedExtensions({ git = false }) {
  return git
    ? UNUSED_EXTENSIONS.filter((id) => !id.startsWith('vscode.git') || id.startsWith('vscode.github'))
    : UNUSED_EXTENSIONS;
}

/** @param {string} folder */
function scriptOf(folder) {
  return path.join(folder, 'out', 'server-main.js');
}

function serverArguments(serverScript, dataDir, options) {
  return [
    '--require',
    endWithParent,
    '--require',
    writeLogs,
    ...(options.hostsFile === undefined ? [] : ['--require', recordHosts]),
    serverScript,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--connection-token-file',
    path.join(dataDir, 'token'),
    '--accept-server-license-terms',
    '--server-data-dir',
    dataDir,
    '--disable-telemetry',
    '--disable-experiments',
    '--reconnection-grace-time',
    '5',
    ...(options.extensionsDir === undefined ? [] : ['--extensions-dir', options.extensionsDir]),
    // Without this flag, built versions of VS Code ignore the test module in the URL.
    ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
  ];
}

function writeUserFiles(dataDir, options) {
  const user = path.join(dataDir, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  const settingsFile = path.join(user, 'settings.json');
  const keepsSettings = options.dataDir !== undefined && options.settings === undefined && fs.existsSync(settingsFile);
  if (!keepsSettings) {
    fs.writeFileSync(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, undefined, 2));
  }
  if (options.keybindings !== undefined) {
    fs.writeFileSync(path.join(user, 'keybindings.json'), JSON.stringify(options.keybindings));
  }
}

function listeningPort(child) {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`The VS Code server ${reason}.\n${output}`));
    const timer = setTimeout(fail, 60_000, 'did not start listening within a minute');
    child.on('error', (error) => fail(`failed to start: ${error.message}`));
    child.on('exit', (code) => fail(`exited with code ${code}`));
    // Warnings about missing native modules are harmless, but the pipe must be drained.
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const match = /agent listening on (\d+)/.exec(output);
      if (match !== null) {
        clearTimeout(timer);
        resolve(Number(match[1]));
      }
    });
  });
}

function killTree(child) {
  if (child.exitCode !== null || child.pid === undefined) {
    return;
  }
  if (isWindows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The process has already exited.
  }
}
