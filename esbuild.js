// Builds the extension, its webview pages, and (with --tests) the test bundles in out/test.
//
//   node esbuild.js [--production] [--watch] [--tests]
//
// dist/extension.js loads dist/quillet.js on the first command, which loads dist/openai.js on the first request and a file for
// each other lazy module. dist/web/extension.js is the entry point for browsers and loads the same files.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const { builtInPrompts } = require('./scripts/build/builtInPrompts.cjs');
const { commonJsChunks } = require('./scripts/build/commonJsChunks.cjs');
const { trimOpenai, trimPrices, trimSecretlint, trimYaml } = require('./scripts/build/trimDependencies.cjs');

const root = __dirname;
/** Maximum sizes of minified files, to notice accidents. `npm run package` checks the size of the package. */
const MAX_BYTES = {
  'dist/extension.js': 10_000,
  'dist/quillet.js': 380_000,
  'dist/openai.js': 200_000,
  'dist/secretRules.js': 80_000,
  'dist/promptFile.js': 140_000,
  'dist/priceTable.js': 200_000,
  'dist/web/extension.js': 10_000,
  'dist/media/usage/page.js': 80_000,
  'dist/media/usage/page.css': 20_000,
};

/** @returns {import('esbuild').BuildOptions} */
function common(production) {
  return {
    absWorkingDir: root,
    bundle: true,
    format: 'cjs',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    sourcesContent: false,
    logOverride: { 'import-is-undefined': 'error' },
  };
}

/** Prevents the SDK from reading keys or addresses from `OPENAI_*` environment variables. */
const NO_ENVIRONMENT = { 'globalThis.process': 'undefined' };

/** Keeps the SDK in a separate file that is loaded on the first request. */
const externalOpenai = {
  name: 'external-openai',
  setup(build) {
    build.onResolve({ filter: /^openai(\/|$)/ }, (args) => {
      if (args.kind === 'import-statement') {
        return {
          errors: [{ text: `${args.path} must be loaded lazily: use "import type" or "await import()"` }],
        };
      }
      return { path: './openai.js', external: true };
    });
  },
};

/** Keeps activation small: everything except the entry point is in separate files. */
const externalQuillet = {
  name: 'external-quillet',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, (args) =>
      args.kind === 'dynamic-import' ? { path: './quillet.js', external: true } : undefined,
    );
  },
};

/** Rejects static imports of large modules that must be loaded lazily. */
const lazyModules = {
  name: 'lazy-modules',
  setup(build) {
    build.onResolve({ filter: /\/(secretRules|promptFile|priceTable)$/ }, ({ kind, path: module }) => {
      if (kind !== 'import-statement') return undefined;
      return { errors: [{ text: `${module} must be loaded lazily: use "import type" or "await import()"` }] };
    });
  },
};

/** In browsers, VS Code has no `require` for files, so webLoader.ts loads the files of the desktop build. */
const quilletFromWebLoader = {
  name: 'quillet-from-web-loader',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, () => ({ path: path.join(root, 'src/app/webLoader.ts') }));
  },
};

/** Stubs Node modules in the bundle of the web tests. */
const stubNodeModules = {
  name: 'stub-node-modules',
  setup(build) {
    const namespace = 'node-stubs';
    build.onResolve({ filter: /^node:(child_process|fs\/promises)$/ }, (args) => ({ path: args.path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
      contents: name === 'node:child_process' ? 'export let spawn;' : 'export let realpath, lstat, chmod;',
    }));
  },
};

function entryBuild(production) {
  return {
    ...common(production),
    ...WORKER_OPTIONS,
    entryPoints: ['src/extension.ts'],
    outdir: 'dist',
    plugins: [externalQuillet],
    supported: { 'dynamic-import': false },
  };
}

function mainBuild(production) {
  return {
    ...common(production),
    // Resolve packages as for the web, so that both hosts run the same code.
    ...WORKER_OPTIONS,
    entryPoints: ['src/quillet.ts'],
    outdir: 'dist',
    // Each is imported by one file only. In browsers, webLoader.ts provides stubs.
    external: [...WORKER_OPTIONS.external, 'node:child_process', 'node:fs/promises'],
    plugins: [externalOpenai, lazyModules, trimSecretlint, trimYaml, trimPrices, builtInPrompts, commonJsChunks],
  };
}

