// npm run bench [-- --runs 6] [-- --requests 15]
//
// Measures the packaged extension beside two others in the same extension host: one that does nothing, and one that does
// nothing but load the same SDK on first use and send the same kind of request. Figures are medians over several hosts,
// and only hold beside each other.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import esbuild from '../esbuild.js';
import { startBenchServer } from './lib/benchServer.mjs';
import { onEnd } from './lib/cleanup.mjs';
import { findVscode, runInVscode, writeUserData } from './lib/extensionHost.mjs';
import { inProject } from './lib/paths.mjs';
import { removeFolder } from './lib/server.mjs';
import { buildPackage, readZip, unpack } from './lib/vsix.mjs';

const options = parseArgs({
  options: { runs: { type: 'string', default: '6' }, requests: { type: 'string', default: '15' } },
});
const [runs, requests] = [Number(options.values.runs), Number(options.values.requests)];
const ids = { quillet: 'quillet.quillet', empty: 'bench.empty', bare: 'bench.bare' };

const vsix = await buildPackage();
await esbuild.buildTests(['bench']);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-bench-'));
onEnd(() => removeFolder(home));
const installed = path.join(home, 'extensions');
unpack(vsix, 'extension/', path.join(installed, 'quillet.quillet-0.0.1'));
writeExtension('empty', 'exports.activate = () => {};');
writeBare();
// The measurement needs an extension under development to be let in; it is none of those measured.
const carrier = writeExtension('carrier', 'exports.activate = () => {};');
const executable = await findVscode();

/** @type {Map<string, number[]>} */
const samples = new Map();
for (let run = 0; run < runs; run += 1) {
  process.stdout.write(`run ${run + 1} of ${runs}\n`);
  await measure(run);
}
print();
process.exit(0);

/** @param {number} run */
async function measure(run) {
  const server = await startBenchServer();
  const all = Object.values(ids);
  const order = all.map((_, index) => all[(index + run) % all.length]);
  const workspace = path.join(home, `workspace${run}`);
  fs.mkdirSync(workspace);
  const providers = { bench: { preset: 'custom', baseUrl: server.url, needsKey: false } };
  const userData = writeUserData(
    path.join(home, `user${run}`),
    { reportUrl: server.reportUrl, order, requests },
    { 'quillet.providers': providers, 'quillet.model': 'bench/model', 'bench.url': server.url },
  );
  const tests = inProject('out', 'test', 'bench.js');
  const output = await runInVscode(executable, {
    extension: carrier,
    installed,
    tests,
    workspace,
    userData,
    isWeb: false,
  });
  if (!server.isComplete()) {
    throw new Error(`The measurement ended early.\n${output}`);
  }
  for (const [id, ms] of server.activations) {
    add(`activation ${id}`, ms);
  }
  for (const { id, index, ms } of server.waits()) {
    add(`${index === 0 ? 'first' : 'later'} ${id}`, ms);
  }
  await server.close();
}

/** @param {string} name @param {number} value */
function add(name, value) {
  samples.set(name, [...(samples.get(name) ?? []), value]);
}

function print() {
  const bytes = fs.statSync(vsix).size;
  const unpacked = readZip(vsix).reduce((sum, entry) => sum + entry.size, 0);
  const row = (label, name) => {
    const cells = [ids.empty, ids.bare, ids.quillet].map((id) => figure(samples.get(`${name} ${id}`)).padEnd(22));
    process.stdout.write(`${label.padEnd(32)}${cells.join('')}\n`);
  };
  process.stdout.write(
    `\n${''.padEnd(32)}${['empty', 'bare SDK, lazy', 'quillet'].map((name) => name.padEnd(22)).join('')}\n`,
  );
  row('activate(), ms', 'activation');
  row('command to first request, ms', 'first');
  row('command to later requests, ms', 'later');
  process.stdout.write(
    `${'package, KB'.padEnd(76)}${(bytes / 1000).toFixed(1)} (unpacked ${(unpacked / 1000).toFixed(0)})\n`,
  );
  const load = os.loadavg()[0];
  if (load > os.availableParallelism()) {
    process.stdout.write(`\nThe machine was busy (load ${load.toFixed(1)}): take these figures for an upper bound.\n`);
  }
  const added = median(samples.get(`activation ${ids.quillet}`)) - median(samples.get(`activation ${ids.empty}`));
  process.stdout.write(
    `\nActivation adds ${added.toFixed(1)} ms over the empty extension, at the median of ${runs} runs.\n`,
  );
}

/** @param {number[]} [values] */
function figure(values = []) {
  if (values.length === 0) {
    return '-';
  }
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
}

/** @param {number[]} [values] */
function median(values = []) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The least that sends the same request: the bundled SDK, loaded at the first command. */
function writeBare() {
  const folder = writeExtension('bare', fs.readFileSync(inProject('scripts', 'lib', 'bareExtension.cjs'), 'utf8'));
  fs.copyFileSync(path.join(installed, 'quillet.quillet-0.0.1', 'dist', 'openai.js'), path.join(folder, 'openai.js'));
  return folder;
}

/** @param {string} name @param {string} code */
function writeExtension(name, code) {
  const folder = path.join(name === 'carrier' ? home : installed, `bench.${name}-0.0.1`);
  const { engines } = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  const manifest = {
    name,
    publisher: 'bench',
    version: '0.0.1',
    engines,
    main: './extension.js',
    activationEvents: [],
  };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, 'extension.js'), code);
  return folder;
}
