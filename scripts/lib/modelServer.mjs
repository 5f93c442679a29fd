// The fake model server of the tests, which esbuild.js bundles from test/support.
import { pathToFileURL } from 'node:url';
import { onExit } from './cleanup.mjs';
import { inProject } from './paths.mjs';

/**
 * Starts the server in this process.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startModelServer() {
  const { startFakeModelServer } = await import(pathToFileURL(inProject('out', 'test', 'fakeModelServer.mjs')).href);
  const server = await startFakeModelServer();
  return { url: server.url, close: onExit(() => server.close()) };
}
