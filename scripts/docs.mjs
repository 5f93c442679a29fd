// npm run docs: writes docs/commands.md and docs/settings.md from package.json and package.nls.json.
import fs from 'node:fs';
import process from 'node:process';
import { inProject } from './lib/paths.mjs';
import { referencePages } from './lib/referencePages.mjs';

for (const [file, text] of Object.entries(referencePages())) {
  fs.writeFileSync(inProject(file), text);
  process.stdout.write(`Wrote ${file}.\n`);
}
