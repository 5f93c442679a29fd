// Opens VS Code's own window, the workbench, of a running server in a browser page.
import path from 'node:path';
import { recordPageHosts } from './pageTraces.mjs';

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} folder the workspace folder to open
 * @property {string} [workspaceFile] a `.code-workspace` file to open instead of the folder
 * @property {Record<string, string>} [payload] entries of the page's address that VS Code reads at start
 */

/**
 * The address of the workbench with a folder open.
 * @param {import('./server.mjs').Server} server
 * @param {WorkbenchOptions} options
 */
export function workbenchUrl(server, options) {
  const url = new URL(server.url);
  if (options.workspaceFile === undefined) {
    url.searchParams.set('folder', toUriPath(options.folder));
  } else {
    url.searchParams.set('workspace', toUriPath(options.workspaceFile));
  }
  const payload = Object.entries({ skipWelcome: 'true', ...options.payload });
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * Opens the workbench in a page of its own and waits until it can be used.
 * @param {import('./server.mjs').Server} server
 * @param {import('playwright-core').Browser} browser
 * @param {WorkbenchOptions & { viewport?: { width: number; height: number }, hosts?: string[] }} options `hosts` gets
 *   every host that the page asks
 * @returns {Promise<import('playwright-core').Page>}
 */
export async function openWorkbench(server, browser, options) {
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 1400, height: 900 } });
  recordPageHosts(context, options.hosts ?? []);
  // The tests' own grants: a copy button must work without a question from the browser.
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  const page = await context.newPage();
  await page.goto(workbenchUrl(server, options));
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  return page;
}

/**
 * A file or folder of this computer as the workbench in the browser names it.
 * @param {import('./server.mjs').Server} server
 * @param {string} file
 */
export function remoteUri(server, file) {
  return `vscode-remote://${server.authority}${toUriPath(file)}`;
}

function toUriPath(file) {
  const posix = path.resolve(file).split(path.sep).join('/');
  return posix.startsWith('/') ? posix : `/${posix}`;
}
