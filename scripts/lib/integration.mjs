// Runs the integration tests in an extension host, then checks for leaked keys and unexpected hosts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { OLDEST_SERVER } from '../bootstrap.mjs';
import { onExit } from './cleanup.mjs';
import { findVscode, MODELS_EXTENSION, runInVscode, writeUserData } from './extensionHost.mjs';
import { containsKey, externalHosts, filesWithKey, LEAK_FILES, readRecordedHosts } from './leaks.mjs';
import { startModelServer } from './modelServer.mjs';
import { inProject } from './paths.mjs';
import { startReportServer } from './reportServer.mjs';
import { Results } from './results.mjs';
import { removeFolder } from './server.mjs';

/**
 * Runs the tests once.
 * @param {{ tier: 'integration' | 'web' | 'oldest', grep: string }} options
 */
export async function runIntegration({ tier, grep }) {
  const isWeb = tier === 'web';
  const isOldest = tier === 'oldest';
  const executable = isOldest ? undefined : await findVscode();
  const host = isOldest ? `code-server ${OLDEST_SERVER}` : executable === undefined ? 'server' : 'desktop';
  const results = new Results(`integration (${isWeb ? 'web' : 'node'}, ${host})`);
  results.announce();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-test-'));
  const removeAll = onExit(() => removeFolder(folder));
  const modelServer = await startModelServer();
  const reportServer = await startReportServer((event) => results.add(event));
  const settings = { reportUrl: reportServer.url, modelServerUrl: modelServer.url, grep, isWeb };
  const run = {
    ...copyExtension(path.join(folder, 'extension'), tier),
    installed: installModels(path.join(folder, 'extensions'), tier),
    workspace: copyWorkspace(path.join(folder, 'workspace')),
    userData: writeUserData(path.join(folder, 'user'), settings),
    isWeb,
    isOldest,
  };
  const output = await runInVscode(executable, run);
  if (!results.isComplete || process.env.QUILLET_VERBOSE !== undefined) {
    process.stdout.write(output);
  }
  await Promise.all([modelServer.close(), reportServer.close()]);
  checkLeaks(results, {
    folders: [run.userData, run.workspace],
    output,
    hostsFile: executable === undefined ? path.join(run.userData, LEAK_FILES.hosts) : undefined,
    reportHost: new URL(reportServer.url).host,
  });
  keepScreenshot(run.userData, tier);
  await removeAll();
  if (grep === '') {
    results.save(tier);
  }
  return results.finish(grep);
}

/**
 * Checks everything that the tests left behind. Each check counts as a test.
 * @param {Results} results
 * @param {{ folders: readonly string[], output: string, hostsFile: string | undefined, reportHost: string }} sources
 */
function checkLeaks(results, { folders, output, hostsFile, reportHost }) {
  const places = filesWithKey(folders);
  results.expectNone(
    'the whole run leaves no key in a file, log, setting or state database, or on the screen [R19, E15]',
    [...places, ...(containsKey(output) ? ['the output of VS Code'] : [])],
  );
  if (hostsFile === undefined) {
    // Hosts can't be recorded in the desktop build.
    return;
  }
  const hosts = readRecordedHosts(hostsFile);
  // Every test reports to the runner, so a recording without the runner's host is broken.
  const missing = hosts.includes(reportHost) ? [] : [`${reportHost} was not recorded`];
  results.expectNone('the whole run connects to no host on another machine [E14]', [
    ...missing,
    ...externalHosts(hosts),
  ]);
}

/** A copy, because the end-to-end tests build the extension again, perhaps at the same time. */
function copyExtension(folder, tier) {
  const manifest = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify(tier === 'web' ? manifestForWeb(manifest) : manifest),
  );
  for (const name of ['dist', 'media', 'l10n', 'package.nls.json', 'test/fixtures/python']) {
    if (fs.existsSync(inProject(name))) {
      fs.cpSync(inProject(name), path.join(folder, name), { recursive: true });
    }
  }
  // VS Code runs a test module in the host of the extension that contains it, with the same instance of the API.
  const tests = path.join(folder, 'tests.js');
  fs.copyFileSync(inProject('out', 'test', `${tier}.js`), tests);
  fs.symlinkSync(inProject('node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { extension: folder, tests };
}

function installModels(folder, tier) {
  const target = path.join(folder, `${MODELS_EXTENSION}-0.0.1`);
  fs.cpSync(inProject('test', 'fixtures', 'models'), target, { recursive: true });
  const file = path.join(target, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (tier === 'web') fs.writeFileSync(file, JSON.stringify(manifestForWeb(manifest)));
  return folder;
}

/** Without `main`, which VS Code would run in the Node host. */
function manifestForWeb({ main: _main, scripts: _scripts, devDependencies: _devDependencies, ...rest }) {
  return { ...rest, extensionKind: ['web'] };
}

function copyWorkspace(folder) {
  fs.cpSync(inProject('test', 'fixtures', 'workspace'), folder, { recursive: true });
  writeLinks(folder);
  return folder;
}

/** Symbolic links as a repository may contain them. Tests in a web worker can't create any. */
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

function keepScreenshot(userData, tier) {
  const file = path.join(userData, 'failed.png');
  if (fs.existsSync(file)) {
    fs.mkdirSync(inProject('test-results'), { recursive: true });
    fs.copyFileSync(file, inProject('test-results', `failed-${tier}.png`));
  }
}
