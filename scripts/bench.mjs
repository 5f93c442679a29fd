// npm run bench [-- --only start,stream,large,memory,thread,typing,usage] [-- --runs 4] [-- --repeat 15] [-- --memory 1000]
//
// Measures the packaged extension beside two others in the same extension host: one that does nothing, and one that does
// nothing but load the same SDK on first use, send the same kind of request and show its answer. Figures are medians with
// the least and the most; they hold only beside each other. `start` is what a command costs until its request leaves and
// its answer is in the text, `stream` what long answers cost, `thread` and `typing` what is painted in a window, `usage` how
// long the dashboard takes to show a million runs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import esbuild from '../esbuild.js';
import { ids, prepare, runInHost } from './bench/extensions.mjs';
import { table } from './bench/figures.mjs';
import { measureUsage } from './bench/usage.mjs';
import { measureThreads, measureTyping, openWindow } from './bench/window.mjs';
import { onEnd } from './lib/cleanup.mjs';
import { removeFolder } from './lib/server.mjs';
import { buildPackage } from './lib/vsix.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'start,stream,large,memory,thread,typing,usage' },
    runs: { type: 'string', default: '4' },
    repeat: { type: 'string', default: '15' },
    memory: { type: 'string', default: '1000' },
  },
});
const runs = Number(options.runs);

/** @type {Map<string, number[]>} */
const samples = new Map();
const vsix = await buildPackage();
await esbuild.buildTests(['bench']);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-bench-'));
onEnd(() => removeFolder(home));
const prepared = await prepare(home, vsix);
add('package', fs.statSync(vsix).size / 1000);

const inHost = (part) => async () => take(await runInHost(prepared, { part, memoryRuns: Number(options.memory) }));
const inWindow = (measure) => () => openWindow(prepared, (opened) => measure({ ...opened, runs, add }));
const parts = {
  start: measureStart,
  stream: inHost('stream'),
  large: inHost('large'),
  memory: inHost('memory'),
  thread: inWindow(measureThreads),
  typing: inWindow(measureTyping),
  usage: inWindow(measureUsage),
};
/** @type {string[]} */
const loads = [];
for (const name of options.only.split(',')) {
  const part = parts[name];
  if (part === undefined) {
    throw new Error(`There is no part "${name}". There are: ${Object.keys(parts).join(', ')}.`);
  }
  process.stdout.write(`${name} ...\n`);
  const start = Date.now();
  await part();
  loads.push(`${name} ${load()} in ${Math.round((Date.now() - start) / 1000)} s`);
}
process.stdout.write(`\n${table(samples)}\n\n`);
process.stdout.write(`Load of the machine, of ${os.availableParallelism()}: ${loads.join(', ')}.\n`);
process.exit(0);

async function measureStart() {
  const all = Object.values(ids);
  for (let run = 0; run < runs; run += 1) {
    const order = all.map((_, index) => all[(index + run) % all.length]);
    const server = await runInHost(prepared, { part: 'start', order, repeat: Number(options.repeat) });
    for (const { id, index, ms } of server.waits()) {
      add(`${index === 0 ? 'first' : 'later'} ${id}`, ms);
    }
    take(server);
  }
}

function take(server) {
  for (const { name, value } of server.state.samples) {
    add(name, value);
  }
}

/** @param {string} name @param {number} value */
function add(name, value) {
  samples.set(name, [...(samples.get(name) ?? []), value]);
}

/** Figures of a machine with more to do than processors are an upper bound. */
function load() {
  return os.loadavg()[0].toFixed(1);
}
