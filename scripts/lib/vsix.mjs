// Packages the extension and checks the contents of the package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import zlib from 'node:zlib';
import esbuild from '../../esbuild.js';
import { inProject, root } from './paths.mjs';

const MAX_PACKAGE_BYTES = 900_000;
/** Modification time of every file in the package, in seconds since 1970, for reproducible builds. */
const SOURCE_DATE_EPOCH = '946684800';
const listFile = inProject('test', 'fixtures', 'vsixFiles.txt');

/**
 * Builds for production, packages, and throws if a check of the package fails.
 * @param {{ quiet?: boolean, updateList?: boolean, file?: string }} [options]
 * @returns {Promise<string>} the path of the package
 */
export async function buildPackage({ quiet = true, updateList = false, file = defaultFile() } = {}) {
  await esbuild.buildProduct({ production: true, quiet });
  runVsce(file);
  const entries = readZip(file);
  if (updateList) {
    fs.writeFileSync(listFile, `${listedNames(entries).join('\n')}\n`);
  }
  const problems = packageProblems(entries, fs.statSync(file).size);
  if (problems.length > 0) {
    throw new Error(`Invalid package:\n${problems.join('\n')}`);
  }
  return file;
}

function defaultFile() {
  const { name, version } = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  return inProject(`${name}-${version}.vsix`);
}

/**
 * The SHA-256 of a file.
 * @param {string} file
 */
export function hashOf(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/**
 * Names for the list of expected files.
 * @param {readonly Entry[]} entries
 */
export function listedNames(entries) {
  return entries.map(({ name }) => name);
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
    env: { ...process.env, SOURCE_DATE_EPOCH },
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
      .map((name) => `${name} is in the package but not in vsixFiles.txt (to update it: npm run package -- --update)`),
    ...expected
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is in vsixFiles.txt but not in the package (to update it: npm run package -- --update)`),
    ...names
      .filter((name) => /\.map$|\.ts$|(^|\/)(test|src|node_modules)\//.test(name))
      .map((name) => `${name} must not be packaged`),
    ...entries
      .filter((entry) => entry.text().includes('//# sourceMappingURL='))
      .map((entry) => `${entry.name} refers to a source map`),
    ...entries
      .filter((entry) => /\bsk-[\w-]{20,}/.test(entry.text()))
      .map((entry) => `${entry.name} may contain a key`),
    ...(size > MAX_PACKAGE_BYTES ? [`the package has ${size} bytes (maximum ${MAX_PACKAGE_BYTES})`] : []),
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
  return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * Unpacks one folder of a zip archive.
 * @param {string} file
 * @param {string} prefix
 * @param {string} target
 */
export function unpack(file, prefix, target) {
  for (const entry of readZip(file).filter(({ name }) => name.startsWith(prefix))) {
    const targetFile = path.join(target, entry.name.slice(prefix.length));
    fs.mkdirSync(path.dirname(targetFile), { recursive: true });
    fs.writeFileSync(targetFile, entry.data());
  }
}
