const fs = require('node:fs');
const path = require('node:path');
const sdk = require('./keptSdk.cjs');
const options = require('./options.cjs');

/** What every user does. These end-to-end tests are a part of `npm test`. */
const JOURNEYS = /\/(?:commitMessage|errors|explain|insert|keys|prompts|rewrite|threads|usage)\.e2e\.ts$/;
const OTHER_JOURNEYS = new RegExp(`^(?!.*${JOURNEYS.source}).*\\.e2e\\.ts$`);

/** One file for each part of the API that Quillet uses. These integration tests also run in the oldest supported VS Code. */
const OLDEST = /\/(?:app\/.*|usage\/.*|commitMessage|explain|insert|prompts|review|vscodeModels)\.test\.ts$/;

/** The bundles of each test tier. */
const TEST_BUILDS = {
  unit: () => [
    nodeBuild('unit', {
      stdin: testEntry(testFiles('test/unit', /\.test\.ts$/)),
      // The SDK as it is in the product.
      alias: { openai: './node_modules/openai/index.mjs', vscode: './test/support/vscodeL10n.ts' },
      plugins: [externalScripts, sdk.keptSdk],
      define: options.WORKER_OPTIONS.define,
    }),
    ...supportBuilds(),
  ],
  rules: () => [
    nodeBuild('rules', {
      stdin: testEntry(testFiles('test/unit', /\/(architecture|docs|manifest|sourceRules|words)\.test\.ts$/)),
    }),
    ...supportBuilds(),
  ],
  journeys: () => [nodeBuild('journeys', { stdin: testEntry(testFiles('test/e2e', JOURNEYS)) }), ...supportBuilds()],
  e2e: () => [nodeBuild('e2e', { stdin: testEntry(testFiles('test/e2e', OTHER_JOURNEYS)) }), ...supportBuilds()],
  integration: () => [nodeHostBuild('out/test/integration.js', /\.test\.ts$/), ...supportBuilds()],
  oldest: () => [nodeHostBuild('out/test/oldest.js', OLDEST), ...supportBuilds()],
  web: () => [
    hostBuild('out/test/web.js', ["await (await import('./test/integration/webTests')).loadWebTests(only);"], {
      ...options.WORKER_OPTIONS,
      alias: {
        ...options.WORKER_OPTIONS.alias,
        ...options.NODE_STUBS,
        mocha: 'mocha/mocha.js',
        'node:assert/strict': './test/integration/runner/assertForWorker.ts',
      },
    }),
    ...supportBuilds(),
  ],
  bench: () => [
    nodeBuild('bench', { entryPoints: ['test/bench/benchRun.ts'], outfile: 'out/test/bench.js', format: 'cjs' }),
  ],
};

/** Scripts are not bundled, because they locate the project relative to their own path. */
const externalScripts = {
  name: 'external-scripts',
  setup(build) {
    build.onResolve({ filter: /\/scripts\/.*\.mjs$/ }, (args) => {
      const file = path.relative(path.join(options.root, 'out/test'), path.resolve(args.resolveDir, args.path));
      return { path: file.split(path.sep).join('/'), external: true };
    });
  },
};

/** Unit tests, end-to-end tests and their helpers, which run on Node. */
function nodeBuild(name, build) {
  return {
    ...options.common(false),
    outfile: `out/test/${name}.mjs`,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    plugins: [externalScripts],
    ...build,
  };
}

function nodeHostBuild(outfile, pattern) {
  const imports = testFiles('test/integration', pattern).map((file) => `await import(${JSON.stringify(`./${file}`)});`);
  return hostBuild(outfile, imports, { platform: 'node', external: ['vscode', 'mocha'] });
}

/** Tests that run in an extension host. They are loaded after mocha has defined its globals. */
function hostBuild(outfile, imports, build) {
  const contents = [
    "import { runTests } from './test/integration/runner/hostRun';",
    `export const run = () => runTests(async (only) => { ${imports.join('\n')} });`,
  ].join('\n');
  return {
    ...options.common(false),
    sourcemap: 'inline',
    stdin: { contents, resolveDir: options.root, sourcefile: 'hostTests.ts', loader: 'ts' },
    outfile,
    ...build,
  };
}

/** Modules loaded by the test runners or started by tests as processes. */
function supportBuilds() {
  return ['fakeModelServer', 'usageLogChild', 'reporter'].map((name) =>
    nodeBuild(name, { entryPoints: [`test/support/${name}.ts`] }),
  );
}

/** An entry point that imports all test files. */
function testEntry(files) {
  const imports = files.map((file) => `import ${JSON.stringify(`./${file}`)};`);
  return { contents: imports.join('\n'), resolveDir: options.root, sourcefile: 'tests.ts', loader: 'ts' };
}

/** Throws if there are no test files, because an empty run would pass. */
function testFiles(folder, pattern) {
  const names = fs.readdirSync(path.join(options.root, folder), { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => `${folder}/${name.split(path.sep).join('/')}`).filter((name) => pattern.test(name));
  if (files.length === 0) throw new Error(`No test files in ${folder}.`);
  return files.sort();
}

module.exports = { TEST_BUILDS };
