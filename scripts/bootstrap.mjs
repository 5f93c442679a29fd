// Installs dependencies if necessary, then runs a script of this folder on the project's own Node:
//
//   node scripts/bootstrap.mjs <script> [arguments]
//
// Runs on any Node from version 20 and before anything is installed, so it must not import packages.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const nodePackage = path.join(modules, 'node');
const isWindows = process.platform === 'win32';

/** The Node executable for all scripts of the project. */
export const projectNode = nodeIn(nodePackage);

/** Installs the packages of the lock file and the project's Node if they are missing. */
export function bootstrap() {
  ensurePackages();
  ensureNode();
}

/** The code-server package with the oldest VS Code that `engines.vscode` in package.json allows. */
export const OLDEST_SERVER = '4.105.1';
/** That server does not run on Node 24. */
const OLDEST_SERVER_NODE = '22.23.3';

/**
 * Installs the packages of the VS Code server, or the oldest supported server. Only scripts that start one need it.
 * @returns the server's folder and the Node to run it
 */
export function ensureServer({ isOldest = false } = {}) {
  const server = isOldest ? ensureOldestServer() : { folder: serverFolder, node: projectNode };
  installInto('Installing packages of the VS Code server', server.folder);
  return server;
}

function ensureOldestServer() {
  const home = path.join(root, '.vscode-test', `code-server-${OLDEST_SERVER}`);
  const folder = path.join(home, 'node_modules', 'code-server', 'lib', 'vscode');
  const node = path.join(home, 'node_modules', 'node');
  if (!fs.existsSync(nodeIn(node))) {
    fs.mkdirSync(home, { recursive: true });
    const packages = [`code-server@${OLDEST_SERVER}`, `node@${OLDEST_SERVER_NODE}`];
    const install = npm('install', '--prefix', home, ...packages, ...INSTALL_OPTIONS);
    runStep(`Installing ${packages.join(' and ')}`, home, install);
    // It depends on a Git commit of the file watcher. The release on npm works as well.
    const manifest = path.join(folder, 'package.json');
    const text = fs.readFileSync(manifest, 'utf8');
    fs.writeFileSync(manifest, text.replace(/parcel-bundler\/watcher#\w+/, '2.5.6'));
    installNode(node);
  }
  return { folder, node: nodeIn(node) };
}

/** Installs the compiler for the server's TypeScript extension, which shows an error without it. */
export function ensureServerLanguages() {
  installInto('Installing TypeScript for the VS Code server', path.join(serverFolder, 'extensions'));
}

const serverFolder = path.join(modules, 'code-server', 'lib', 'vscode');
const INSTALL_OPTIONS = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** `npm ci` fails on these lock files. Their install scripts would compile native modules that aren't needed. */
function installInto(title, folder) {
  const stamp = path.join(folder, 'node_modules', '.installed');
  if (fs.existsSync(stamp)) {
    return;
  }
  runStep(title, folder, npm('install', ...INSTALL_OPTIONS));
  fs.writeFileSync(stamp, '');
}

function ensurePackages() {
  const lockFile = path.join(root, 'package-lock.json');
  const stamp = path.join(modules, '.installed');
  const wanted = createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  // After a manual `npm install`, the packages are up to date and only the stamp is old.
  if (!isInstalled(lockFile)) {
    runStep('Installing packages', root, npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'));
  }
  fs.writeFileSync(stamp, wanted);
}

/** Whether node_modules matches the lock file, except for packages of other platforms. */
function isInstalled(lockFile) {
  const installed = path.join(modules, '.package-lock.json');
  if (!fs.existsSync(installed)) {
    return false;
  }
  const wanted = JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages;
  const present = JSON.parse(fs.readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || entry.optional === true || present[name]?.version === entry.version,
  );
}

function ensureNode() {
  if (!fs.existsSync(projectNode)) {
    installNode(nodePackage);
  }
}

/** .npmrc disables all install scripts; this is the only one that is needed. */
function installNode(folder) {
  runStep('Installing Node', folder, [process.execPath, 'installArchSpecificPackage.js']);
  if (!fs.existsSync(nodeIn(folder))) {
    throw new Error(`The package "node" didn't install ${nodeIn(folder)}.`);
  }
}

/** The executable in a folder of the package "node". */
function nodeIn(folder) {
  return path.join(folder, 'bin', isWindows ? 'node.exe' : 'node');
}

/** Command line of npm. Prefers the npm that started this script, which needs no shell on Windows. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, script, ...args] : ['npm', ...args];
}

/**
 * @param {string} title
 * @param {string} cwd
 * @param {string[]} commandLine
 */
function runStep(title, cwd, [command = '', ...args]) {
  const start = Date.now();
  process.stdout.write(`${title} ...\n`);
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: isWindows && command === 'npm' });
  if (result.status !== 0) {
    process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
    throw new Error(`"${command} ${args.join(' ')}" failed in ${cwd}.`);
  }
  process.stdout.write(`${title}: done in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

/** Runs a script on the project's Node and exits with its exit code. */
function runScript(name, args) {
  const searchPath = [path.dirname(projectNode), path.join(modules, '.bin'), process.env.PATH ?? ''].join(
    path.delimiter,
  );
  const script = path.join(root, 'scripts', `${name}.mjs`);
  const child = spawn(projectNode, ['--disable-warning=ExperimentalWarning', script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: searchPath },
  });
  // Ctrl+C also reaches the script, which cleans up and exits first.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  // npm's shell does not forward signals: exit when it dies. The script watches this process the same way.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(143), 500).unref();
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 1 : os.constants.signals[signal])));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  bootstrap();
  if (name !== undefined) {
    runScript(name, args);
  }
}
