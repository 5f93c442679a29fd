// npm test [-- --unit --integration --journeys --web --oldest --e2e] [--grep <pattern>]
//
// Runs the given test tiers, two at a time; by default unit, integration and journeys, with --all every tier, and with
// --rest those that the default leaves out. --e2e includes --journeys. The last line has the totals.
import os from 'node:os';
import process from 'node:process';
import esbuild from '../esbuild.js';
import { cleanUp } from './lib/cleanup.mjs';
import { runIntegration } from './lib/integration.mjs';
import { runOnNode } from './lib/nodeTests.mjs';
import { buildPackage } from './lib/vsix.mjs';

/** In the order in which they start: of two that run at the same time, the first takes longer. */
/** @type {('unit' | 'integration' | 'journeys' | 'web' | 'oldest' | 'e2e')[]} */
const TIERS = ['integration', 'unit', 'journeys', 'e2e', 'web', 'oldest'];
const DEFAULT_TIERS = TIERS.slice(0, 3);
/** A tier with a window waits for it half of the time, so a second one keeps two cores busy. */
const MAX_PARALLEL_TIERS = Math.min(2, os.availableParallelism());
const args = process.argv.slice(2);
const tiersToRun = selectTiers();
const grep = args.includes('--grep') ? (args[args.indexOf('--grep') + 1] ?? '') : '';

const run = {
  unit: () => runOnNode({ tier: 'unit', bundle: 'unit.mjs', grep, timeout: 120_000 }),
  integration: () => runIntegration({ tier: 'integration', grep }),
  web: () => runIntegration({ tier: 'web', grep }),
  oldest: () => runIntegration({ tier: 'oldest', grep }),
  journeys: () => runEndToEnd('journeys'),
  e2e: () => runEndToEnd('e2e'),
};
/** @type {string | undefined} */
let vsix;

function selectTiers() {
  // `npm run test:all -- --rest` has both.
  if (args.includes('--rest')) return TIERS.filter((tier) => !DEFAULT_TIERS.includes(tier));
  if (args.includes('--all')) return TIERS;
  const selected = TIERS.filter(
    (tier) => args.includes(`--${tier}`) || (tier === 'journeys' && args.includes('--e2e')),
  );
  return selected.length === 0 ? DEFAULT_TIERS : selected;
}

/** @param {'journeys' | 'e2e'} tier */
function runEndToEnd(tier) {
  const env = { QUILLET_VSIX: vsix ?? '' };
  return runOnNode({ tier, bundle: `${tier}.mjs`, grep, timeout: 300_000, env });
}

/** @type {{ passed: number, failed: number }[]} */
const results = [];
try {
  // First, because the other tiers need the build that replaces the one in the package.
  if (tiersToRun.some((tier) => tier === 'journeys' || tier === 'e2e')) {
    vsix = await buildPackage();
  }
  await esbuild.buildProduct({ quiet: true });
  await esbuild.buildTests([...tiersToRun]);
  const queue = [...tiersToRun];
  const worker = async () => {
    for (let tier = queue.shift(); tier !== undefined; tier = queue.shift()) {
      results.push(await run[tier]());
    }
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_TIERS }, worker));
} catch (error) {
  // A failed build or package counts as a failed test.
  process.stdout.write(`${error.message}\n`);
  results.push({ passed: 0, failed: 1 });
}
await cleanUp();
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
