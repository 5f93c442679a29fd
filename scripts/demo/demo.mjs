// Starts the demo: builds Quillet, starts a model server and VS Code, and copies the sample folder.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureServerLanguages } from '../bootstrap.mjs';
import { onExit } from '../lib/cleanup.mjs';
import { inProject, root } from '../lib/paths.mjs';
import { desktopOnlyExtensions, removeFolder, startServer } from '../lib/server.mjs';
import { remoteUri, workbenchUrl } from '../lib/workbench.mjs';
import { startModelServer } from './modelServer.mjs';
import { copyWorkspace } from './samples.mjs';

/**
 * @typedef {object} Demo
 * @property {import('../lib/server.mjs').Server} server
 * @property {string} folder copy of the sample workspace
 * @property {Record<string, string>} payload for the workbench URL
 * @property {string} link short URL that redirects to the workbench with README.md open
 */

/**
 * Builds and starts everything. Stops when this process exits.
 * @param {{ speed?: number, port?: number, settings?: Record<string, unknown> }} options
 * @returns {Promise<Demo>}
 */
export async function startDemo({ speed, port, settings }) {
  await build();
  ensureServerLanguages();
  const model = await startModelServer({ speed, port });
  const temporary = makeTemporaryFolder();
  const folder = path.join(temporary, 'sample-shop');
  copyWorkspace(folder);
  const extension = path.join(temporary, 'quillet');
  linkExtension(extension);
  const skipped = desktopOnlyExtensions().filter((id) => id !== 'vscode.git' || !initRepository(folder));
  const server = await startServer({
    testDriver: true,
    env: { VSCODE_SKIP_BUILTIN_EXTENSIONS: skipped.join(',') },
    settings: { ...demoSettings(model.baseUrl), ...settings },
  });
  const payload = { extensionDevelopmentPath: remoteUri(server, extension) };
  const page = workbenchUrl(server, {
    folder,
    payload: { ...payload, openFile: remoteUri(server, path.join(folder, 'README.md')) },
  });
  const shortPath = `/open/${crypto.randomBytes(16).toString('hex')}`;
  model.redirect(shortPath, page);
  return { server, folder, payload, link: model.url + shortPath };
}

function demoSettings(baseUrl) {
  return {
    'quillet.providers': { demo: { label: 'Demo', baseUrl, needsKey: false, models: ['demo-model', 'demo-slow'] } },
    'quillet.model': 'demo/demo-model',
    'editor.minimap.enabled': false,
    // The demo model is local: bypass the proxy of this computer.
    'http.noProxy': ['127.0.0.1'],
    // Show the instructions as a preview.
    'workbench.editorAssociations': { 'README.md': 'vscode.markdown.preview.editor' },
  };
}

function makeTemporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-demo-'));
  onExit(() => removeFolder(folder));
  return folder;
}

/** Creates a Git repository in the sample folder. Returns false if Git is not available. */
function initRepository(folder) {
  const author = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.invalid'];
  return [['init'], ['add', '--all'], [...author, 'commit', '--message', 'Open the shop']].every(
    (args) => spawnSync('git', args, { cwd: folder, stdio: 'ignore' }).status === 0,
  );
}

/**
 * Links only the files of the extension: VS Code does not load built-in extensions, such as themes and languages, that are
 * inside the folder of an extension under development, as those in node_modules would be.
 */
function linkExtension(target) {
  fs.mkdirSync(target);
  for (const name of fs.readdirSync(root).filter((file) => /^package(\.nls.*)?\.json$/.test(file))) {
    fs.copyFileSync(inProject(name), path.join(target, name));
  }
  for (const name of ['dist', 'media', 'l10n'].filter((folder) => fs.existsSync(inProject(folder)))) {
    // A junction needs no privileges on Windows. On other systems it is a symbolic link.
    fs.symlinkSync(inProject(name), path.join(target, name), 'junction');
  }
}

/** Prints the output of the build only if it fails. */
async function build() {
  process.stdout.write('Building Quillet ...\n');
  const child = spawn(process.execPath, [inProject('esbuild.js')], { cwd: root });
  onExit(() => void child.kill());
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) {
    process.stderr.write(`${output}\nThe build failed.\n`);
    process.exit(1);
  }
}
