// The sample files of the demo, their code sections and prepared answers.
import fs from 'node:fs';
import { inProject } from '../lib/paths.mjs';

const workspace = inProject('scripts', 'demo', 'workspace');
const fixtures = inProject('scripts', 'demo', 'fixtures');

/**
 * @typedef {object} Sample
 * @property {string} file in the workspace folder
 * @property {string} name of the code, as used in texts of the demo
 * @property {number} firstLine of the code, from 1
 * @property {number} lastLine
 * @property {string} code
 * @property {Readonly<Record<string, string>>} answers by prompt
 */

/** @type {readonly Sample[]} */
export const samples = [
  readSample({ file: 'cart.ts', name: 'cartTotal', firstLine: 8, lastLine: 17, fixture: 'cart.md' }),
  readSample({ file: 'retry.py', name: 'with_retries', firstLine: 7, lastLine: 14, fixture: 'retry.md' }),
  readSample({
    file: 'best_customers.sql',
    name: 'the query',
    firstLine: 2,
    lastLine: 13,
    fixture: 'best_customers.md',
  }),
];

/** Completions by the end of the text before them. */
export const completions = JSON.parse(fs.readFileSync(`${fixtures}/insert.json`, 'utf8'));

/** Translations of texts of the sample files, by the English name of the language. */
export const translations = JSON.parse(fs.readFileSync(`${fixtures}/translate.json`, 'utf8'));

export function copyWorkspace(target) {
  fs.cpSync(workspace, target, { recursive: true });
}

function readSample({ file, name, firstLine, lastLine, fixture }) {
  const lines = fs.readFileSync(`${workspace}/${file}`, 'utf8').split(/\r?\n/);
  const code = lines.slice(firstLine - 1, lastLine).join('\n');
  return { file, name, firstLine, lastLine, code, answers: readSections(`${fixtures}/${fixture}`) };
}

/** A fixture file contains one answer after each `<!-- name -->` line. */
function readSections(file) {
  const [, ...parts] = fs
    .readFileSync(file, 'utf8')
    .replaceAll('\r\n', '\n')
    .split(/^<!-- (\w+) -->\n/m);
  const sections = {};
  for (let index = 0; index < parts.length; index += 2) {
    sections[parts[index]] = parts[index + 1].trimEnd();
  }
  return sections;
}
