// Builds everything that is built.
//
//   node esbuild.js [--production] [--watch] [--tests]
//
// The extension: dist/extension.js, and beside it what it loads: dist/quillet.js with the first command, dist/openai.js with the
// first request, and a file for each other module that is loaded on first use. dist/web/extension.js is the entry for browsers,
// which loads the same files. Script and style of each webview page, media/*/page.ts. `--tests` adds the test bundles in out/test.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const { commonJsParts } = require('./scripts/build/parts.cjs');
const { builtInPrompts } = require('./scripts/build/prompts.cjs');
const { openaiTrimmed, pricesTrimmed, secretlintTrimmed, yamlTrimmed } = require('./scripts/build/trimmed.cjs');

const root = __dirname;
/** Most bytes a minified file may have. They are a net for accidents; the packaged size is checked by `npm run package`. */
const caps = {
  'dist/extension.js': 10_000,
  'dist/quillet.js': 330_000,
  'dist/openai.js': 200_000,
  'dist/secretRules.js': 70_000,
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

/** The SDK reads `OPENAI_*` variables through `globalThis.process`; without it, none of them can choose a key or a server. */
const withoutEnvironment = { 'globalThis.process': 'undefined' };

/** The SDK is a file of its own on the desktop, so that nothing of it is read before the first request. */
const openaiApart = {
  name: 'openai-apart',
  setup(build) {
    build.onResolve({ filter: /^openai(\/|$)/ }, (args) => {
      if (args.kind === 'import-statement') {
        return {
          errors: [
            { text: `${args.path} must be loaded on first use: import it with "import type" or "await import()"` },
          ],
        };
      }
      return { path: './openai.js', external: true };
    });
  },
};

/** Activation reads no more than the names of the commands: everything else is a file of its own beside the entry. */
const quilletApart = {
  name: 'quillet-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, (args) =>
      args.kind === 'dynamic-import' ? { path: './quillet.js', external: true } : undefined,
    );
  },
};

/** Modules that are read on first use: the search for secrets, the parser of prompt files with YAML in it, the prices. */
const onFirstUse = {
  name: 'on-first-use',
  setup(build) {
    build.onResolve({ filter: /\/(secretRules|promptFile|priceTable)$/ }, ({ kind, path: module }) => {
      if (kind !== 'import-statement') return undefined;
      return { errors: [{ text: `${module} must be loaded on first use: import its types, or use "await import()"` }] };
    });
  },
};

/** In browsers the entry reads the parts of the desktop build itself: VS Code has no `require` for them there. */
const quilletFromParts = {
  name: 'quillet-from-parts',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, () => ({ path: path.join(root, 'src/app/webLoader.ts') }));
  },
};

/** The tests in a browser have what they import in their own file, and nothing of Node either. */
const withoutNode = {
  name: 'without-node',
  setup(build) {
    const namespace = 'no-node';
    build.onResolve({ filter: /^node:(child_process|fs\/promises)$/ }, (args) => ({ path: args.path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
      contents: name === 'node:child_process' ? 'export let spawn;' : 'export let realpath, lstat, chmod;',
    }));
  },
};

function entryBuild(production) {
  return {
    ...common(production),
    ...forWorker,
    entryPoints: ['src/extension.ts'],
    outdir: 'dist',
    plugins: [quilletApart],
    supported: { 'dynamic-import': false },
  };
}

function partsBuild(production) {
  return {
    ...common(production),
    // The same choice of files as for the web: nothing here needs Node, and what is tested in one host holds in the other.
    ...forWorker,
    entryPoints: ['src/quillet.ts'],
    outdir: 'dist',
    // Each is asked for by one file, for programs that give keys and for links; browsers have stand-ins.
    external: [...forWorker.external, 'node:child_process', 'node:fs/promises'],
    plugins: [openaiApart, onFirstUse, secretlintTrimmed, yamlTrimmed, pricesTrimmed, builtInPrompts, commonJsParts],
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
    plugins: [openaiTrimmed],
    define: withoutEnvironment,
  };
}

/** @param {readonly string[]} parts names of the files that the entry reads itself */
function webBuild(production, parts) {
  return {
    ...common(production),
    ...forWorker,
    define: { ...forWorker.define, QUILLET_PARTS: JSON.stringify(parts) },
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/web/extension.js',
    plugins: [quilletFromParts],
  };
}

/** The web extension host is a worker that gives an extension one file and `require('vscode')`, and no Node at all. */
const forWorker = {
  platform: 'browser',
  external: ['vscode'],
  mainFields: ['browser', 'module', 'main'],
  conditions: ['browser', 'worker'],
  define: { 'process.env': '{}', 'process.env.NODE_ENV': '"production"', ...withoutEnvironment },
};

/** The pages of webviews, each a script and the style that it imports. */
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

/** What the product is built into, the entry for browsers aside, which has to know the names of the rest. */
function productBuilds(production) {
  return [partsBuild(production), openaiBuild(production), entryBuild(production), mediaBuild(production)];
}

/** The names of the scripts that the entry or one another loads: those of the first two builds. */
function partNames(builds) {
  const files = builds.slice(0, 2).flatMap(({ metafile }) => Object.keys(metafile.outputs));
  return files.filter((file) => file.endsWith('.js')).map((file) => path.basename(file));
}

/** A bundle that imports all the test files, for runners which want one file. */
function testEntry(files, before = '') {
  const imports = files.map((file) => `import ${JSON.stringify(`./${file}`)};`);
  return { contents: [before, ...imports].join('\n'), resolveDir: root, sourcefile: 'tests.ts', loader: 'ts' };
}

