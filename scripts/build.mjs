// npm run build, npm run watch: esbuild.js on the project's own Node, with the same arguments.
import process from 'node:process';
import esbuild from '../esbuild.js';
import './lib/cleanup.mjs';

await esbuild.main(process.argv.slice(2));