function openaiBuild(production) {
  return {
    ...common(production),
    stdin: {
      contents: "export * from 'openai'; export { default } from 'openai';",
      resolveDir: root,
      sourcefile: 'openai.ts',
    },
    outfile: 'dist/openai.js',
    platform: 'node',
    plugins: [trimOpenai],
    define: NO_ENVIRONMENT,
  };
}

/** @param {readonly string[]} chunks names of the files that webLoader.ts loads */
function webBuild(production, chunks) {
  return {
    ...common(production),
    ...WORKER_OPTIONS,
    define: { ...WORKER_OPTIONS.define, QUILLET_PARTS: JSON.stringify(chunks) },
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/web/extension.js',
    plugins: [quilletFromWebLoader],
  };
}

/** The web extension host is a worker without Node, in which `require` works for 'vscode' only. */
const WORKER_OPTIONS = {
  platform: 'browser',
  external: ['vscode'],
  mainFields: ['browser', 'module', 'main'],
  conditions: ['browser', 'worker'],
  define: { 'process.env': '{}', 'process.env.NODE_ENV': '"production"', ...NO_ENVIRONMENT },
};

/** Webview pages: a script and the stylesheet that it imports. */
function mediaBuild(production) {
  return {
    ...common(production),
    entryPoints: glob('media', /\/page\.ts$/),
    outdir: 'dist/media',
    outbase: 'media',
    platform: 'browser',
    format: 'iife',
  };
}

/** All builds except the one for browsers, which needs the names of the other files. */
function productBuilds(production) {
  return [mainBuild(production), openaiBuild(production), entryBuild(production), mediaBuild(production)];
}

/** Names of the files that are loaded lazily: the outputs of the first two builds. */
function chunkNames(builds) {
  const files = builds.slice(0, 2).flatMap(({ metafile }) => Object.keys(metafile.outputs));
  return files.filter((file) => file.endsWith('.js')).map((file) => path.basename(file));
}

/** An entry point that imports all test files. */
function testEntry(files) {
  const imports = files.map((file) => `import ${JSON.stringify(`./${file}`)};`);
  return { contents: imports.join('\n'), resolveDir: root, sourcefile: 'tests.ts', loader: 'ts' };
}

/** Throws if there are no test files, because an empty run would pass. */
function testFiles(folder, pattern) {
  const files = glob(folder, pattern);
  if (files.length === 0) {
    throw new Error(`No test files in ${folder}.`);
  }
  return files;
}

/** Scripts are not bundled, because they locate the project relative to their own path. */
const externalScripts = {
  name: 'external-scripts',
  setup(build) {
    build.onResolve({ filter: /\/scripts\/.*\.mjs$/ }, (args) => {
      const file = path.relative(path.join(root, 'out/test'), path.resolve(args.resolveDir, args.path));
      return { path: file.split(path.sep).join('/'), external: true };
    });
  },
};

/** Bundles the SDK into the unit tests, as in the product. */
const bundledOpenai = {
  name: 'bundled-openai',
  setup(build) {
    build.onResolve({ filter: /^openai$/ }, () => ({ path: path.join(root, 'node_modules/openai/index.mjs') }));
  },
};

/** Unit tests, end-to-end tests and their helpers, which run on Node. */
function nodeTestBuild(outfile, input) {
  return {
    ...common(false),
    ...input,
    outfile,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    plugins: [externalScripts, ...(input.plugins ?? [])],
  };
}

