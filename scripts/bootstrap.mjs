// Makes a fresh clone usable, then runs one of the project's scripts on the project's own Node:
//
//   node scripts/bootstrap.mjs <name of a script in this folder> [its arguments]
//
// This file runs on whatever Node the newcomer has (20 or newer) and before anything is installed, so it imports nothing
// that has to be installed first.
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

/** The Node that everything in the project runs on. */
export const projectNode = path.join(nodePackage, 'bin', isWindows ? 'node.exe' : 'node');

/** Installs what is missing: the packages of the lock file, and the Node the project runs on. */
export function bootstrap() {
  ensurePackages();
  ensureNode();
}

/** Installs the packages of the VS Code server, which only the scripts that start it need. */
export function ensureServerPackages() {
  installInside('Installing the packages of the VS Code server', serverFolder);
}

/** Installs the compiler that the server's TypeScript extension looks for; without it, it complains to the user. */
export function ensureServerLanguages() {
  installInside("Installing the server's TypeScript", path.join(serverFolder, 'extensions'));
}

const serverFolder = path.join(modules, 'code-server', 'lib', 'vscode');

/** `npm ci` fails on these lock files, and their own install scripts compile native modules that nobody here needs. */
function installInside(what, folder) {
  const stamp = path.join(folder, 'node_modules', '.installed');
  if (fs.existsSync(stamp)) {
    return;
  }
  const args = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  step(what, folder, npm(...args));
  fs.writeFileSync(stamp, '');
}

function ensurePackages() {
  const lockFile = path.join(root, 'package-lock.json');
  const stamp = path.join(modules, '.installed');
  const wanted = createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  // After `npm install` by hand the packages are right and only our stamp is old: no need to install everything again.
  if (!isInstalled(lockFile)) {
    step('Installing packages', root, npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'));
  }
  fs.writeFileSync(stamp, wanted);
}

/** Whether node_modules holds what the lock file asks for. Packages for other platforms are in the lock file only. */
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
  if (fs.existsSync(projectNode)) {
    return;
  }
  // .npmrc forbids install scripts for every package; this is the one that is needed.
  step('Installing Node for the project', nodePackage, [process.execPath, 'installArchSpecificPackage.js']);
  if (!fs.existsSync(projectNode)) {
    throw new Error(`The package "node" did not install ${projectNode}.`);
  }
}

/** The command line that runs npm: the npm that started us if there is one, so that no shell is needed on Windows. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, script, ...args] : ['npm', ...args];
}

/**
 * @param {string} title
 * @param {string} cwd
 * @param {string[]} commandLine
 */
function step(title, cwd, [command = '', ...args]) {
  const start = Date.now();
  process.stdout.write(`${title} ...\n`);
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: isWindows && command === 'npm' });
  if (result.status !== 0) {
    process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
    throw new Error(`"${command} ${args.join(' ')}" failed in ${cwd}.`);
  }
  process.stdout.write(`${title}: done in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

/** Runs a script on the project's Node and ends with its exit code. */
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
  // Ctrl+C in a terminal reaches the script too. It cleans up and ends, and we end after it.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  // The script watches us, and we watch npm's shell, which hands no signal on.
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
