// The extensions that are measured beside each other, in a folder of installed extensions.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from '../../esbuild.js';
import { findVscode, runInVscode, writeUserData } from '../lib/extensionHost.mjs';
import { inProject } from '../lib/paths.mjs';
import { unpack } from '../lib/vsix.mjs';
import { lastToken, startBenchServer } from './server.mjs';

export const ids = { quillet: 'quillet.quillet', empty: 'bench.empty', bare: 'bench.bare' };

/** @typedef {{ home: string, installed: string, carrier: string }} Prepared */

/**
 * Unpacks the package and writes the others beside it.
 * @param {string} home
 * @param {string} vsix
 * @returns {Promise<Prepared>}
 */
export async function prepare(home, vsix) {
  const installed = path.join(home, 'extensions');
  const quillet = path.join(installed, 'quillet.quillet-0.0.1');
  unpack(vsix, 'extension/', quillet);
  writeExtension(installed, 'empty', 'exports.activate = () => {};');
  // The least that sends the same request: the SDK as it comes, bundled and loaded at the first command.
  const code = fs.readFileSync(inProject('scripts', 'bench', 'bareExtension.cjs'), 'utf8');
  const bare = writeExtension(installed, 'bare', code, ['onCommand:bare.thread']);
  await esbuild.buildWholeSdk(path.join(bare, 'openai.js'));
  // The measurement needs an extension under development to be let in; it is none of those measured.
  const carrier = writeExtension(home, 'carrier', 'exports.activate = () => {};');
  return { home, installed, carrier };
}

/** @param {string} url of the model server */
export function settingsFor(url) {
  const providers = { bench: { preset: 'custom', baseUrl: url, needsKey: false } };
  return { 'quillet.providers': providers, 'quillet.model': 'bench/model', 'bench.url': url };
}

let hosts = 0;

/**
 * Runs one part of the measurement in an extension host of its own.
 * @param {Prepared} prepared
 * @param {Record<string, unknown>} settings what the measurement is told
 */
export async function runInHost({ home, installed, carrier }, settings) {
  hosts += 1;
  const server = await startBenchServer();
  const workspace = path.join(home, `workspace${hosts}`);
  fs.mkdirSync(workspace);
  const userData = writeUserData(
    path.join(home, `user${hosts}`),
    { reportUrl: server.reportUrl, lastToken, ...settings },
    settingsFor(server.url),
  );
  const tests = inProject('out', 'test', 'bench.js');
  const run = { extension: carrier, installed, tests, workspace, userData, isWeb: false };
  const output = await runInVscode(await findVscode(), run);
  if (!server.state.isComplete) {
    throw new Error(`The measurement ended early.\n${output}`);
  }
  await server.close();
  return server;
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
