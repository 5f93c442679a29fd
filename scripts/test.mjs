// npm test [-- --unit --integration --web --e2e] [--grep <words>]
//
// Runs all kinds of tests, or the named ones. The last line says how many passed and failed, in all of them together.
import process from 'node:process';
import esbuild from '../esbuild.js';
import { cleanUp } from './lib/cleanup.mjs';
import { runIntegration } from './lib/integration.mjs';
import { runOnNode } from './lib/nodeTests.mjs';
import { told } from './lib/results.mjs';
import { buildPackage } from './lib/vsix.mjs';

const tiers = /** @type {const} */ (['unit', 'integration', 'web', 'e2e']);
const args = process.argv.slice(2);
const named = tiers.filter((tier) => args.includes(`--${tier}`));
const chosen = named.length === 0 ? tiers : named;
const grep = args.includes('--grep') ? (args[args.indexOf('--grep') + 1] ?? '') : '';

const run = {
  unit: () => runOnNode({ tier: 'unit', bundle: 'unit.mjs', grep, timeout: 10_000 }),
  integration: () => runIntegration({ isWeb: false, grep }),
  web: () => runIntegration({ isWeb: true, grep }),
  e2e: async () => {
    const vsix = await buildPackage();
    // A whole workbench on a busy machine now and then misses a key. The summary says how often a story was tried again.
    const env = { QUILLET_VSIX: vsix };
    return runOnNode({ tier: 'e2e', bundle: 'e2e.mjs', grep, timeout: 120_000, retries: 1, env });
  },
};

const results = [];
try {
  await esbuild.buildProduct({ quiet: true });
  await esbuild.buildTests([...chosen]);
  for (const tier of chosen) {
    results.push(await run[tier]());
  }
} catch (error) {
  // What cannot even be built or packaged is a failed test like any other.
  process.stdout.write(`${error.message}\n`);
  results.push({ passed: 0, failed: 1, retried: 0 });
}
await cleanUp();
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const retried = results.reduce((sum, result) => sum + result.retried, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed${told(retried)}\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
