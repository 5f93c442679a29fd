// Plugins that remove unused code of dependencies from the bundle. They fail the build if the structure of a dependency
// changes, so they may need to be adjusted after an update.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/**
 * Removes unused API resources, helpers and authentication from the SDK, three quarters of it. Each of these files is replaced
 * by empty classes of the same names, because the client refers to them. A missing name fails the build; a call throws, which
 * the wire tests would show, since they run on this bundle.
 */
const trimOpenai = {
  name: 'trim-openai',
  setup(build) {
    build.onLoad({ filter: UNUSED_SDK_FILES }, stubModule);
  },
};

/** Functions that the client calls before it skips a feature. */
const REQUIRED_STUBS = { isX509WorkloadIdentity: 'export const isX509WorkloadIdentity = () => false;' };

/** @param {{ path: string }} file */
function stubModule(file) {
  const names = exportedNames(fs.readFileSync(file.path, 'utf8'));
  if (names === undefined) return undefined;
  const contents = names.map((name) => REQUIRED_STUBS[name] ?? `export class ${name} {}`).join('\n');
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
const UNUSED_SDK_FILES = new RegExp(
  `[\\\\/]openai[\\\\/](?:resources[\\\\/](?:${UNUSED_RESOURCES.join('|')})(?:[\\\\/].*)?|helpers[\\\\/]computer|azure|bedrock|(?:internal[\\\\/]auth[\\\\/]x509-|auth[\\\\/])workload-identity-auth|lib[\\\\/](?:${UNUSED_LIBRARIES.join('|').replaceAll('/', '[\\\\/]')}))\\.mjs$`,
);

/** Names of the exported classes and functions; undefined if the file has other exports and can't be stubbed. */
function exportedNames(source) {
  const exports = [...source.matchAll(/^export\s+(.*)$/gm)].map((match) => match[1]);
  const names = exports.map((text) => {
    const match = /^(?:class|(?:async )?function) (\w+)/.exec(text) ?? /^\{ (?:type )?([\w ,]+?),? \}/.exec(text);
    return match?.[1].split(',').map((name) => name.trim().split(' as ').at(-1));
  });
  return exports.length === 0 || names.includes(undefined) ? undefined : [...new Set(names.flat())];
}

/** Removes code of secretlint that is unused (40 % of the bundle) or needs Node. */
const trimSecretlint = {
  name: 'trim-secretlint',
  setup(build) {
    const namespace = 'secretlint-unused';
    build.onResolve({ filter: /^@secretlint\/(core|secretlint-rule-preset-recommend)$/ }, (args) => ({
      path: path.join(root, 'node_modules', args.path, 'module/index.js'),
    }));
    build.onResolve({ filter: /^(debug|@secretlint\/profiler|node:.*)$/ }, (args) =>
      /[\\/]@secretlint[\\/]/.test(args.importer) ? { path: args.path, namespace } : undefined,
    );
    build.onResolve({ filter: /^(structured-source|boundary)$/ }, (args) => ({ path: require.resolve(args.path) }));
    // Drop the logger and the profiler: they would see the scanned text. The rule that needs Node's modules is not used.
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: 'export default () => () => {}; export const secretLintProfiler = { mark() {} };',
    }));
    build.onLoad({ filter: /preset-recommend[\\/]module[\\/]index\.js$/ }, (args) => ({
      contents: removeAllowLists(fs.readFileSync(args.path, 'utf8')),
    }));
  },
};

/** The preset bundles a third of lodash to match allow lists, which Quillet doesn't use. */
function removeAllowLists(text) {
  const start = text.indexOf('var commonjsGlobal = ');
  const last = 'var regexpStringMatcherExports = requireRegexpStringMatcher();';
  const end = text.indexOf(last);
  if (start === -1 || end < start) {
    throw new Error(
      'The structure of the secretlint preset has changed. Adjust removeAllowLists in scripts/build/trimDependencies.cjs.',
    );
  }
  const stub = 'const regexpStringMatcherExports = { matchPatterns: () => [] };';
  const trimmed = `${text.slice(0, start)}${stub}${text.slice(end + last.length)}`;
  // Only needed by a rule that is not used.
  return trimmed.replaceAll(/\bimport\('node:\w+'\)/g, 'Promise.resolve({})');
}

/** The providers of src/providers/presets.ts, by their ids in the price list. */
const PRICED_PROVIDERS = ['openai', 'azure', 'openrouter', 'groq', 'mistral', 'deepseek', 'google', 'anthropic'];
/** The fields that lookups use. The others, such as descriptions, are removed. */
const PRICE_FIELDS = {
  provider: ['id', 'api_pattern', 'model_match', 'fallback_model_providers'],
  model: ['id', 'match', 'prices'],
};

/** Keeps only the prices of {@link PRICED_PROVIDERS}, a sixth of the list. */
const trimPrices = {
  name: 'trim-prices',
  setup(build) {
    build.onLoad({ filter: /genai-prices[\\/]dist[\\/]index\.js$/ }, (args) => ({
      contents: selectPrices(fs.readFileSync(args.path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** The file starts with the list as a literal. */
function selectPrices(text) {
  const [head] = /^const \w+ = (?=\[)/.exec(text) ?? [];
  const end = text.indexOf('\n]') + 2;
  if (head === undefined || end < 2) throw priceListError('the file does not start with the list');
  const allProviders = new Function(`return ${text.slice(head.length, end)}`)();
  const providers = PRICED_PROVIDERS.map((id) => {
    const provider = allProviders.find((candidate) => candidate.id === id);
    if (provider === undefined) throw priceListError(`${id} is missing`);
    const models = provider.models.map((model) => pick(model, PRICE_FIELDS.model));
    const isInvalid = models.some(
      ({ id, match, prices }) => !id || typeof match !== 'object' || typeof prices !== 'object',
    );
    if (!provider.api_pattern || models.length === 0 || isInvalid) throw priceListError(`${id} has unexpected fields`);
    return { ...pick(provider, PRICE_FIELDS.provider), models };
  });
  return `${head}${JSON.stringify(providers)}${text.slice(end)}`;
}

function pick(object, fields) {
  return Object.fromEntries(fields.filter((field) => field in object).map((field) => [field, object[field]]));
}

function priceListError(reason) {
  return new Error(
    `The structure of the price list has changed (${reason}). Adjust selectPrices in scripts/build/trimDependencies.cjs.`,
  );
}

/** Removes the YAML stringifier and YAML 1.1, more than a quarter of the library: front matter is only parsed, as YAML 1.2. */
const trimYaml = {
  name: 'trim-yaml',
  setup(build) {
    build.onLoad({ filter: UNUSED_YAML }, stubModule);
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

module.exports = { trimOpenai, trimPrices, trimSecretlint, trimYaml };
