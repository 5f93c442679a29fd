// The whole demo: Quillet built from source, a model server, VS Code pointed at it, and a copy of the sample folder.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureServerLanguages } from '../bootstrap.mjs';
import { onEnd } from '../lib/cleanup.mjs';
import { inProject, root } from '../lib/paths.mjs';
import { removeFolder, startServer, withoutWebForm } from '../lib/server.mjs';
import { remoteUri, workbenchUrl } from '../lib/workbench.mjs';
import { startModelServer } from './modelServer.mjs';
import { copyWorkspace } from './samples.mjs';

/**
 * @typedef {object} Demo
 * @property {import('../lib/server.mjs').Server} server
 * @property {string} folder the copy of the sample workspace
 * @property {Record<string, string>} payload for the page's address
 * @property {string} link a short address that leads to the page, with README.md open
 */

/**
 * Builds and starts everything. It ends with this process.
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
  const skipped = withoutWebForm().filter((id) => id !== 'vscode.git' || !beginRepository(folder));
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
    // Whatever proxy this computer has, the demo model is on this side of it.
    'http.noProxy': ['127.0.0.1'],
    // The page with what to try is read, not written.
    'workbench.editorAssociations': { 'README.md': 'vscode.markdown.preview.editor' },
  };
}

function makeTemporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-demo-'));
  onEnd(() => removeFolder(folder));
  return folder;
}

/** Makes a Git repository of the sample folder, so that there is something to commit. False on a computer without Git. */
function beginRepository(folder) {
  const who = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.invalid'];
  return [['init'], ['add', '--all'], [...who, 'commit', '--message', 'Open the shop']].every(
    (args) => spawnSync('git', args, { cwd: folder, stdio: 'ignore' }).status === 0,
  );
}

/**
 * The extension without the rest of the project: VS Code does not load its own extensions, themes and languages among
 * them, when they are inside the folder of an extension under development, as node_modules is.
 */
function linkExtension(target) {
  fs.mkdirSync(target);
  for (const name of fs.readdirSync(root).filter((file) => /^package(\.nls.*)?\.json$/.test(file))) {
    fs.copyFileSync(inProject(name), path.join(target, name));
  }
  for (const name of ['dist', 'media', 'l10n'].filter((folder) => fs.existsSync(inProject(folder)))) {
    // A junction needs no rights on Windows; elsewhere it is a symbolic link.
    fs.symlinkSync(inProject(name), path.join(target, name), 'junction');
  }
}

/** What the build says matters only when it fails. */
async function build() {
  process.stdout.write('Building Quillet ...\n');
  const child = spawn(process.execPath, [inProject('esbuild.js')], { cwd: root });
  onEnd(() => void child.kill());
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
