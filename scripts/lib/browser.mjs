// The headless Chromium that shows the workbench: the one from the npm package where it runs (Linux on x64), else the
// Chrome or Edge of this computer.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { onEnd } from './cleanup.mjs';
import { inProject } from './paths.mjs';

const unpacked = inProject('node_modules', '.cache', 'quillet', 'chromium');

/**
 * Starts a browser that ends with this process.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const browser = await chromium.launch({
    ...(await browserToUse()),
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = onEnd(() => browser.close());
  browser.on('disconnected', () => void close());
  return browser;
}

async function browserToUse() {
  const args = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
    '--font-render-hinting=none',
  ];
  if (process.env.QUILLET_BROWSER !== undefined) {
    return { executablePath: process.env.QUILLET_BROWSER, args };
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Root, as in containers, cannot use Chromium's sandbox.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const executablePath = await unpackChromium();
    const env = { ...process.env, FONTCONFIG_FILE: writeFontSettings() };
    return { executablePath, args: [...args, ...sandbox, '--disable-gpu'], env };
  }
  return { channel: process.platform === 'win32' ? 'msedge' : 'chrome', args };
}

/** The package unpacks into the system's temporary folder, under a fixed name; we keep our copy with the other packages. */
async function unpackChromium() {
  const executable = path.join(unpacked, 'chromium');
  if (fs.existsSync(executable)) {
    return executable;
  }
  fs.mkdirSync(path.dirname(unpacked), { recursive: true });
  const partial = fs.mkdtempSync(`${unpacked}-`);
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = partial;
  try {
    await sparticuz.executablePath();
  } finally {
    process.env.TMPDIR = temporary ?? os.tmpdir();
    if (temporary === undefined) {
      delete process.env.TMPDIR;
    }
  }
  // Two processes may unpack at once: the first to finish wins.
  try {
    fs.renameSync(partial, unpacked);
  } catch {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return executable;
}

/** A bare machine has no fonts at all: the package brings a proportional one, and the VS Code server a monospaced one. */
function writeFontSettings() {
  const katex = inProject('node_modules', 'code-server', 'lib', 'vscode', 'extensions', 'markdown-language-features');
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', path.join(unpacked, 'fonts'), katex];
  const alias = (family, fonts) =>
    `<alias binding="same"><family>${family}</family><prefer>${fonts.map((font) => `<family>${font}</family>`).join('')}</prefer></alias>`;
  const lines = [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>',
    ...folders.map((folder) => `<dir>${folder}</dir>`),
    `<cachedir>${path.join(unpacked, 'fonts-cache')}</cachedir>`,
    alias('sans-serif', ['Open Sans', 'DejaVu Sans']),
    alias('system-ui', ['Open Sans', 'DejaVu Sans']),
    alias('monospace', ['DejaVu Sans Mono', 'Liberation Mono', 'KaTeX_Typewriter']),
    '</fontconfig>',
  ];
  const file = path.join(unpacked, 'quillet-fonts.conf');
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}
