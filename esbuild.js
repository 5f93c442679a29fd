// Builds everything that is built.
//
//   node esbuild.js [--production] [--watch] [--tests]
//
// The extension: dist/extension.js, and beside it the parts that it loads: dist/quillet.js, dist/openai.js, dist/secrets.js,
// dist/prompts.js and dist/prices.js. dist/web/extension.js is the entry for browsers, which loads the same parts. Script and
// style of each webview page, media/*/page.ts. `--tests` adds the test bundles in out/test. Each list of files is found by glob.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const root = __dirname;
/** Most bytes a minified file may have. They are a net for accidents; the packaged size is checked by `npm run package`. */
const caps = {
  'dist/extension.js': 10_000,
  'dist/quillet.js': 420_000,
  'dist/openai.js': 200_000,
  'dist/secrets.js': 70_000,
  'dist/prompts.js': 140_000,
  'dist/prices.js': 200_000,
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

/**
 * The SDK's client carries every resource of the API, and its completions carry runners, helpers and streams of their own
 * that Quillet never calls: two thirds of it. Each of these files becomes empty classes of the same names, so that the
 * client can still be built from them. A name that is missing fails the build, and the tests of the wire run in the real
 * extension host on the bundle made here.
 */
const openaiTrimmed = {
  name: 'openai-trimmed',
  setup(build) {
    build.onLoad({ filter: UNUSED_PARTS }, emptied);
  },
};

/** @param {{ path: string }} file */
function emptied(file) {
  const names = exportedNames(fs.readFileSync(file.path, 'utf8'));
  if (names === undefined) return undefined;
  return { contents: names.map((name) => `export class ${name} {}`).join('\n'), loader: /** @type {const} */ ('js') };
}

const UNUSED_RESOURCES = [
  ...['admin', 'audio', 'batches', 'beta', 'containers', 'content-provenance-checks', 'conversations', 'decisions'],
  ...['embeddings', 'evals', 'files', 'fine-tuning', 'graders', 'images', 'live', 'moderations', 'realtime', 'safety'],
  ...['skills', 'uploads', 'vector-stores', 'videos', 'webhooks'],
];
const UNUSED_LIBRARIES = [
  ...['AbstractChatCompletionRunner', 'AssistantStream', 'ChatCompletionRunner', 'ChatCompletionStream'],
  ...['ChatCompletionStreamingRunner', 'EventStream', 'responses/ResponseStream', 'beta/.*'],
];
const UNUSED_PARTS = new RegExp(
  `[\\\\/]openai[\\\\/](?:resources[\\\\/](?:${UNUSED_RESOURCES.join('|')})(?:[\\\\/].*)?|helpers[\\\\/]computer|azure|bedrock|lib[\\\\/](?:${UNUSED_LIBRARIES.join('|').replaceAll('/', '[\\\\/]')}))\\.mjs$`,
);

/** The classes that a file of the SDK exports; undefined where it also exports something else, and has to stay as it is. */
function exportedNames(source) {
  const exports = [...source.matchAll(/^export\s+(.*)$/gm)].map((match) => match[1]);
  const names = exports.map((text) => {
    const named = /^class (\w+)/.exec(text) ?? /^\{ (?:type )?([\w ,]+?),? \}/.exec(text);
    return named?.[1].split(',').map((name) => name.trim().split(' as ').at(-1));
  });
  return exports.length === 0 || names.includes(undefined) ? undefined : [...new Set(names.flat())];
}

/** Activation reads no more than the names of the commands: everything else is a file of its own beside the entry. */
const quilletApart = {
  name: 'quillet-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, (args) =>
      args.kind === 'dynamic-import' ? { path: './quillet.js', external: true } : undefined,
    );
  },
};

