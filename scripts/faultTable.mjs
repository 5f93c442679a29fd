// npm run faults: updates the fault table in docs/faults.md from the results of the last `npm test`.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { faultTable } from './lib/faultRows.mjs';
import { inProject } from './lib/paths.mjs';
import { resultFolder } from './lib/results.mjs';

const start = '<!-- faults -->';
const end = '<!-- /faults -->';
const page = inProject('docs', 'faults.md');

// Unit tests come first: their titles describe a fault best.
const files = ['unit', 'integration', 'journeys', 'web', 'e2e'].map((tier) => path.join(resultFolder, `${tier}.json`));
const present = files.filter((file) => fs.existsSync(file));
const tests = present.flatMap((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
if (tests.length === 0) {
  throw new Error('No test results found. Run "npm test" first.');
}

const text = fs.readFileSync(page, 'utf8');
const [before, rest] = text.split(start);
const after = rest?.split(end)[1];
if (before === undefined || after === undefined) {
  throw new Error(`docs/faults.md needs the lines ${start} and ${end} around the table.`);
}
fs.writeFileSync(page, `${before}${start}\n\n${faultTable(tests)}\n\n${end}${after}`);
const tiers = present.map((file) => path.basename(file, '.json')).join(', ');
process.stdout.write(`Updated the fault table from ${tests.length} tests (${tiers}).\n`);
