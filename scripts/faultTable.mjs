// npm run faults: writes the table of faults into CONTRIBUTING.md, from the results that `npm test` left behind.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { faultTable } from './lib/faultRows.mjs';
import { inProject } from './lib/paths.mjs';
import { resultFolder } from './lib/results.mjs';

const start = '<!-- faults -->';
const end = '<!-- /faults -->';
const page = inProject('CONTRIBUTING.md');

/** Unit tests first, because they name a fault best. */
const files = ['unit', 'integration', 'web', 'e2e'].map((tier) => path.join(resultFolder, `${tier}.json`));
const present = files.filter((file) => fs.existsSync(file));
const tests = present.flatMap((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
if (tests.length === 0) {
  throw new Error('There are no results. Run npm test first.');
}

const text = fs.readFileSync(page, 'utf8');
const [before, rest] = text.split(start);
const after = rest?.split(end)[1];
if (before === undefined || after === undefined) {
  throw new Error(`CONTRIBUTING.md has no place for the table: ${start} and ${end} on lines of their own.`);
}
fs.writeFileSync(page, `${before}${start}\n\n${faultTable(tests)}\n\n${end}${after}`);
const names = present.map((file) => path.basename(file, '.json')).join(', ');
process.stdout.write(`The table of faults was written from ${tests.length} tests: ${names}.\n`);