/** A module that is a file of its own too: nothing of it is read before it is needed. */
function apart(module, file) {
  return {
    name: `${file}-apart`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${module}$`) }, (args) => {
        if (args.kind === 'import-statement') {
          return {
            errors: [{ text: `${module} must be loaded on first use: import its types, or use "await import()"` }],
          };
        }
        return args.kind === 'dynamic-import' ? { path: `./${file}.js`, external: true } : undefined;
      });
    },
  };
}

/** The search for secrets is read before something is sent for the first time. */
const secretsApart = apart('secretRules', 'secrets');

/** The parser of prompt files, with YAML in it, is read with the first file that there is. */
const promptsApart = apart('promptFile', 'prompts');

/** What the rules of secretlint bring along and Quillet does not use: it would be 40 % of the bundle, or ask for Node. */
const secretlintTrimmed = {
  name: 'secretlint-trimmed',
  setup(build) {
    const namespace = 'secretlint-unused';
    build.onResolve({ filter: /^@secretlint\/(core|secretlint-rule-preset-recommend)$/ }, (args) => ({
      path: path.join(root, 'node_modules', args.path, 'module/index.js'),
    }));
    build.onResolve({ filter: /^(debug|@secretlint\/profiler|node:.*)$/ }, (args) =>
      /[\\/]@secretlint[\\/]/.test(args.importer) ? { path: args.path, namespace } : undefined,
    );
    build.onResolve({ filter: /^(structured-source|boundary)$/ }, (args) => ({ path: require.resolve(args.path) }));
    // A log and a profiler see what is scanned; the rule that reads paths and hashes is not among the used ones.
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: 'export default () => () => {}; export const secretLintProfiler = { mark() {} };',
    }));
    build.onLoad({ filter: /preset-recommend[\\/]module[\\/]index\.js$/ }, (args) => ({
      contents: withoutAllowLists(fs.readFileSync(args.path, 'utf8')),
    }));
  },
};

/** The preset carries a third of lodash to match lists of allowed values, and Quillet gives it none. */
function withoutAllowLists(text) {
  const start = text.indexOf('var commonjsGlobal = ');
  const last = 'var regexpStringMatcherExports = requireRegexpStringMatcher();';
  const end = text.indexOf(last);
  if (start === -1 || end < start) {
    throw new Error('The preset of secretlint is not built as it was: look at withoutAllowLists in esbuild.js.');
  }
  const none = 'const regexpStringMatcherExports = { matchPatterns: () => [] };';
  return `${text.slice(0, start)}${none}${text.slice(end + last.length)}`;
}

/** The list of prices is read when the first answer has come whose cost is not known otherwise. */
const pricesApart = {
  name: 'prices-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/priceTable$/ }, (args) => {
      if (args.kind === 'import-statement') {
        return {
          errors: [{ text: 'priceTable must be loaded on first use: import its types, or use "await import()"' }],
        };
      }
      return { path: './prices.js', external: true };
    });
  },
};

/** The providers that have presets (core/providerCatalog.ts), by the names that the list of prices has for them. */
const PRICED_PROVIDERS = ['openai', 'azure', 'openrouter', 'groq', 'mistral', 'deepseek', 'google', 'anthropic'];
/** What is looked up; the rest is for readers: names, descriptions, pages. */
const PRICE_FIELDS = {
  provider: ['id', 'api_pattern', 'model_match', 'fallback_model_providers'],
  model: ['id', 'match', 'prices'],
};

/** Of the list of prices those are taken along that somebody can ask for: a sixth of it. */
const pricesTrimmed = {
  name: 'prices-trimmed',
  setup(build) {
    build.onLoad({ filter: /genai-prices[\\/]dist[\\/]index\.js$/ }, (args) => ({
      contents: withFewerPrices(fs.readFileSync(args.path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** The file begins with the list, as a literal. Whatever about it is not as it was fails the build. */
function withFewerPrices(text) {
  const [head] = /^const \w+ = (?=\[)/.exec(text) ?? [];
  const end = text.indexOf('\n]') + 2;
  if (head === undefined || end < 2) throw changedPrices('it does not begin with the list');
  const all = new Function(`return ${text.slice(head.length, end)}`)();
  const providers = PRICED_PROVIDERS.map((id) => {
    const provider = all.find((one) => one.id === id);
    if (provider === undefined) throw changedPrices(`there is no ${id}`);
    const models = provider.models.map((model) => pick(model, PRICE_FIELDS.model));
    const isOdd = models.some(
      ({ id, match, prices }) => !id || typeof match !== 'object' || typeof prices !== 'object',
    );
    if (!provider.api_pattern || models.length === 0 || isOdd) throw changedPrices(`${id} has other fields`);
    return { ...pick(provider, PRICE_FIELDS.provider), models };
  });
  return `${head}${JSON.stringify(providers)}${text.slice(end)}`;
}

function pick(object, fields) {
  return Object.fromEntries(fields.filter((field) => field in object).map((field) => [field, object[field]]));
}

function changedPrices(what) {
  return new Error(`The list of prices is not built as it was (${what}): look at withFewerPrices in esbuild.js.`);
}

/**
 * What YAML has for writing it, and for its version 1.1: front matter is only read, and by the schema of 1.2. Each of these
 * files becomes empty classes of the same names; more than a quarter of it goes.
 */
const yamlTrimmed = {
  name: 'yaml-trimmed',
  setup(build) {
    build.onLoad({ filter: UNUSED_YAML }, emptied);
  },
};

const UNUSED_YAML = new RegExp(
  `[\\\\/]yaml[\\\\/](?:.*[\\\\/])?(?:${[
    'stringify/(?:foldFlowLines|stringify|stringify(?:Collection|Comment|Document|Pair|String))',
    'schema/yaml-1\\.1/(?:binary|bool|float|int|omap|pairs|schema|set|timestamp)',
    'schema/json/schema',
    'parse/cst-(?:scalar|stringify|visit)',
    'doc/createNode',
  ]
    .join('|')
    .replaceAll('/', '[\\\\/]')})\\.js$`,
);

/**
 * The built-in prompts, read when the product is built: a mistake in one fails the build, and at run time there is no file
 * to open and no YAML parser to load.
 */
const builtInPrompts = {
  name: 'built-in-prompts',
  setup(build) {
    build.onResolve({ filter: /^quillet:built-in-prompts$/ }, (args) => ({ path: args.path, namespace: 'prompts' }));
    build.onLoad({ filter: /.*/, namespace: 'prompts' }, () => {
      const files = glob('media/prompts', /\.prompt\.md$/);
      const contents = `export const builtInPrompts = ${JSON.stringify(files.map(readPrompt))};`;
      return { contents, loader: 'js', watchFiles: files.map((file) => path.join(root, file)) };
    });
  },
};

/** Reads a prompt with the product's own parser. */
function readPrompt(file) {
  const { prompt, problems } = promptParser().parsePromptFile(
    path.basename(file, '.prompt.md'),
    fs.readFileSync(path.join(root, file), 'utf8'),
  );
  if (prompt === undefined) {
    const lines = problems.map((problem) => `${file}:${problem.line}:${problem.column} ${problem.message}`);
    throw new Error(lines.join('\n'));
  }
  return prompt;
}

function promptParser() {
  const { outputFiles } = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: ['src/core/promptFile.ts'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
  });
  const parser = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(parser, parser.exports, require);
  return parser.exports;
}

/** In browsers the entry reads the parts of the desktop build itself: VS Code has no `require` for them there. */
const quilletFromParts = {
  name: 'quillet-from-parts',
  setup(build) {
    build.onResolve({ filter: /^\.\/quillet$/ }, () => ({ path: path.join(root, 'src/host/browserParts.ts') }));
  },
};

/** The tests in a browser have what they import in their own file, and nothing of Node either. */
const withoutNode = {
  name: 'without-node',
  setup(build) {
    const namespace = 'no-node';
    build.onResolve({ filter: /^node:(child_process|fs\/promises)$/ }, (args) => ({ path: args.path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
      contents: `export const ${name === 'node:child_process' ? 'spawn' : 'realpath'} = undefined;`,
    }));
  },
};

function desktopBuild(production) {
  return {
    ...common(production),
    // The same choice of files as for the web: nothing here needs Node, and what is tested in one host holds in the other.
    ...forWorker,
    entryPoints: ['src/extension.ts', 'src/quillet.ts'],
    outdir: 'dist',
    // Each is asked for by one file, for programs that give keys and for links; the web build has stand-ins.
    external: [...forWorker.external, 'node:child_process', 'node:fs/promises'],
    plugins: [openaiApart, quilletApart, secretsApart, promptsApart, pricesApart, builtInPrompts],
    // As a require call: a native import() would go through the other module loader, and is slower to start.
    supported: { 'dynamic-import': false },
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

function secretsBuild(production) {
  return {
    ...common(production),
    ...forWorker,
    entryPoints: ['src/core/secretRules.ts'],
    outfile: 'dist/secrets.js',
    plugins: [secretlintTrimmed],
  };
}

function promptsBuild(production) {
  return {
    ...common(production),
    ...forWorker,
    entryPoints: ['src/core/promptFile.ts'],
    outfile: 'dist/prompts.js',
    plugins: [yamlTrimmed],
  };
}

function pricesBuild(production) {
  return {
    ...common(production),
    ...forWorker,
    entryPoints: ['src/core/priceTable.ts'],
    outfile: 'dist/prices.js',
    plugins: [pricesTrimmed],
  };
}

function webBuild(production) {
  return {
    ...common(production),
    ...forWorker,
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

function productBuilds(production) {
  return [
    desktopBuild(production),
    openaiBuild(production),
    webBuild(production),
    secretsBuild(production),
    promptsBuild(production),
    pricesBuild(production),
    mediaBuild(production),
  ];
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
      stdin: testEntry(testFiles('test/unit', /\/(architecture|manifest|sourceRules)\.test\.ts$/)),
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
  const results = await runBuilds(productBuilds(production));
  const metafiles = results.map((result) => result.metafile);
  fs.writeFileSync(path.join(root, 'dist/meta.json'), JSON.stringify(metafiles));
  checkOutputs(metafiles, production, quiet);
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
      await watch([...productBuilds(false), ...(tests ? Object.values(testBuilds).flatMap((builds) => builds()) : [])]);
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
