// Replaces the `code` executable if the desktop build of VS Code is not available. @vscode/test-electron starts
//
//   node vscodeHost.mjs <folder> --user-data-dir=… --extensionDevelopmentPath=… --extensionTestsPath=…
//
// The test module runs in the extension host of VS Code's server, with the workbench in a headless browser, or, if the
// manifest has only `browser`, in the web worker host of that browser.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { launchBrowser } from './browser.mjs';
import { LEAK_FILES } from './leaks.mjs';
import { readStateAfterClose, recordPageHosts, screenText } from './pageState.mjs';
import { startServer } from './server.mjs';
import { remoteUri, workbenchUrl } from './workbench.mjs';

const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

/** @param {string} name */
function flag(name) {
  const value = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return value?.slice(name.length + 3) ?? '';
}

async function main() {
  const userData = flag('user-data-dir');
  const settings = JSON.parse(fs.readFileSync(path.join(userData, 'User', 'settings.json'), 'utf8'));
  const hostsFile = path.join(userData, LEAK_FILES.hosts);
  // Inside the folder that the runner searches for leaks.
  const dataDir = path.join(userData, 'server');
  fs.mkdirSync(dataDir, { recursive: true });
  const [server, browser] = await Promise.all([
    startServer({
      settings,
      dataDir,
      hostsFile,
      testDriver: true,
      extensionsDir: flag('extensions-dir'),
      isOldest: process.argv.includes('--oldest'),
    }),
    launchBrowser(),
  ]);
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  /** @type {string[]} */
  const pageHosts = [];
  recordPageHosts(context, pageHosts);
  const page = await context.newPage();
  const code = new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.on('crash', () => resolve(1));
    void server.ended.then(() => resolve(1));
  });
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
    process.stdout.write(`[${type}] ${args.join(' ')}\n`);
  });
  const payload = {
    extensionDevelopmentPath: remoteUri(server, flag('extensionDevelopmentPath')),
    extensionTestsPath: remoteUri(server, flag('extensionTestsPath')),
    // In a browser, for all extensions that use proposed APIs. Quillet doesn't.
    enableProposedApi: 'true',
  };
  await page.goto(workbenchUrl(server, { folder: folder ?? process.cwd(), payload }));
  const exitCode = Number(await code);
  if (exitCode !== 0) {
    await page.screenshot({ path: path.join(userData, 'failed.png') }).catch(() => {});
  }
  await savePageState(page, server.origin, userData);
  fs.appendFileSync(hostsFile, pageHosts.map((host) => `${host}\n`).join(''));
  process.exit(exitCode);
}

/** Saves the screen and the state of the window for the runner's leak check. */
async function savePageState(page, origin, folder) {
  fs.writeFileSync(path.join(folder, LEAK_FILES.screen), await screenText(page));
  fs.writeFileSync(path.join(folder, LEAK_FILES.state), await readStateAfterClose(page, origin));
}

// stdin closes when the parent process dies.
process.stdin.on('end', () => process.exit(1));
process.stdin.resume();
await main();
