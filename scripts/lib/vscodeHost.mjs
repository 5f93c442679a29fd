// Stands in for the `code` executable where the desktop build of VS Code cannot be had: @vscode/test-electron starts
//
//   node vscodeHost.mjs <folder> --user-data-dir=… --extensionDevelopmentPath=… --extensionTestsPath=…
//
// and the test module runs in a real extension host: VS Code's server, its workbench in a headless browser. An extension
// whose manifest has only `browser` runs in the web worker host of that browser.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { launchBrowser } from './browser.mjs';
import { recordPageHosts, screenText, stateLeftBehind } from './pageTraces.mjs';
import { startServer } from './server.mjs';
import { traceFiles } from './traces.mjs';
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
  const hostsFile = path.join(userData, traceFiles.hosts);
  // All that the server keeps lies where the runner looks for it.
  const dataDir = path.join(userData, 'server');
  fs.mkdirSync(dataDir, { recursive: true });
  const [server, browser] = await Promise.all([
    startServer({ settings, dataDir, hostsFile, testDriver: true, extensionsDir: flag('extensions-dir') }),
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
  };
  await page.goto(workbenchUrl(server, { folder: folder ?? process.cwd(), payload }));
  const exitCode = Number(await code);
  if (exitCode !== 0) {
    await page.screenshot({ path: path.join(userData, 'failed.png') }).catch(() => {});
  }
  await keepTraces(page, server.origin, userData);
  fs.appendFileSync(hostsFile, pageHosts.map((host) => `${host}\n`).join(''));
  process.exit(exitCode);
}

/** Writes what the window showed and kept into files, for the runner to search. */
async function keepTraces(page, origin, folder) {
  fs.writeFileSync(path.join(folder, traceFiles.screen), await screenText(page));
  fs.writeFileSync(path.join(folder, traceFiles.state), await stateLeftBehind(page, origin));
}

// Whoever started us holds the other end of our input; when it dies, so do we.
process.stdin.on('end', () => process.exit(1));
process.stdin.resume();
await main();
