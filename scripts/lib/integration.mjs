// Runs the integration tests in an extension host, through @vscode/test-electron.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { forget, onEnd } from './cleanup.mjs';
import { startModelServer } from './modelServer.mjs';
import { inProject, root } from './paths.mjs';
import { startReportServer } from './reportServer.mjs';
import { Results } from './results.mjs';
import { quietSettings, removeFolder } from './server.mjs';

const serverHost = fileURLToPath(new URL('./vscodeHost.mjs', import.meta.url));

/**
 * Runs the tests once.
 * @param {{ isWeb: boolean, grep: string }} options
 */
export async function runIntegration({ isWeb, grep }) {
  const executable = await findVscode();
  const results = new Results(
    `integration (${isWeb ? 'web' : 'node'}, ${executable === undefined ? 'server' : 'desktop'})`,
  );
  results.announce();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-test-'));
  const removeAll = onEnd(() => removeFolder(folder));
  const modelServer = await startModelServer();
  const reportServer = await startReportServer((event) => results.add(event));
  const settings = { reportUrl: reportServer.url, modelServerUrl: modelServer.url, grep, isWeb };
  const run = {
    ...(isWeb
      ? copyForWeb(path.join(folder, 'extension'))
      : { extension: root, tests: inProject('out', 'test', 'integration.js') }),
    workspace: copyWorkspace(path.join(folder, 'workspace')),
    userData: writeUserData(path.join(folder, 'user'), settings),
    isWeb,
  };
  const output = await runInVscode(executable, run);
  if (!results.isComplete || process.env.QUILLET_VERBOSE !== undefined) {
    process.stdout.write(output);
  }
  await Promise.all([modelServer.close(), reportServer.close()]);
  keepScreenshot(run.userData, isWeb);
  await removeAll();
  return results.finish();
}

/** Starts VS Code and waits for its end. Results come through the report server; the output only matters when it breaks. */
async function runInVscode(executable, run) {
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
    '--disable-extensions',
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
async function findVscode() {
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

/** The extension as a web-only one: a manifest with `main` would be started in the Node host. */
function copyForWeb(folder) {
  const manifest = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  const { main: _main, scripts: _scripts, devDependencies: _devDependencies, ...rest } = manifest;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...rest, extensionKind: ['web'] }));
  for (const name of ['dist/web', 'media', 'l10n', 'package.nls.json']) {
    if (fs.existsSync(inProject(name))) {
      fs.cpSync(inProject(name), path.join(folder, name), { recursive: true });
    }
  }
  // VS Code runs a test module in the host of the extension that it lies in, so the tests go along.
  const tests = path.join(folder, 'integration.js');
  fs.copyFileSync(inProject('out', 'test', 'web', 'integration.js'), tests);
  return { extension: folder, tests };
}

function copyWorkspace(folder) {
  fs.cpSync(inProject('test', 'fixtures', 'workspace'), folder, { recursive: true });
  return folder;
}

function writeUserData(folder, runSettings) {
  const entries = Object.entries(runSettings).map(([key, value]) => [`quilletTest.${key}`, value]);
  // The tests talk to this machine only, whatever proxy it has.
  const settings = { ...quietSettings, 'http.proxySupport': 'off', ...Object.fromEntries(entries) };
  fs.mkdirSync(path.join(folder, 'User'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'User', 'settings.json'), JSON.stringify(settings));
  return folder;
}

function keepScreenshot(userData, isWeb) {
  const file = path.join(userData, 'failed.png');
  if (fs.existsSync(file)) {
    fs.mkdirSync(inProject('test-results'), { recursive: true });
    fs.copyFileSync(file, inProject('test-results', `integration-${isWeb ? 'web' : 'node'}.png`));
  }
}
