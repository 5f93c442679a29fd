// What libraries bring along and Quillet never calls, taken out when the product is built. A library of another shape fails the
// build, and whoever updates it looks here.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/**
 * The SDK's client carries every resource of the API, and its completions carry runners, helpers and streams of their own
 * that Quillet never calls, and ways to log in that it does not use: three quarters of it. Each of these files becomes empty
 * classes of the same names, so that the client can still be built from them. A name that is missing fails the build, a
 * function that is called after all throws, and the tests of the wire run in the real extension host on the bundle made here.
 */
const openaiTrimmed = {
  name: 'openai-trimmed',
  setup(build) {
    build.onLoad({ filter: UNUSED_PARTS }, emptied);
  },
};

/** What the client asks before it goes on without it. */
const ANSWERED = { isX509WorkloadIdentity: 'export const isX509WorkloadIdentity = () => false;' };

/** @param {{ path: string }} file */
function emptied(file) {
  const names = exportedNames(fs.readFileSync(file.path, 'utf8'));
  if (names === undefined) return undefined;
  const contents = names.map((name) => ANSWERED[name] ?? `export class ${name} {}`).join('\n');
  return { contents, loader: /** @type {const} */ ('js') };
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
  `[\\\\/]openai[\\\\/](?:resources[\\\\/](?:${UNUSED_RESOURCES.join('|')})(?:[\\\\/].*)?|helpers[\\\\/]computer|azure|bedrock|(?:internal[\\\\/]auth[\\\\/]x509-|auth[\\\\/])workload-identity-auth|lib[\\\\/](?:${UNUSED_LIBRARIES.join('|').replaceAll('/', '[\\\\/]')}))\\.mjs$`,
);

/** The classes and functions that a file exports; undefined where it also exports something else, and has to stay as it is. */
function exportedNames(source) {
  const exports = [...source.matchAll(/^export\s+(.*)$/gm)].map((match) => match[1]);
  const names = exports.map((text) => {
    const named = /^(?:class|(?:async )?function) (\w+)/.exec(text) ?? /^\{ (?:type )?([\w ,]+?),? \}/.exec(text);
    return named?.[1].split(',').map((name) => name.trim().split(' as ').at(-1));
  });
  return exports.length === 0 || names.includes(undefined) ? undefined : [...new Set(names.flat())];
}

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
  const used = `${text.slice(0, start)}${none}${text.slice(end + last.length)}`;
  // A rule that is not among the used ones asks for Node.
  return used.replaceAll(/\bimport\('node:\w+'\)/g, 'Promise.resolve({})');
}

/** The providers that have presets (providers/presets.ts), by the names that the list of prices has for them. */
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

module.exports = { openaiTrimmed, pricesTrimmed, secretlintTrimmed, yamlTrimmed };
