// npm test [-- --unit --integration --web --e2e] [--grep <pattern>]
//
// Runs all test tiers or the given ones. The last line has the totals.
import process from 'node:process';
import esbuild from '../esbuild.js';
import { cleanUp } from './lib/cleanup.mjs';
import { runIntegration } from './lib/integration.mjs';
import { runOnNode } from './lib/nodeTests.mjs';
import { retriedSuffix } from './lib/results.mjs';
import { buildPackage } from './lib/vsix.mjs';

const tiers = /** @type {const} */ (['unit', 'integration', 'web', 'e2e']);
const args = process.argv.slice(2);
const selected = tiers.filter((tier) => args.includes(`--${tier}`));
const tiersToRun = selected.length === 0 ? tiers : selected;
const grep = args.includes('--grep') ? (args[args.indexOf('--grep') + 1] ?? '') : '';

const run = {
  unit: () => runOnNode({ tier: 'unit', bundle: 'unit.mjs', grep, timeout: 60_000 }),
  integration: () => runIntegration({ isWeb: false, grep }),
  web: () => runIntegration({ isWeb: true, grep }),
  e2e: async () => {
    const vsix = await buildPackage();
    // On a busy machine the workbench occasionally misses a key press, so each test may be retried once.
    const env = { QUILLET_VSIX: vsix };
    return runOnNode({ tier: 'e2e', bundle: 'e2e.mjs', grep, timeout: 120_000, retries: 1, env });
  },
};

const results = [];
try {
  await esbuild.buildProduct({ quiet: true });
  await esbuild.buildTests([...tiersToRun]);
  for (const tier of tiersToRun) {
    results.push(await run[tier]());
  }
} catch (error) {
  // A failed build or package counts as a failed test.
  process.stdout.write(`${error.message}\n`);
  results.push({ passed: 0, failed: 1, retried: 0 });
}
await cleanUp();
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const retried = results.reduce((sum, result) => sum + result.retried, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed${retriedSuffix(retried)}\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
