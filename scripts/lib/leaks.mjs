// Finds what a run must not leave behind: keys in files, and connections to hosts on other machines.
import fs from 'node:fs';
import path from 'node:path';

/** Prefix of every key in tests that run in a window (case-insensitive). */
const KEY_PREFIX = 'sk-canary';

/** Files that vscodeHost.mjs writes into the user data folder. */
export const LEAK_FILES = { hosts: 'hosts.txt', screen: 'screen.html', state: 'browser-state.txt' };

/** The prefix in UTF-8, in UTF-16, and in Base64 at each of its three alignments. */
const ENCODED_PREFIXES = [
  Buffer.from(KEY_PREFIX),
  Buffer.from(KEY_PREFIX, 'utf16le'),
  ...[KEY_PREFIX, KEY_PREFIX.toUpperCase(), KEY_PREFIX.replace('canary', 'CANARY')].flatMap((text) =>
    [0, 1, 2].map((offset) => toBase64At(text, offset)),
  ),
];

function toBase64At(/** @type {string} */ text, /** @type {number} */ offset) {
  const encoded = Buffer.from('\0'.repeat(offset) + text).toString('base64');
  return Buffer.from(encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6)));
}

/**
 * Whether a text or the bytes of a file contain a key.
 * @param {string | Buffer} content
 */
export function containsKey(content) {
  const bytes = Buffer.from(content);
  // Text is compared case-insensitively. Base64 is case-sensitive.
  const lowerCase = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
  return ENCODED_PREFIXES.some((prefix, index) => (index < 2 ? lowerCase : bytes).includes(prefix));
}

/**
 * Files in the folders, recursively, that contain a key.
 * @param {readonly string[]} folders
 */
export function filesWithKey(folders) {
  return folders.flatMap((folder) => filesIn(folder)).filter((file) => containsKey(readIfPresent(file)));
}

/** Empty for a file that has just been deleted, like a lock of VS Code. */
function readIfPresent(file) {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

/** @param {string} folder */
function filesIn(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * Filters the hosts that are not on this machine.
 * @param {readonly string[]} hosts
 */
export function externalHosts(hosts) {
  const loopback = /^(?:127(?:\.\d+){3}|localhost|\[?::1\]?|\[?::ffff:127(?:\.\d+){3}\]?)(?::\d+)?$/i;
  // The host from which a webview loads extension resources. A service worker answers these requests locally.
  const webviewResources = /^vscode-remote\+127-[\w-]+\.vscode-resource\.vscode-cdn\.net$/i;
  return [...new Set(hosts)].filter((host) => !loopback.test(host) && !webviewResources.test(host));
}

/**
 * Reads the file that recordHosts.cjs writes.
 * @param {string} file
 */
export function readRecordedHosts(file) {
  return fs.existsSync(file)
    ? fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
