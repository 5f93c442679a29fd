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

/** @type {Map<string, number[]>} of the current benchmark */
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
for (const name of options.only.split(',')) {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    throw new Error(`Unknown benchmark "${name}". Available: ${Object.keys(benchmarks).join(', ')}.`);
  }
  const [start, loadBefore] = [Date.now(), loadAverage()];
  await benchmark();
  const seconds = Math.round((Date.now() - start) / 1000);
  const load = `load average ${loadBefore} to ${loadAverage()} on ${os.availableParallelism()} CPUs`;
  process.stdout.write(`${name}: ${seconds} s, ${load}\n${formatTable(samples)}\n\n`);
  samples.clear();
}
process.exit(0);

async function measureStart() {
  const allIds = Object.values(EXTENSION_IDS);
  for (let run = 0; run < runs; run += 1) {
    // Each in a host of its own: the first request pays for what the host has not loaded yet.
    for (let index = 0; index < allIds.length; index += 1) {
      const id = allIds[(index + run) % allIds.length];
      const server = await runInHost(prepared, { benchmark: 'start', id, repeat: Number(options.repeat) });
      for (const { name, value } of server.requestDelays()) {
        add(name, value);
      }
      addSamples(server);
    }
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
