// Runs the integration tests in an extension host.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { onEnd } from './cleanup.mjs';
import { findVscode, runInVscode, writeUserData } from './extensionHost.mjs';
import { startModelServer } from './modelServer.mjs';
import { inProject, root } from './paths.mjs';
import { startReportServer } from './reportServer.mjs';
import { Results } from './results.mjs';
import { removeFolder } from './server.mjs';
import { filesWithKey, foreignHosts, holdsKey, recordedHosts, traceFiles } from './traces.mjs';

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
  checkTraces(results, {
    folders: [run.userData, run.workspace],
    output,
    hostsFile: executable === undefined ? path.join(run.userData, traceFiles.hosts) : undefined,
    reportHost: new URL(reportServer.url).host,
  });
  keepScreenshot(run.userData, isWeb);
  await removeAll();
  if (grep === '') {
    results.save(isWeb ? 'web' : 'integration');
  }
  return results.finish();
}

/**
 * Looks at what all the tests together left behind, before it is removed. Each look counts like a test.
 * @param {Results} results
 * @param {{ folders: readonly string[], output: string, hostsFile: string | undefined, reportHost: string }} traces
 */
function checkTraces(results, { folders, output, hostsFile, reportHost }) {
  const places = filesWithKey(folders);
  results.expectNone(
    'the whole run R19, E15: left no key in a file, log, setting or state database, or on the screen',
    [...places, ...(holdsKey(output) ? ['what VS Code printed'] : [])],
  );
  if (hostsFile === undefined) {
    // Nothing can be loaded into the desktop build from outside.
    return;
  }
  const hosts = recordedHosts(hostsFile);
  // Every test reports to the runner from inside its host, so a record without that is no record.
  const missing = hosts.includes(reportHost) ? [] : [`the record does not even have ${reportHost}`];
  results.expectNone('the whole run E14, need 43: spoke to no host but those of this machine that it was told of', [
    ...missing,
    ...foreignHosts(hosts),
  ]);
}

/** The extension as a web-only one: a manifest with `main` would be started in the Node host. */
function copyForWeb(folder) {
  const manifest = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  const { main: _main, scripts: _scripts, devDependencies: _devDependencies, ...rest } = manifest;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...rest, extensionKind: ['web'] }));
  for (const name of ['dist', 'media', 'l10n', 'package.nls.json']) {
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
  writeLinks(folder);
  return folder;
}

/** Links as a repository can bring them along; a test in a web worker has no means to make one. */
function writeLinks(folder) {
  const at = (/** @type {string[]} */ ...parts) => path.join(folder, ...parts);
  fs.mkdirSync(at('.husky'));
  fs.mkdirSync(at('links'));
  fs.writeFileSync(at('.husky', 'pre-commit'), '# hook\n');
  fs.symlinkSync(at('.husky', 'pre-commit'), at('links', 'notes.txt'), 'file');
  fs.symlinkSync(at('links', 'notes.txt'), at('links', 'twice.txt'), 'file');
  fs.symlinkSync(at('.husky'), at('links', 'folder'), 'junction');
  fs.symlinkSync(at('greet.ts'), at('links', 'plain.ts'), 'file');
}

function keepScreenshot(userData, isWeb) {
  const file = path.join(userData, 'failed.png');
  if (fs.existsSync(file)) {
    fs.mkdirSync(inProject('test-results'), { recursive: true });
    fs.copyFileSync(file, inProject('test-results', `integration-${isWeb ? 'web' : 'node'}.png`));
  }
}
