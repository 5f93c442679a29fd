// Opens the VS Code workbench of a running server in a browser page.
import path from 'node:path';
import { recordPageHosts } from './pageState.mjs';

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} folder workspace folder
 * @property {string} [workspaceFile] `.code-workspace` file to open instead of the folder
 * @property {Record<string, string>} [payload] entries for the `payload` parameter of the URL, which VS Code reads at startup
 */

/**
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
 * Opens the workbench in a new page and waits until it has loaded.
 * @param {import('./server.mjs').Server} server
 * @param {import('playwright-core').Browser} browser
 * @param {WorkbenchOptions & { viewport?: { width: number; height: number }, hosts?: string[] }} options `hosts`
 *   receives the hosts of all requests
 * @returns {Promise<import('playwright-core').Page>}
 */
export async function openWorkbench(server, browser, options) {
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 1400, height: 900 } });
  recordPageHosts(context, options.hosts ?? []);
  // Clipboard access without a permission prompt.
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  // Only ends what hangs.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(workbenchUrl(server, options));
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  return page;
}

/**
 * The `vscode-remote:` URI of a local file or folder.
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
