// npm run build, npm run watch: runs esbuild.js with the same arguments.
import process from 'node:process';
import esbuild from '../esbuild.js';
import './lib/cleanup.mjs';

await esbuild.main(process.argv.slice(2));
