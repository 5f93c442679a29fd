// Runs a test module in VS Code's extension host through @vscode/test-electron: the desktop build if available, else the
// server.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cancelCleanup, onExit } from './cleanup.mjs';
import { inProject } from './paths.mjs';
import { QUIET_SETTINGS } from './server.mjs';

/** Turns off features that the tests don't need; drawing them takes a third of the CPU time. */
const TEST_SETTINGS = {
  ...QUIET_SETTINGS,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'breadcrumbs.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.semanticHighlighting.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.bracketPairColorization.enabled': false,
  'editor.matchBrackets': 'never',
  'workbench.iconTheme': null,
  'explorer.autoReveal': false,
  'remote.autoForwardPorts': false,
  // As on the desktop. VS Code in a browser saves one second after each edit.
  'files.autoSave': 'off',
  // Otherwise VS Code asks about U+2028 and removes it.
  'editor.unusualLineTerminators': 'off',
  'workbench.reduceMotion': 'on',
};

/** The extension whose language models the tests use. VS Code asks for consent only if it uses a proposed API. */
export const MODELS_EXTENSION = 'quillet-tests.models';

const serverHost = fileURLToPath(new URL('./vscodeHost.mjs', import.meta.url));

/**
 * @typedef {object} HostRun
 * @property {string} extension folder of the extension under development
 * @property {string} [installed] folder of installed extensions (default: none)
 * @property {string} tests path of the test module
 * @property {string} workspace
 * @property {string} userData
 * @property {boolean} [isOldest] whether to run the oldest supported VS Code, as a server
 * @property {boolean} isWeb whether the extension runs in the web worker host
 */

/**
 * Starts VS Code and waits until it exits. Test results arrive through the report server.
 * @param {string | undefined} executable
 * @param {HostRun} run
 * @returns {Promise<string>} the output, for diagnosing failures
 */
export async function runInVscode(executable, run) {
  let output = '';
  const sink = () =>
    new Writable({
      write: (chunk, _encoding, done) => {
        output += chunk;
        done();
      },
    });
  // test-electron stops VS Code on SIGINT only.
  const interrupt = () => void process.emit('SIGINT');
  onExit(interrupt);
  const flags = [
    `--user-data-dir=${run.userData}`,
    `--extensions-dir=${run.installed ?? path.join(run.userData, 'extensions')}`,
    ...(run.isWeb ? ['--extensionDevelopmentKind=web'] : []),
    ...(run.isOldest ? ['--oldest'] : []),
    `--enable-proposed-api=${MODELS_EXTENSION}`,
  ];
  try {
    await runTests({
      vscodeExecutablePath: executable ?? process.execPath,
      launchArgs: [...(executable === undefined ? [serverHost] : []), run.workspace, ...flags],
      extensionDevelopmentPath: run.extension,
      extensionTestsPath: run.tests,
      stdout: sink(),
      stderr: sink(),
    });
  } catch (error) {
    output += `${error}\n`;
  } finally {
    cancelCleanup(interrupt);
  }
  return output;
}

/**
 * The desktop build of VS Code, downloaded once; undefined without a screen or a connection. `QUILLET_VSCODE` overrides
 * the choice: `server`, or a version such as `stable` or `1.105.0`.
 */
export async function findVscode() {
  const requested = process.env.QUILLET_VSCODE;
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  if (requested === 'server' || (requested === undefined && !(hasScreen && (await canDownload())))) {
    return undefined;
  }
  return downloadAndUnzipVSCode({ version: requested ?? 'stable', cachePath: inProject('.vscode-test') });
}

/** Fails fast: without a connection, the download itself retries for a long time. */
async function canDownload() {
  try {
    const url = 'https://update.code.visualstudio.com/api/releases/stable';
    return (await fetch(url, { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}

/**
 * Writes the user settings, including `runSettings` for the test runner inside VS Code.
 * @param {string} folder
 * @param {Record<string, unknown>} runSettings
 * @param {Record<string, unknown>} [settings]
 */
export function writeUserData(folder, runSettings, settings = {}) {
  const entries = Object.entries(runSettings).map(([key, value]) => [`quilletTest.${key}`, value]);
  // The tests only connect to this machine; ignore its proxy.
  const all = { ...TEST_SETTINGS, 'http.proxySupport': 'off', ...settings, ...Object.fromEntries(entries) };
  fs.mkdirSync(path.join(folder, 'User'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'User', 'settings.json'), JSON.stringify(all));
  return folder;
}
