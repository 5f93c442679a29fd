// Runs unit and end-to-end tests in a child process.
import { fork } from 'node:child_process';
import { onExit } from './cleanup.mjs';
import { inProject, root } from './paths.mjs';
import { Results } from './results.mjs';

/**
 * @param {{ tier: string, bundle: string, grep: string, timeout: number, env?: Record<string, string> }} options
 */
export async function runOnNode({ tier, bundle, grep, timeout, env }) {
  const results = new Results(tier);
  results.announce();
  const child = fork(
    inProject('scripts', 'lib', 'mochaChild.mjs'),
    [inProject('out', 'test', bundle), grep, String(timeout)],
    {
      cwd: root,
      execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, ...env },
    },
  );
  const end = onExit(() => void child.kill('SIGTERM'));
  child.on('message', (event) => results.add(/** @type {import('./reportServer.mjs').TestEvent} */ (event)));
  await new Promise((resolve) => child.on('exit', resolve));
  await end();
  if (grep === '') {
    results.save(tier);
  }
  return results.finish(grep);
}
