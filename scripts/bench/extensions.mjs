// Prepares the extensions to be measured and runs benchmarks in an extension host.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from '../../esbuild.js';
import { findVscode, runInVscode, writeUserData } from '../lib/extensionHost.mjs';
import { inProject } from '../lib/paths.mjs';
import { unpack } from '../lib/vsix.mjs';
import { LAST_TOKEN, startBenchServer } from './server.mjs';

export const EXTENSION_IDS = { quillet: 'quillet.quillet', empty: 'bench.empty', bare: 'bench.bare' };

/** @typedef {{ home: string, installed: string, carrier: string }} BenchExtensions */

/**
 * Unpacks the package and writes the baseline extensions next to it.
 * @param {string} home
 * @param {string} vsix
 * @returns {Promise<BenchExtensions>}
 */
export async function prepareExtensions(home, vsix) {
  const installed = path.join(home, 'extensions');
  const quillet = path.join(installed, 'quillet.quillet-0.0.1');
  unpack(vsix, 'extension/', quillet);
  clearActivationEvents(path.join(quillet, 'package.json'));
  writeExtension(installed, 'empty', 'exports.activate = () => {};');
  // The whole SDK is bundled and loaded on the first command.
  const code = fs.readFileSync(inProject('scripts', 'bench', 'bareExtension.cjs'), 'utf8');
  const bare = writeExtension(installed, 'bare', code, ['onCommand:bare.thread']);
  await esbuild.buildWholeSdk(path.join(bare, 'openai.js'));
  // Tests only run with an extension under development. This one is not measured.
  const carrier = writeExtension(home, 'carrier', 'exports.activate = () => {};');
  return { home, installed, carrier };
}

/** @param {string} url of the model server */
export function settingsFor(url) {
  const providers = { bench: { preset: 'custom', baseUrl: url, needsKey: false } };
  return {
    'quillet.providers': providers,
    'quillet.model': 'bench/model',
    'quillet.limits.selection': 10_000_000,
    'bench.url': url,
  };
}

let hostCount = 0;

/**
 * Runs one benchmark in a new extension host.
 * @param {BenchExtensions} extensions
 * @param {Record<string, unknown>} settings for the benchmark, see test/bench/host.ts
 */
export async function runInHost({ home, installed, carrier }, settings) {
  hostCount += 1;
  const server = await startBenchServer();
  const workspace = path.join(home, `workspace${hostCount}`);
  fs.mkdirSync(workspace);
  const userData = writeUserData(
    path.join(home, `user${hostCount}`),
    { reportUrl: server.reportUrl, lastToken: LAST_TOKEN, ...settings },
    settingsFor(server.url),
  );
  const tests = inProject('out', 'test', 'bench.js');
  const run = { extension: carrier, installed, tests, workspace, userData, isWeb: false };
  const output = await runInVscode(await findVscode(), run);
  if (!server.state.isComplete) {
    throw new Error(`The benchmark did not complete.\n${output}`);
  }
  await server.close();
  return server;
}

/** Otherwise VS Code activates the extension before it is measured. */
function clearActivationEvents(file) {
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify({ ...manifest, activationEvents: [] }));
}

function writeExtension(parent, name, code, activationEvents = []) {
  const folder = path.join(parent, `bench.${name}-0.0.1`);
  const { engines } = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  const common = { publisher: 'bench', version: '0.0.1', main: './extension.js' };
  const manifest = { name, ...common, engines, activationEvents };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, 'extension.js'), code);
  return folder;
}
