// Runs cleanup functions when the process exits, for whatever reason.
import process from 'node:process';

/** @typedef {() => void | Promise<void>} Cleanup */

/** @type {Set<Cleanup>} */
const cleanups = new Set();
let isExiting = false;

/**
 * Registers a cleanup function. The returned function runs it early, once.
 * On `process.exit` its promise is not awaited, so essential work must be synchronous.
 * @param {Cleanup} cleanup
 * @returns {() => Promise<void>}
 */
export function onExit(cleanup) {
  cleanups.add(cleanup);
  return async () => {
    if (cleanups.delete(cleanup)) {
      await cleanup();
    }
  };
}

/**
 * Unregisters a cleanup function without running it.
 * @param {Cleanup} cleanup
 */
export function cancelCleanup(cleanup) {
  cleanups.delete(cleanup);
}

/** Runs all cleanup functions, the newest first. */
export async function cleanUp() {
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    try {
      await cleanup();
    } catch (error) {
      process.stderr.write(`Cleanup failed: ${error}\n`);
    }
  }
}

async function exit(code) {
  if (isExiting) {
    return;
  }
  isExiting = true;
  // A cleanup that hangs must not keep the process alive.
  setTimeout(() => process.exit(code), 5000).unref();
  await cleanUp();
  process.exit(code);
}

process.on('SIGINT', () => void exit(130));
process.on('SIGTERM', () => void exit(143));
process.on('SIGHUP', () => void exit(129));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  void exit(1);
});
// npm's shell does not forward SIGTERM. If the parent process dies, this process gets another parent.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    void exit(143);
  }
}, 500).unref();
process.on('exit', () => {
  for (const cleanup of [...cleanups].reverse()) {
    void cleanup();
  }
});
