// Opens a page in the default browser, if there is one.
import { spawn } from 'node:child_process';
import process from 'node:process';

/**
 * Never throws: without a browser, the user can still copy the URL from the terminal.
 * @param {string} url
 * @returns {boolean} whether a browser was started
 */
export function openInBrowser(url) {
  const command = openCommand(url);
  if (command === undefined) {
    return false;
  }
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
  return true;
}

function openCommand(url) {
  if (process.env.CI !== undefined || process.env.SSH_CONNECTION !== undefined) {
    return undefined;
  }
  if (process.platform === 'darwin') {
    return ['open', url];
  }
  if (process.platform === 'win32') {
    return ['cmd', '/c', 'start', '', url];
  }
  // Without a display, xdg-open may start a text browser in this terminal.
  const hasScreen = Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
  return hasScreen ? ['xdg-open', url] : undefined;
}