/** Tests that run in an extension host, with the mocha runner. */
function hostTestBuild(outfile, folder, pattern, options) {
  const files = testFiles(folder, pattern);
  const load = `export const load = async () => {${files.map((file) => `await import(${JSON.stringify(`./${file}`)});`).join('')}};`;
  const plugin = {
    name: 'test-files',
    setup(build) {
      build.onResolve({ filter: /^test-files$/ }, () => ({ path: 'test-files', namespace: 'test-files' }));
      build.onLoad({ filter: /.*/, namespace: 'test-files' }, () => ({
        contents: load,
        resolveDir: root,
        loader: 'ts',
      }));
    },
  };
  return {
    ...common(false),
    sourcemap: 'inline',
    entryPoints: ['test/integration/runner/hostRun.ts'],
    outfile,
    ...options,
    plugins: [plugin, trimSecretlint, ...(options.plugins ?? [])],
  };
}

/** The bundles of each test tier. */
const TEST_BUILDS = {
  unit: () => [
    nodeTestBuild('out/test/unit.mjs', {
      stdin: testEntry(testFiles('test/unit', /\.test\.ts$/)),
      plugins: [bundledOpenai, trimSecretlint],
      define: NO_ENVIRONMENT,
    }),
    ...supportBuilds(),
  ],
  rules: () => [
    nodeTestBuild('out/test/rules.mjs', {
      stdin: testEntry(testFiles('test/unit', /\/(architecture|docs|manifest|sourceRules|words)\.test\.ts$/)),
    }),
    ...supportBuilds(),
  ],
  integration: () => [
    hostTestBuild('out/test/integration.js', 'test/integration', /\.test\.ts$/, {
      platform: 'node',
      external: ['vscode', 'mocha'],
    }),
    ...supportBuilds(),
  ],
  web: () => [
    hostTestBuild('out/test/web/integration.js', 'test/integration', /(?<!\.desktop)\.test\.ts$/, {
      ...WORKER_OPTIONS,
      plugins: [stubNodeModules],
      alias: {
        mocha: 'mocha/mocha.js',
        'node:assert/strict': './test/integration/runner/assertForWorker.ts',
      },
    }),
    ...supportBuilds(),
  ],
  bench: () => [
    {
      ...common(false),
      entryPoints: ['test/bench/benchRun.ts'],
      outfile: 'out/test/bench.js',
      platform: 'node',
      external: ['vscode'],
    },
  ],
  e2e: () => [
    nodeTestBuild('out/test/e2e.mjs', { stdin: testEntry(testFiles('test/e2e', /\.e2e\.ts$/)) }),
    ...supportBuilds(),
  ],
};

/** Modules loaded by the test runners or started by tests as processes. */
function supportBuilds() {
  return ['fakeModelServer', 'usageLogChild', 'reporter'].map((name) =>
    nodeTestBuild(`out/test/${name}.mjs`, { entryPoints: [`test/support/${name}.ts`] }),
  );
}

/** Sorted paths, relative to the project, of matching files in a folder. */
function glob(folder, pattern) {
  const start = path.join(root, folder);
  if (!fs.existsSync(start)) {
    return [];
  }
  const names = fs
    .readdirSync(start, { recursive: true })
    .map((name) => path.posix.join(folder, String(name).split(path.sep).join('/')));
  return names.filter((name) => pattern.test(name)).sort();
}

/**
 * Builds the extension. Production builds are minified, have no source maps, and must stay below the maximum sizes.
 * @param {{ production?: boolean, quiet?: boolean }} [options]
 */
async function buildProduct({ production = false, quiet = false } = {}) {
  if (production) {
    fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  }
  const builds = await runBuilds(productBuilds(production));
  const names = chunkNames(builds);
  const results = [...builds, ...(await runBuilds([webBuild(production, names)]))];
  removeStaleFiles([...names, 'extension.js']);
  const metafiles = results.map((result) => result.metafile);
  fs.writeFileSync(path.join(root, 'dist/meta.json'), JSON.stringify(metafiles));
  checkOutputs(metafiles, production, quiet);
}

/** Removes files of modules that are no longer lazy. @param {readonly string[]} names */
function removeStaleFiles(names) {
  const dist = path.join(root, 'dist');
  const staleFiles = fs
    .readdirSync(dist)
    .filter((name) => /\.js(\.map)?$/.test(name) && !names.includes(name.replace(/\.map$/, '')));
  for (const name of staleFiles) fs.rmSync(path.join(dist, name));
}

