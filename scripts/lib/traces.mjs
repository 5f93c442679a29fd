// What a run must not leave behind: a key that was used in it, anywhere (R19), and a host that nobody configured (need 43).
import fs from 'node:fs';
import path from 'node:path';

/** Every key that the tests use in a window begins with this, in any case of letters. */
const mark = 'sk-canary';

/** What the stand-in for a desktop VS Code leaves in the folder of the user's data, beside all that VS Code keeps there. */
export const traceFiles = { hosts: 'hosts.txt', screen: 'screen.html', state: 'browser-state.txt' };

/** The mark as it may stand in a file: as text of one or two bytes a letter, or inside of Base64, at each of its three places. */
const forms = [
  Buffer.from(mark),
  Buffer.from(mark, 'utf16le'),
  ...[mark, mark.toUpperCase(), mark.replace('canary', 'CANARY')].flatMap((text) =>
    [0, 1, 2].map((at) => inBase64(text, at)),
  ),
];

function inBase64(/** @type {string} */ text, /** @type {number} */ before) {
  const encoded = Buffer.from('\0'.repeat(before) + text).toString('base64');
  return Buffer.from(encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + text.length) * 8) / 6)));
}

/**
 * Whether a key stands in a text or in the bytes of a file.
 * @param {string | Buffer} content
 */
export function holdsKey(content) {
  const bytes = Buffer.from(content);
  // Base64 tells letters apart, text must not.
  const small = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
  return forms.some((form, index) => (index < 2 ? small : bytes).includes(form));
}

/**
 * The files below the folders that hold a key.
 * @param {readonly string[]} folders
 */
export function filesWithKey(folders) {
  return folders.flatMap((folder) => filesIn(folder)).filter((file) => holdsKey(fs.readFileSync(file)));
}

/** @param {string} folder */
function filesIn(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * The hosts of a record that are not on this machine, where all servers of the tests are.
 * @param {readonly string[]} hosts
 */
export function foreignHosts(hosts) {
  const own = /^(?:127(?:\.\d+){3}|localhost|\[?::1\]?|\[?::ffff:127(?:\.\d+){3}\]?)(?::\d+)?$/i;
  // The name under which a webview asks for files of its extension: a worker in the page answers, and nobody is connected to.
  const inThePage = /^vscode-remote\+127-[\w-]+\.vscode-resource\.vscode-cdn\.net$/i;
  return [...new Set(hosts)].filter((host) => !own.test(host) && !inThePage.test(host));
}

/**
 * Reads what recordHosts.cjs wrote.
 * @param {string} file
 */
export function recordedHosts(file) {
  return fs.existsSync(file)
    ? fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