/** Test files, or an error: a glob that finds nothing would pass for a green run. */
function testFiles(folder, pattern) {
  const files = glob(folder, pattern);
  if (files.length === 0) {
    throw new Error(`No test files in ${folder}.`);
  }
  return files;
}

/** The project's own scripts are used from where they lie, since they find the project by their own place. */
const scriptsStay = {
  name: 'scripts-stay',
  setup(build) {
    build.onResolve({ filter: /\/scripts\/.*\.mjs$/ }, (args) => {
      const file = path.relative(path.join(root, 'out/test'), path.resolve(args.resolveDir, args.path));
      return { path: file.split(path.sep).join('/'), external: true };
    });
  },
};

/** Unit tests get the SDK as the product has it: bundled, and without the environment. */
const openaiInside = {
  name: 'openai-inside',
  setup(build) {
    build.onResolve({ filter: /^openai$/ }, () => ({ path: path.join(root, 'node_modules/openai/index.mjs') }));
  },
};

/** Tests that run on Node alone: unit tests, journeys, and what they start. */
function nodeTestBuild(outfile, input) {
  return {
    ...common(false),
    ...input,
    outfile,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    plugins: [scriptsStay, ...(input.plugins ?? [])],
  };
}

/** Tests that run inside an extension host, with the runner that starts mocha there. */
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
    plugins: [plugin, secretlintTrimmed, ...(options.plugins ?? [])],
  };
}

/** The bundles of a kind of test. */
const testBuilds = {
  unit: () => [
    nodeTestBuild('out/test/unit.mjs', {
      stdin: testEntry(testFiles('test/unit', /\.test\.ts$/)),
      plugins: [openaiInside, secretlintTrimmed],
      define: withoutEnvironment,
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
      ...forWorker,
      plugins: [withoutNode],
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

/** What the runners themselves load, as the fake model server runs in their own process; and what a test starts. */
function supportBuilds() {
  return ['fakeModelServer', 'ledgerChild', 'ledgerTiming', 'reporter'].map((name) =>
    nodeTestBuild(`out/test/${name}.mjs`, { entryPoints: [`test/support/${name}.ts`] }),
  );
}

/** Files under a folder whose names match, as sorted paths from the project's folder. */
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
 * Builds the extension. Production builds are minified, have no source maps, and are checked.
 * @param {{ production?: boolean, quiet?: boolean }} [options]
 */
async function buildProduct({ production = false, quiet = false } = {}) {
  if (production) {
    fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  }
  const builds = await runBuilds(productBuilds(production));
  const names = partNames(builds);
  const results = [...builds, ...(await runBuilds([webBuild(production, names)]))];
  removeOthers([...names, 'extension.js']);
  const metafiles = results.map((result) => result.metafile);
  fs.writeFileSync(path.join(root, 'dist/meta.json'), JSON.stringify(metafiles));
  checkOutputs(metafiles, production, quiet);
}

/** A module that is no longer loaded on first use leaves its file behind. @param {readonly string[]} names */
function removeOthers(names) {
  const dist = path.join(root, 'dist');
  const old = fs
    .readdirSync(dist)
    .filter((name) => /\.js(\.map)?$/.test(name) && !names.includes(name.replace(/\.map$/, '')));
  for (const name of old) fs.rmSync(path.join(dist, name));
}

/**
 * Builds the bundles of some kinds of tests.
 * @param {readonly ('unit' | 'rules' | 'integration' | 'web' | 'e2e' | 'bench')[]} [kinds]
 */
async function buildTests(kinds = ['unit', 'integration', 'web', 'e2e']) {
  const builds = kinds.flatMap((kind) => testBuilds[kind]());
  const unique = new Map(builds.map((build) => [build.outfile, build]));
  await runBuilds([...unique.values()]);
}

/**
 * Builds the SDK with all its parts, as an extension has it that does nothing about that: a reference to measure against.
 * @param {string} file
 */
async function buildWholeSdk(file) {
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

/** undici would take fetch out of VS Code's hands, and with it the user's proxy and certificates. */
function checkOutputs(metafiles, production, quiet) {
  const problems = [];
  for (const metafile of metafiles) {
    const foreign = Object.keys(metafile.inputs).filter((file) => /node_modules\/undici\//.test(file));
    problems.push(...foreign.map((file) => `${file} must not be bundled`));
    for (const [file, output] of Object.entries(metafile.outputs)) {
      if (file.endsWith('.js') && fs.readFileSync(path.join(root, file), 'utf8').includes('undici.globalDispatcher')) {
        problems.push(`${file} replaces the global fetch dispatcher`);
      }
      if (production && output.bytes > (caps[file] ?? Number.POSITIVE_INFINITY)) {
        problems.push(`${file} has ${output.bytes} bytes, more than ${caps[file]}`);
      }
      if (!quiet && file.endsWith('.js')) {
        process.stdout.write(`${file.padEnd(24)} ${(output.bytes / 1000).toFixed(1).padStart(8)} KB\n`);
      }
    }
  }
  if (problems.length > 0) {
    throw new Error(`The build is not right:\n${problems.join('\n')}`);
  }
}

/** Builds again at every change. The lines are the ones that the problem matcher in .vscode/tasks.json waits for. */
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
      const names = partNames(await runBuilds(productBuilds(false)));
      await watch([
        ...productBuilds(false),
        webBuild(false, names),
        ...(tests ? Object.values(testBuilds).flatMap((builds) => builds()) : []),
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

module.exports = { buildProduct, buildTests, buildWholeSdk, main };

if (require.main === module) {
  void main(process.argv.slice(2));
}
