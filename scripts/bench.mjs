// npm run bench [-- --only start,stream,large,memory,thread,typing,usage] [-- --runs 4] [-- --repeat 15] [-- --memory 1000]
//
// Measures the packaged extension and two baselines in the same extension host: an empty extension, and one that only loads
// the SDK on first use, sends the same kind of request and shows the answer. Prints medians with minimum and maximum;
// compare values of the same run only. `start` measures a command until its request is sent and its answer inserted,
// `stream` long answers, `thread` and `typing` painting in a window, `usage` the dashboard with many runs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import esbuild from '../esbuild.js';
import { EXTENSION_IDS, prepareExtensions, runInHost } from './bench/extensions.mjs';
import { formatTable } from './bench/report.mjs';
import { measureUsage } from './bench/usage.mjs';
import { measureThreads, measureTyping, openWindow } from './bench/window.mjs';
import { onExit } from './lib/cleanup.mjs';
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
onExit(() => removeFolder(home));
const prepared = await prepareExtensions(home, vsix);
add('package', fs.statSync(vsix).size / 1000);

const inHost = (benchmark) => async () =>
  addSamples(await runInHost(prepared, { benchmark, memoryRuns: Number(options.memory) }));
const inWindow = (measure) => () => openWindow(prepared, (opened) => measure({ ...opened, runs, add }));
const benchmarks = {
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
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    throw new Error(`Unknown benchmark "${name}". Available: ${Object.keys(benchmarks).join(', ')}.`);
  }
  process.stdout.write(`${name} ...\n`);
  const start = Date.now();
  await benchmark();
  loads.push(`${name} ${loadAverage()} in ${Math.round((Date.now() - start) / 1000)} s`);
}
process.stdout.write(`\n${formatTable(samples)}\n\n`);
process.stdout.write(`Load average (${os.availableParallelism()} CPUs): ${loads.join(', ')}.\n`);
process.exit(0);

async function measureStart() {
  const allIds = Object.values(EXTENSION_IDS);
  for (let run = 0; run < runs; run += 1) {
    const order = allIds.map((_, index) => allIds[(index + run) % allIds.length]);
    const server = await runInHost(prepared, { benchmark: 'start', order, repeat: Number(options.repeat) });
    for (const { id, index, ms } of server.requestDelays()) {
      add(`${index === 0 ? 'first' : 'later'} ${id}`, ms);
    }
    addSamples(server);
  }
}

function addSamples(server) {
  for (const { name, value } of server.state.samples) {
    add(name, value);
  }
}

/** @param {string} name @param {number} value */
function add(name, value) {
  samples.set(name, [...(samples.get(name) ?? []), value]);
}

/** If the load exceeds the number of CPUs, the measured times are an upper bound. */
function loadAverage() {
  return os.loadavg()[0].toFixed(1);
}
