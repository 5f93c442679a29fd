// One list of things to undo when the process ends, however it ends.
import process from 'node:process';

/** @typedef {() => void | Promise<void>} Undo */

/** @type {Set<Undo>} */
const undos = new Set();
let isEnding = false;

/**
 * Remembers something to undo when the process ends. The returned function undoes it earlier, once.
 * `undo` is called without waiting when the process ends by `process.exit`, so what matters must be done synchronously.
 * @param {Undo} undo
 * @returns {() => Promise<void>}
 */
export function onEnd(undo) {
  undos.add(undo);
  return async () => {
    if (undos.delete(undo)) {
      await undo();
    }
  };
}

/**
 * Takes something off the list without undoing it.
 * @param {Undo} undo
 */
export function forget(undo) {
  undos.delete(undo);
}

/** Undoes everything, the newest first. */
export async function cleanUp() {
  for (const undo of [...undos].reverse()) {
    undos.delete(undo);
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`While cleaning up: ${error}\n`);
    }
  }
}

async function end(code) {
  if (isEnding) {
    return;
  }
  isEnding = true;
  // A second Ctrl+C, or something that hangs, must not keep the process alive.
  setTimeout(() => process.exit(code), 5000).unref();
  await cleanUp();
  process.exit(code);
}

process.on('SIGINT', () => void end(130));
process.on('SIGTERM', () => void end(143));
process.on('SIGHUP', () => void end(129));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  void end(1);
});
// Whoever started this may be ended without a word to us, as npm's shell is at SIGTERM. We then get another parent.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    void end(143);
  }
}, 500).unref();
process.on('exit', () => {
  for (const undo of [...undos].reverse()) {
    void undo();
  }
});
