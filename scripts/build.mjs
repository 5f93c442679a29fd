// npm run build, npm run watch: esbuild.js on the project's own Node, with the same arguments.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { inProject, root } from './lib/paths.mjs';

const child = spawn(process.execPath, [inProject('esbuild.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.on('SIGINT', () => {});
child.on('exit', (code) => process.exit(code ?? 1));
