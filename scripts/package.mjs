// npm run package [-- --update]: makes the .vsix, compares its list of files with the expected one, and prints its size.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildPackage, readZip } from './lib/vsix.mjs';

try {
  const file = await buildPackage({ quiet: false, updateList: process.argv.includes('--update') });
  const kilobytes = (fs.statSync(file).size / 1000).toFixed(1);
  process.stdout.write(`${path.basename(file)}: ${kilobytes} KB, ${readZip(file).length} files\n`);
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exit(1);
}
