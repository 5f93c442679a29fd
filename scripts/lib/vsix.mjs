// Packages the extension and looks at what is in the package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import zlib from 'node:zlib';
import esbuild from '../../esbuild.js';
import { inProject, root } from './paths.mjs';

const sizeCap = 350_000;
/** The time that every file in the package bears, in seconds since 1970: the package depends on what is in it alone (R38). */
const packagedAt = '946684800';
const listFile = inProject('test', 'fixtures', 'vsixFiles.txt');

/**
 * Builds for production and packages. Throws when the package is not what it should be.
 * @param {{ quiet?: boolean, updateList?: boolean, file?: string }} [options] `file` is where the package goes
 * @returns {Promise<string>} the path of the package
 */
export async function buildPackage({ quiet = true, updateList = false, file = usualFile() } = {}) {
  await esbuild.buildProduct({ production: true, quiet });
  runVsce(file);
  const entries = readZip(file);
  if (updateList) {
    fs.writeFileSync(listFile, `${listedNames(entries).join('\n')}\n`);
  }
  const problems = packageProblems(entries, fs.statSync(file).size);
  if (problems.length > 0) {
    throw new Error(`The package is not right:\n${problems.join('\n')}`);
  }
  return file;
}

function usualFile() {
  const { name, version } = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  return inProject(`${name}-${version}.vsix`);
}

/**
 * What tells two packages apart, whatever they are called.
 * @param {string} file
 */
export function hashOf(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/**
 * The names that the list has. How many files hold what several parts share depends on every import in them.
 * @param {readonly Entry[]} entries
 */
export function listedNames(entries) {
  return [...new Set(entries.map(({ name }) => name.replace(/\/shared\d+\.js$/, '/shared*.js')))];
}

/** @param {string} file */
function runVsce(file) {
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
  const vsce = inProject('node_modules', '@vscode', 'vsce', 'vsce');
  const result = spawnSync(process.execPath, [vsce, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: packagedAt },
  });
  if (result.status !== 0) {
    throw new Error(`vsce failed:\n${result.stdout}${result.stderr}`);
  }
}

/**
 * @typedef {{ name: string, size: number, data: () => Buffer, text: () => string }} Entry
 * @param {Entry[]} entries
 * @param {number} size
 */
function packageProblems(entries, size) {
  const expected = fs.existsSync(listFile) ? fs.readFileSync(listFile, 'utf8').trim().split('\n') : [];
  const names = listedNames(entries);
  return [
    ...names
      .filter((name) => !expected.includes(name))
      .map((name) => `${name} is packaged and not expected (npm run package -- --update)`),
    ...expected
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is expected and not packaged (npm run package -- --update)`),
    ...names
      .filter((name) => /\.map$|\.ts$|(^|\/)(test|src|node_modules)\//.test(name))
      .map((name) => `${name} must not be packaged`),
    ...entries
      .filter((entry) => entry.text().includes('//# sourceMappingURL='))
      .map((entry) => `${entry.name} has a source map`),
    ...entries
      .filter((entry) => /\bsk-[\w-]{20,}/.test(entry.text()))
      .map((entry) => `${entry.name} holds what looks like a key`),
    ...(size > sizeCap ? [`the package has ${size} bytes, more than ${sizeCap}`] : []),
  ];
}

/**
 * The files in a zip archive, from its central directory.
 * @param {string} file
 * @returns {Entry[]}
 */
export function readZip(file) {
  const data = fs.readFileSync(file);
  const end = data.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = [];
  let position = data.readUInt32LE(end + 16);
  for (let count = data.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size] = [data.readUInt16LE(position + 10), data.readUInt32LE(position + 20)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => data.readUInt16LE(position + offset));
    const local = data.readUInt32LE(position + 42);
    const name = data.toString('utf8', position + 46, position + 46 + nameLength);
    const start = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    const content = data.subarray(start, start + size);
    const unpacked = () => (method === 0 ? content : zlib.inflateRawSync(content));
    entries.push({
      name,
      size: data.readUInt32LE(position + 24),
      data: unpacked,
      text: () => unpacked().toString('utf8'),
    });
    position += 46 + nameLength + extraLength + commentLength;
  }
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Unpacks the files below a folder of a zip archive.
 * @param {string} file
 * @param {string} prefix
 * @param {string} target
 */
export function unpack(file, prefix, target) {
  for (const entry of readZip(file).filter(({ name }) => name.startsWith(prefix))) {
    const place = path.join(target, entry.name.slice(prefix.length));
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, entry.data());
  }
}
