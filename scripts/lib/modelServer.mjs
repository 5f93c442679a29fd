// The fake model server of the tests, built by esbuild.js from test/support.
import { pathToFileURL } from 'node:url';
import { onEnd } from './cleanup.mjs';
import { inProject } from './paths.mjs';

/**
 * Starts it in this process.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startModelServer() {
  const { startFakeModelServer } = await import(pathToFileURL(inProject('out', 'test', 'fakeModelServer.mjs')).href);
  const server = await startFakeModelServer();
  return { url: server.url, close: onEnd(() => server.close()) };
}
