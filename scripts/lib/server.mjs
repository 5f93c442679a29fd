// Starts the real VS Code server from the npm package code-server: loopback only, a random port and a random token.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureServerPackages } from '../bootstrap.mjs';
import { onEnd } from './cleanup.mjs';
import { inProject } from './paths.mjs';

const serverScript = inProject('node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
const endWithParent = fileURLToPath(new URL('./endWithParent.cjs', import.meta.url));
const recordHosts = fileURLToPath(new URL('./recordHosts.cjs', import.meta.url));
const isWindows = process.platform === 'win32';

/** Settings that keep a window quiet, so that what is seen and tested is the extension. */
export const quietSettings = {
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
  // VS Code itself would ask the store of schemas about every package.json.
  'json.schemaDownload.enable': false,
};

/**
 * Built-in extensions that have no part in this and only cost time or show notices: the one for TypeScript misses its
 * compiler, which is no part of the server's package.
 */
const unused = [
  ...withoutWebForm(),
  'vscode.emmet',
  'vscode.git-base',
  'vscode.github-authentication',
  'vscode.merge-conflict',
  'vscode.npm',
  'vscode.typescript-language-features',
];

/** Those of them that a page in a browser does not look for either, and so does not miss. */
export function withoutWebForm() {
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
 * @property {Record<string, unknown>} [settings] user settings, over `quietSettings`
 * @property {readonly object[]} [keybindings] the user's keybindings.json
 * @property {string} [dataDir] a folder to keep; without it a temporary one is made and removed at the end
 * @property {string} [extensionsDir] a folder of installed extensions, instead of the one in the data folder
 * @property {boolean} [testDriver] lets the page run a test module in its extension host
 * @property {boolean} [git] starts VS Code's own Git extension, which needs git on the machine
 * @property {Record<string, string>} [env] environment variables of the extension host
 * @property {string} [hostsFile] where every host is written down that the server or an extension in it connects to
 */

/**
 * @typedef {object} Server
 * @property {string} url the address to open in a browser, with the token
 * @property {string} origin scheme, host and port
 * @property {string} authority host and port, as in `vscode-remote://` addresses
 * @property {string} token
 * @property {string} dataDir
 * @property {() => Promise<void>} stop ends the server with all its children and removes a temporary data folder
 * @property {Promise<number | null>} ended settles when the server process ends, whoever ended it
 */

/**
 * Starts a server and waits until it listens.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer(options = {}) {
  ensureServerPackages();
  const isTemporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-server-'));
  writeUserFiles(dataDir, options);
  const token = crypto.randomBytes(24).toString('hex');
  // In a file of our own, since everyone on the machine can read a command line.
  fs.writeFileSync(path.join(dataDir, 'token'), token, { mode: 0o600 });
  const child = spawn(process.execPath, serverArguments(dataDir, options), {
    // Its own process group on POSIX, so that it can be ended together with the extension hosts.
    detached: !isWindows,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      VSCODE_SKIP_BUILTIN_EXTENSIONS: skipped(options).join(','),
      // No marketplace, which the window would ask for its lists.
      EXTENSIONS_GALLERY: '{}',
      ...(options.hostsFile === undefined ? {} : { QUILLET_HOSTS: options.hostsFile }),
      ...options.env,
    },
  });
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  const stop = onEnd(() => {
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
 * Installs a packaged extension into a data folder, by the server's own command line.
 * @param {string} dataDir
 * @param {string} vsixFile
 */
export function installExtension(dataDir, vsixFile) {
  ensureServerPackages();
  fs.mkdirSync(dataDir, { recursive: true });
  const args = [
    serverScript,
    '--server-data-dir',
    dataDir,
    '--install-extension',
    vsixFile,
    '--accept-server-license-terms',
  ];
  const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (result.status !== 0 || !result.stdout.includes('was successfully installed')) {
    throw new Error(`The extension could not be installed:\n${result.stdout}${result.stderr}`);
  }
}

/**
 * Removes a folder, patiently: on Windows a file stays locked for a moment after its process ended.
 * @param {string} folder
 */
export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function skipped({ git = false }) {
  return git ? unused.filter((id) => !id.startsWith('vscode.git') || id.startsWith('vscode.github')) : unused;
}

function serverArguments(dataDir, options) {
  return [
    '--require',
    endWithParent,
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
    // Without it a built VS Code ignores the test module in the page's address.
    ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
  ];
}

function writeUserFiles(dataDir, options) {
  const user = path.join(dataDir, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  const settingsFile = path.join(user, 'settings.json');
  const isKept = options.dataDir !== undefined && options.settings === undefined && fs.existsSync(settingsFile);
  if (!isKept) {
    fs.writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
  }
  if (options.keybindings !== undefined) {
    fs.writeFileSync(path.join(user, 'keybindings.json'), JSON.stringify(options.keybindings));
  }
}

function listeningPort(child) {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`The VS Code server ${reason}.\n${output}`));
    const timer = setTimeout(fail, 60_000, 'did not listen within a minute');
    child.on('error', (error) => fail(`could not be started: ${error.message}`));
    child.on('exit', (code) => fail(`ended with ${code}`));
    // It complains about native modules that are not built. They are harmless here, and the pipe must be emptied.
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
    // It ended by itself in the meantime.
  }
}
