const path = require('node:path');

const root = path.join(__dirname, '../..');

/** @returns {import('esbuild').BuildOptions} */
function common(production) {
  return {
    absWorkingDir: root,
    bundle: true,
    format: 'cjs',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    sourcesContent: false,
    logOverride: { 'import-is-undefined': 'error' },
  };
}

const EMPTY = './scripts/build/empty.cjs';

/** Modules that only Node has: Quillet checks whether their functions exist, and secretlint's rules that read files are not used. */
const NODE_STUBS = Object.fromEntries(
  ['child_process', 'crypto', 'fs', 'fs/promises', 'path'].map((name) => [`node:${name}`, EMPTY]),
);

/** The web extension host is a worker without Node, in which `require` works for 'vscode' only. */
const WORKER_OPTIONS = {
  platform: 'browser',
  external: ['vscode'],
  mainFields: ['browser', 'module', 'main'],
  conditions: ['browser', 'worker'],
  define: {
    'process.env': '{}',
    'process.env.NODE_ENV': '"production"',
    // Prevents the SDK from reading keys or addresses from `OPENAI_*` environment variables.
    'globalThis.process': 'undefined',
  },
  // Secretlint's logger and profiler would see the scanned text.
  alias: Object.fromEntries(
    ['debug', '@secretlint/profiler'].map((name) => [name, './scripts/build/silentLogger.cjs']),
  ),
};

module.exports = { common, NODE_STUBS, root, WORKER_OPTIONS };
