import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { scanForSecrets } from '../../../src/secrets/secretScanner';

const maxPerThousandLines = 0.05;
const ownSources = ['src', 'docs', 'scripts', 'media', 'README.md', 'CHANGELOG.md', 'package.json', 'esbuild.js'];
// With many mentions of keys, tokens and passwords.
const packages = [
  'openai',
  'yaml',
  'valibot',
  'undici',
  'eventsource-parser',
  'jsonc-parser',
  'diff',
  '@azure/identity',
  '@azure/msal-node',
];

/** Folders with the code of another folder, compiled to another kind of modules. */
const copies = new Set(['browser', 'commonjs', 'libcjs', 'react-native', 'workerd']);

function textFiles(place: string): string[] {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
    const isText = /\.(?:ts|js|mjs|cjs|md|json|ya?ml|css|html)$/.test(place);
    return isText && (statSync(place, { throwIfNoEntry: false })?.size ?? Infinity) < 200_000 ? [place] : [];
  }
  const names = readdirSync(place);
  const isCopy = (name: string) =>
    copies.has(name) || (name.endsWith('.js') && names.includes(name.replace(/\.js$/, '.mjs')));
  return names
    .filter((name) => name !== 'node_modules' && !isCopy(name))
    .flatMap((name) => textFiles(path.join(place, name)));
}

async function alarmsIn(files: readonly string[]): Promise<{ lines: number; alarms: string[] }> {
  let lines = 0;
  const alarms: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    lines += text.split('\n').length;
    const found = await scanForSecrets(text, { limitMs: 60_000 });
    alarms.push(...found.map(({ kind, line, start, end }) => `${file}:${line} ${kind} ${text.slice(start, end)}`));
  }
  return { lines, alarms };
}

describe('scanForSecrets: false alarms', () => {
  it('finds no secret in the sources of this project [R39]', async () => {
    const { alarms } = await alarmsIn(ownSources.flatMap(textFiles));
    assert.deepEqual(alarms, []);
  });

  it(`finds at most ${maxPerThousandLines} secrets in 1,000 lines of public packages [R39]`, async () => {
    const { lines, alarms } = await alarmsIn(packages.flatMap((name) => textFiles(path.join('node_modules', name))));
    const rate = (alarms.length / lines) * 1000;
    process.stdout.write(`${rate.toFixed(3)} false alarms in 1,000 lines (${alarms.length} in ${lines})\n`);
    assert.ok(lines > 20_000, `${lines} lines`);
    assert.ok(rate <= maxPerThousandLines, alarms.join('\n'));
  });
});
