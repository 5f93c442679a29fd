// Starts VS Code with a test module in its extension host, through @vscode/test-electron: the desktop build where it can
// be had, else the server.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { forget, onEnd } from './cleanup.mjs';
import { inProject } from './paths.mjs';
import { quietSettings } from './server.mjs';

/** What the tests do not look at, and what takes the window a tenth of their time to draw. */
const plainSettings = {
  ...quietSettings,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'breadcrumbs.enabled': false,
  'workbench.reduceMotion': 'on',
};

const serverHost = fileURLToPath(new URL('./vscodeHost.mjs', import.meta.url));

/**
 * @typedef {object} HostRun
 * @property {string} extension the folder of the extension under development
 * @property {string} [installed] a folder of installed extensions; without it there are none
 * @property {string} tests the test module
 * @property {string} workspace
 * @property {string} userData
 * @property {boolean} isWeb whether the extension runs in the web worker host
 */

/**
 * Starts VS Code and waits for its end. Results come through the report server; the output only matters when it breaks.
 * @param {string | undefined} executable
 * @param {HostRun} run
 * @returns {Promise<string>} what it printed
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
  // test-electron ends VS Code at SIGINT and at nothing else.
  const interrupt = () => void process.emit('SIGINT');
  onEnd(interrupt);
  const flags = [
    `--user-data-dir=${run.userData}`,
    `--extensions-dir=${run.installed ?? path.join(run.userData, 'extensions')}`,
    ...(run.isWeb ? ['--extensionDevelopmentKind=web'] : []),
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
    forget(interrupt);
  }
  return output;
}

/**
 * The desktop build of VS Code, downloaded once, or undefined where it cannot be had or shown. `QUILLET_VSCODE` says
 * otherwise: `server`, or a version such as `stable` or `1.105.0`.
 */
export async function findVscode() {
  const wanted = process.env.QUILLET_VSCODE;
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  if (wanted === 'server' || (wanted === undefined && !(hasScreen && (await canDownload())))) {
    return undefined;
  }
  return downloadAndUnzipVSCode({ version: wanted ?? 'stable', cachePath: inProject('.vscode-test') });
}

/** One short question, since the download itself tries for a long time. */
async function canDownload() {
  try {
    const url = 'https://update.code.visualstudio.com/api/releases/stable';
    return (await fetch(url, { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}

/**
 * Writes the user's settings: quiet ones, what the tests are told, and more where asked for.
 * @param {string} folder
 * @param {Record<string, unknown>} runSettings
 * @param {Record<string, unknown>} [settings]
 */
export function writeUserData(folder, runSettings, settings = {}) {
  const entries = Object.entries(runSettings).map(([key, value]) => [`quilletTest.${key}`, value]);
  // The tests talk to this machine only, whatever proxy it has.
  const all = { ...plainSettings, 'http.proxySupport': 'off', ...settings, ...Object.fromEntries(entries) };
  fs.mkdirSync(path.join(folder, 'User'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'User', 'settings.json'), JSON.stringify(all));
  return folder;
}
