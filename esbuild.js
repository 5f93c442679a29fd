// Builds the extension, its webview pages, and (with --tests) the test bundles in out/test.
//
//   node esbuild.js [--production] [--watch] [--tests]
//
// dist/extension.js loads dist/quillet.js on the first command, which loads the heavy libraries on first use, each in a
// bundle of its own. dist/web/extension.js contains everything, because an extension in a browser is a single file.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const { builtInPrompts } = require('./scripts/build/builtInPrompts.cjs');
const { keptSdk } = require('./scripts/build/keptSdk.cjs');
const { TEST_BUILDS } = require('./scripts/build/testBuilds.cjs');
const { common, NODE_STUBS, WORKER_OPTIONS } = require('./scripts/build/options.cjs');

/** The bundles that are loaded with `await import()`, and the modules that they start from. */
const LAZY_BUNDLES = {
  openai: 'openai/client',
  priceTable: 'src/usage/common/priceTable.ts',
  promptFile: 'src/prompts/common/promptFile.ts',
  secretRules: 'src/secrets/secretRules.ts',
};

const lazyBundles = {
  name: 'lazy-bundles',
  setup(build) {
    build.onResolve({ filter: /(?:^|\/)(?:quillet|openai|priceTable|promptFile|secretRules)$/ }, (args) => {
      if (args.kind === 'entry-point') return undefined;
      if (args.kind === 'dynamic-import') return { path: `./${path.basename(args.path)}.js`, external: true };
      return { errors: [{ text: `${args.path} must be loaded lazily: use "import type" or "await import()"` }] };
    });
  },
};

/** Bundles of both hosts resolve packages as for the web, so that they run the same code. */
function desktopBuild(production) {
  return {
    ...common(production),
    ...WORKER_OPTIONS,
    entryPoints: { extension: 'src/extension.ts', quillet: 'src/quillet.ts', ...LAZY_BUNDLES },
    outdir: 'dist',
    external: ['vscode', 'node:*'],
    // Compile import() to require: a native import() would use the ES module loader, which is slower.
    supported: { 'dynamic-import': false },
    plugins: [lazyBundles, keptSdk, builtInPrompts],
  };
}

function webBuild(production) {
  return {
    ...common(production),
    ...WORKER_OPTIONS,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/web/extension.js',
    alias: { ...WORKER_OPTIONS.alias, ...NODE_STUBS },
    plugins: [keptSdk, builtInPrompts],
  };
}

/** Webview pages: a script and the stylesheet that it imports. */
function mediaBuild(production) {
  return {
    ...common(production),
    entryPoints: ['media/usage/page.tsx'],
    outdir: 'dist/media',
    outbase: 'media',
    platform: 'browser',
    format: 'iife',
  };
}

function productBuilds(production) {
  return [desktopBuild(production), webBuild(production), mediaBuild(production)];
}

/**
 * Builds the extension. Production builds are minified and have no source maps.
 * @param {{ production?: boolean, quiet?: boolean }} [options]
 */
async function buildProduct({ production = false, quiet = false } = {}) {
  fs.rmSync(path.join(__dirname, 'dist'), { recursive: true, force: true });
  const metafiles = (await runBuilds(productBuilds(production))).map((result) => result.metafile);
  fs.writeFileSync(path.join(__dirname, 'dist/meta.json'), JSON.stringify(metafiles));
  if (quiet) return;
  for (const [file, { bytes }] of metafiles.flatMap(({ outputs }) => Object.entries(outputs))) {
    if (file.endsWith('.js')) process.stdout.write(`${file.padEnd(24)} ${(bytes / 1000).toFixed(1).padStart(8)} KB\n`);
  }
}

/**
 * Builds the test bundles of the given tiers.
 * @param {readonly (keyof typeof TEST_BUILDS)[]} [kinds]
 */
async function buildTests(kinds = ['unit', 'integration', 'journeys', 'web', 'e2e']) {
  const builds = kinds.flatMap((kind) => TEST_BUILDS[kind]());
  const unique = new Map(builds.map((build) => [build.outfile, build]));
  await runBuilds([...unique.values()]);
}

/**
 * Builds the whole SDK, as a baseline for benchmarks.
 * @param {string} file
 */
async function buildWholeSdk(file) {
  await runBuilds([{ ...common(true), ...WORKER_OPTIONS, entryPoints: ['openai'], outfile: file }]);
}

async function runBuilds(builds) {
  const outcomes = await Promise.allSettled(builds.map((build) => esbuild.build(build)));
  const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (results.length < builds.length) throw new Error('The build failed.');
  return results;
}

/** The problem matcher in .vscode/tasks.json parses this output. */
const watchReporter = {
  name: 'watch-reporter',
  setup(build) {
    build.onStart(() => void process.stdout.write('[watch] build started\n'));
    build.onEnd((result) => {
      for (const { text, location } of result.errors) {
        process.stderr.write(`✘ [ERROR] ${text}\n`);
        if (location !== null) process.stderr.write(`    ${location.file}:${location.line}:${location.column}:\n`);
      }
      process.stdout.write('[watch] build finished\n');
    });
  },
};

/** Rebuilds on every change. */
async function watch(builds) {
  for (const build of builds) {
    const context = await esbuild.context({
      ...build,
      logLevel: 'silent',
      plugins: [...(build.plugins ?? []), watchReporter],
    });
    await context.watch();
  }
}

/** @param {string[]} args */
async function main(args) {
  const tests = args.includes('--tests');
  try {
    if (args.includes('--watch')) {
      await watch([
        ...productBuilds(false),
        ...(tests ? Object.values(TEST_BUILDS).flatMap((builds) => builds()) : []),
      ]);
      return;
    }
    await buildProduct({ production: args.includes('--production') });
    if (tests) await buildTests();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

module.exports = { buildProduct, buildTests, buildWholeSdk, main };

if (require.main === module) void main(process.argv.slice(2));
