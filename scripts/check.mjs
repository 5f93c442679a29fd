// npm run check: lint, format, types, dead code and the architecture rules.
// npm run format: formats and applies the linter's safe fixes.
import { spawn } from 'node:child_process';
import process from 'node:process';
import esbuild from '../esbuild.js';
import { runOnNode } from './lib/nodeTests.mjs';
import { inProject, root } from './lib/paths.mjs';

const bin = (/** @type {string[]} */ ...parts) => inProject('node_modules', ...parts);
const biome = bin('@biomejs', 'biome', 'bin', 'biome');
const compiler = bin('typescript', 'bin', 'tsc');

const CHECKS = [
  { name: 'lint and format', args: [biome, 'check', '--error-on-warnings', '--max-diagnostics=200', '.'] },
  { name: 'types: src', args: [compiler, '-p', '.'] },
  { name: 'types: media', args: [compiler, '-p', 'media'] },
  { name: 'types: test', args: [compiler, '-p', 'test'] },
  { name: 'types: test/e2e', args: [compiler, '-p', 'test/e2e'] },
  { name: 'types: scripts', args: [compiler, '-p', 'scripts'] },
  { name: 'dead code', args: [bin('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints'] },
];

if (process.argv.includes('--fix')) {
  process.exit((await run([biome, 'check', '--write', '.'])).code);
}

const queue = [...CHECKS];
const failed = [];
await Promise.all([worker(), worker()]);

try {
  await esbuild.buildProduct({ quiet: true });
  await esbuild.buildTests(['rules']);
  const rules = await runOnNode({ tier: 'architecture', bundle: 'rules.mjs', grep: '', timeout: 10_000 });
  failed.push(...(rules.failed > 0 ? ['architecture'] : []));
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  failed.push('build');
}
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);

async function worker() {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    const start = Date.now();
    const { code, output } = await run(check.args);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `${check.name.padEnd(20)} ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n${code === 0 ? '' : output}`,
    );
    if (code !== 0) {
      failed.push(check.name);
    }
  }
}

/** @param {string[]} args @returns {Promise<{ code: number, output: string }>} */
function run(args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
