// npm run package [-- --update]: builds the .vsix, compares its files with the expected list (or updates the list), and
// prints its size and hash. Builds are reproducible: the same source gives the same hash.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildPackage, hashOf, readZip } from './lib/vsix.mjs';

try {
  const file = await buildPackage({ quiet: false, updateList: process.argv.includes('--update') });
  const kilobytes = (fs.statSync(file).size / 1000).toFixed(1);
  process.stdout.write(
    `${path.basename(file)}: ${kilobytes} KB, ${readZip(file).length} files\nsha256 ${hashOf(file)}\n`,
  );
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exit(1);
}