/**
 * Builds the test bundles of the given tiers.
 * @param {readonly ('unit' | 'rules' | 'integration' | 'web' | 'e2e' | 'bench')[]} [kinds]
 */
async function buildTests(kinds = ['unit', 'integration', 'web', 'e2e']) {
  const builds = kinds.flatMap((kind) => TEST_BUILDS[kind]());
  const unique = new Map(builds.map((build) => [build.outfile, build]));
  await runBuilds([...unique.values()]);
}

/**
 * Builds the SDK untrimmed, as a baseline for benchmarks.
 * @param {string} file
 */
async function buildUntrimmedSdk(file) {
  await runBuilds([{ ...openaiBuild(true), plugins: [], outfile: file }]);
}

async function runBuilds(builds) {
  const outcomes = await Promise.allSettled(builds.map((build) => esbuild.build(build)));
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failures.length > 0) {
    for (const { reason } of failures) {
      await printMessages(reason.errors ?? [{ text: String(reason) }], 'error');
    }
    throw new Error('The build failed.');
  }
  const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const result of results) {
    await printMessages(result.warnings, 'warning');
  }
  return results;
}

async function printMessages(messages, kind) {
  for (const text of await esbuild.formatMessages(messages, { kind, color: process.stdout.isTTY === true })) {
    process.stderr.write(text);
  }
}

/** undici would replace VS Code's fetch, which handles the user's proxy and certificates. */
function checkOutputs(metafiles, production, quiet) {
  const problems = [];
  for (const metafile of metafiles) {
    const undiciFiles = Object.keys(metafile.inputs).filter((file) => /node_modules\/undici\//.test(file));
    problems.push(...undiciFiles.map((file) => `${file} must not be bundled`));
    for (const [file, output] of Object.entries(metafile.outputs)) {
      if (file.endsWith('.js') && fs.readFileSync(path.join(root, file), 'utf8').includes('undici.globalDispatcher')) {
        problems.push(`${file} replaces the global fetch dispatcher`);
      }
      if (production && output.bytes > (MAX_BYTES[file] ?? Number.POSITIVE_INFINITY)) {
        problems.push(`${file} has ${output.bytes} bytes (maximum ${MAX_BYTES[file]})`);
      }
      if (!quiet && file.endsWith('.js')) {
        process.stdout.write(`${file.padEnd(24)} ${(output.bytes / 1000).toFixed(1).padStart(8)} KB\n`);
      }
    }
  }
  if (problems.length > 0) {
    throw new Error(`Invalid build:\n${problems.join('\n')}`);
  }
}

/** Rebuilds on every change. The problem matcher in .vscode/tasks.json parses this output. */
async function watch(builds) {
  for (const build of builds) {
    const reporter = {
      name: 'watch-reporter',
      setup(current) {
        current.onStart(() => void process.stdout.write('[watch] build started\n'));
        current.onEnd((result) => {
          for (const { text, location } of result.errors) {
            process.stderr.write(`✘ [ERROR] ${text}\n`);
            process.stderr.write(
              location === null ? '' : `    ${location.file}:${location.line}:${location.column}:\n`,
            );
          }
          process.stdout.write('[watch] build finished\n');
        });
      },
    };
    const context = await esbuild.context({ ...build, plugins: [...(build.plugins ?? []), reporter] });
    await context.watch();
  }
}

/** @param {string[]} args */
async function main(args) {
  const tests = args.includes('--tests');
  try {
    if (args.includes('--watch')) {
      const names = chunkNames(await runBuilds(productBuilds(false)));
      await watch([
        ...productBuilds(false),
        webBuild(false, names),
        ...(tests ? Object.values(TEST_BUILDS).flatMap((builds) => builds()) : []),
      ]);
      return;
    }
    await buildProduct({ production: args.includes('--production') });
    if (tests) {
      await buildTests();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

module.exports = { buildProduct, buildTests, buildUntrimmedSdk, main };

if (require.main === module) {
  void main(process.argv.slice(2));
}
