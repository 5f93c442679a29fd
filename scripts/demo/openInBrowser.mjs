// Opens a page in the user's own browser where there is one.
import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * Tries to open a page. Never fails: where there is no browser, the person reads the address in the terminal.
 * @param {string} url
 * @returns {boolean} whether there was something to try
 */
export function openInBrowser(url) {
  const command = opener(url);
  if (command === undefined) {
    return false;
  }
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
  return true;
}

function opener(url) {
  if (process.env.CI !== undefined || process.env.SSH_CONNECTION !== undefined) {
    return undefined;
  }
  if (process.platform === 'darwin') {
    return ['open', url];
  }
  if (process.platform === 'win32') {
    return ['cmd', '/c', 'start', '', url];
  }
  // Without a screen, xdg-open may start a text browser inside this terminal.
  const hasScreen = Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
  return hasScreen ? ['xdg-open', url] : undefined;
}
