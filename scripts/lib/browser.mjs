// Launches the headless browser for the workbench: Chromium from npm on Linux x64, otherwise the installed Chrome or Edge.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { onExit } from './cleanup.mjs';
import { inProject } from './paths.mjs';

const chromiumFolder = inProject('node_modules', '.cache', 'quillet', 'chromium');

/**
 * Launches a browser that closes when this process exits.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const browser = await chromium.launch({
    ...(await browserOptions()),
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = onExit(() => browser.close());
  browser.on('disconnected', () => void close());
  return browser;
}

async function browserOptions() {
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
    // Chromium's sandbox doesn't work as root, e.g. in containers.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const executablePath = await unpackChromium();
    const env = { ...process.env, FONTCONFIG_FILE: writeFontSettings() };
    return { executablePath, args: [...args, ...sandbox, '--disable-gpu'], env };
  }
  return { channel: process.platform === 'win32' ? 'msedge' : 'chrome', args };
}

/** By default the package unpacks into a fixed folder in the system's temporary folder. Keep a copy in node_modules instead. */
async function unpackChromium() {
  const executable = path.join(chromiumFolder, 'chromium');
  if (fs.existsSync(executable)) {
    return executable;
  }
  fs.mkdirSync(path.dirname(chromiumFolder), { recursive: true });
  const partial = fs.mkdtempSync(`${chromiumFolder}-`);
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
  // If two processes unpack at the same time, the first to finish wins.
  try {
    fs.renameSync(partial, chromiumFolder);
  } catch {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return executable;
}

/** Makes the fonts of the Chromium package and of the VS Code server available; a container may have no fonts at all. */
function writeFontSettings() {
  const katex = inProject('node_modules', 'code-server', 'lib', 'vscode', 'extensions', 'markdown-language-features');
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', path.join(chromiumFolder, 'fonts'), katex];
  const alias = (family, fonts) =>
    `<alias binding="same"><family>${family}</family><prefer>${fonts.map((font) => `<family>${font}</family>`).join('')}</prefer></alias>`;
  const lines = [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>',
    ...folders.map((folder) => `<dir>${folder}</dir>`),
    `<cachedir>${path.join(chromiumFolder, 'fonts-cache')}</cachedir>`,
    alias('sans-serif', ['Open Sans', 'DejaVu Sans']),
    alias('system-ui', ['Open Sans', 'DejaVu Sans']),
    alias('monospace', ['DejaVu Sans Mono', 'Liberation Mono', 'KaTeX_Typewriter']),
    '</fontconfig>',
  ];
  const file = path.join(chromiumFolder, 'quillet-fonts.conf');
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}
