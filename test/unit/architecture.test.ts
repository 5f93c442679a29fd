import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import type { Metafile } from 'esbuild';
import { sourceFacts } from '../support/sourceFacts';
import {
  cycleProblems,
  exportProblems,
  importProblems,
  lengthProblems,
  ownerProblems,
  sizeProblems,
} from '../support/sourceRules';

const MAX_FILES_IN_A_FOLDER = 17;
const MAX_ROOMS = 26;
const MAX_DOC_COMMENTS_PER_100_LINES = 4;

describe('the source', () => {
  const files = ['src', 'media'].flatMap((folder) => sourceFiles(folder)).sort();
  const facts = files.map((file) => sourceFacts(file, fs.readFileSync(file, 'utf8')));

  it('is found', () => assert.ok(facts.length > 5));
  it('imports only downwards', () => assert.deepEqual(importProblems(facts), []));
  it('has no import cycles, type imports included', () => assert.deepEqual(cycleProblems(facts), []));
  it('has no default exports and no barrels', () => assert.deepEqual(exportProblems(facts), []));
  it('has one owner for each dangerous call [R13, R35, R37]', () => assert.deepEqual(ownerProblems(facts), []));
  it('keeps files, functions and parameter lists short', () => assert.deepEqual(sizeProblems(facts), []));
  it('has hardly any function over 40 lines', () => assert.deepEqual(lengthProblems(facts), []));

  it('keeps folders small enough to read at a glance', () => {
    const folders = new Set(files.map((file) => path.posix.dirname(file)));
    const counts = [...folders].map((folder) => {
      return [folder, files.filter((file) => path.posix.dirname(file) === folder).length] as const;
    });
    assert.deepEqual(
      counts.filter(([, count]) => count > MAX_FILES_IN_A_FOLDER),
      [],
    );
  });

  it('has few top-level folders', () => {
    const rooms = new Set(files.flatMap((file) => /^src\/(\w+)\//.exec(file)?.[1] ?? []));
    assert.ok(rooms.size <= MAX_ROOMS, [...rooms].join(', '));
  });

  it('has few doc comments', () => {
    const texts = files.filter((file) => file.startsWith('src/')).map((file) => fs.readFileSync(file, 'utf8'));
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    const docComments = texts.reduce((sum, text) => sum + (text.match(/^\s*\/\*\*/gm)?.length ?? 0), 0);
    const density = (100 * docComments) / lines;
    assert.ok(density <= MAX_DOC_COMMENTS_PER_100_LINES, `${density.toFixed(1)} doc comments per 100 lines`);
  });
});

describe('the bundles', () => {
  const metafiles = JSON.parse(fs.readFileSync('dist/meta.json', 'utf8')) as Metafile[];
  const outputs = Object.assign({}, ...metafiles.map((metafile) => metafile.outputs)) as Metafile['outputs'];
  const built = (name: string) => outputs[`dist/${name}`] ?? assert.fail(`dist/${name} is not built`);
  const inputsOf = (name: string) => Object.keys(built(name).inputs);
  const parts = Object.keys(outputs).flatMap((file) => /^dist\/(\w+\.js)$/.exec(file)?.[1] ?? []);

  it('activate with nothing but the registration of commands, code actions, prompt files and the dashboard', () => {
    const inputs = inputsOf('extension.js');
    const rooms = new Set(inputs.map((file) => file.replace(/^src\/(\w+)\/.*/, '$1')));
    assert.deepEqual([...rooms].sort(), ['editor', 'platform', 'prompts', 'src/extension.ts', 'usage']);
    assert.ok(inputs.length <= 12, inputs.join('\n'));
  });

  it('load only vscode from outside, and each other on first use', () => {
    const allowed = [...parts.map((part) => `./${part}`), 'node:child_process', 'node:fs/promises', 'vscode'];
    const unused = ['node:crypto', 'node:fs', 'node:path'];
    const allowedIn = (name: string) => (name === 'secretRules.js' ? [...allowed, ...unused] : allowed);
    for (const name of parts) {
      const calls = allowedIn(name).map((part) => `${part} (require-call)`);
      assert.deepEqual(
        outsideImports(built(name)).filter((call) => !calls.includes(call)),
        [],
        name,
      );
    }
    assert.deepEqual(outsideImports(built('web/extension.js')), ['vscode (require-call)']);
  });

  it('do not contain undici, which would handle the requests of all extensions', () => {
    const inputs = [...parts, 'web/extension.js'].flatMap(inputsOf);
    assert.deepEqual(
      inputs.filter((file) => file.includes('node_modules/undici/')),
      [],
    );
  });

  it('share no class that is used with instanceof, because each bundle has its own', () => {
    const ours = parts.flatMap(inputsOf).filter((file) => file.startsWith('src/'));
    const shared = new Set(ours.filter((file, index) => ours.indexOf(file) !== index));
    const classes = [...shared].flatMap((file) => [...fs.readFileSync(file, 'utf8').matchAll(/\bclass (\w+)/g)]);
    const text = ours.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
    assert.deepEqual(
      classes.map(([, name]) => `instanceof ${name}`).filter((use) => text.includes(use)),
      [],
    );
  });

  it('are one in browsers', () => {
    const inputs = new Set(inputsOf('web/extension.js'));
    const missing = parts.flatMap(inputsOf).filter((file) => /^(?:src|media)\//.test(file) && !inputs.has(file));
    assert.deepEqual(missing, []);
  });

  it('find secrets without a window [U22]', async () => {
    const { findSecrets } = loadPart<{ findSecrets(text: string): Promise<readonly { start: number; end: number }[]> }>(
      'secretRules.js',
    );
    const found = await findSecrets('a https://hooks.slack.com/services/T0AB1/B0CD2/Zk3vQ8mN1x b');
    assert.deepEqual(
      Array.from(found, ({ start, end }) => [start, end]),
      [[2, 57]],
    );
  });

  it('load the YAML parser only with the first prompt file', () => {
    assert.deepEqual(
      inputsOf('quillet.js').filter((file) =>
        /^node_modules\/yaml\/|prompts\/common\/(?:promptFile|frontMatter)\.ts$/.test(file),
      ),
      [],
    );
    type Parse = (id: string, text: string) => { prompt?: { user: string }; problems: readonly { line: number }[] };
    const { parsePromptFile } = loadPart<{ parsePromptFile: Parse }>('promptFile.js');
    assert.equal(parsePromptFile('x', '---\nname: &a N\nlanguages: [*a, "b\\n"]\n---\ntext').prompt?.user, 'text');
    assert.equal(parsePromptFile('x', '---\n? [a, b]\n: 1\n---\ntext').problems[0]?.line, 2);
  });

  it('keep the price list in a file of its own', () => {
    type Priced = (model: object, tokens: object) => { usd: number } | undefined;
    const { findListedPrice } = loadPart<{ findListedPrice: Priced }>('priceTable.js');
    const model = { baseUrl: 'https://api.openai.com/v1', model: 'gpt-5-mini', time: new Date('2026-11-28') };
    assert.equal(findListedPrice(model, { input: 1000, cached: 800, output: 50 })?.usd.toFixed(6), '0.000170');
  });

  it('load the SDK and the secret rules only when a request is sent', () => {
    assert.deepEqual(
      inputsOf('quillet.js').filter((file) =>
        /^node_modules\/(openai|@secretlint|@pydantic)\/|secretRules|secretPatterns|priceTable/.test(file),
      ),
      [],
    );
    assert.ok(inputsOf('secretRules.js').some((file) => file.startsWith('node_modules/@secretlint/')));
  });
});

/** Runs a part as a browser does, with a stand-in for VS Code. */
function loadPart<Exports>(name: string): Exports {
  const loaded = new Map<string, unknown>([['vscode', anything()]]);
  const load = (specifier: string): unknown => {
    const known = loaded.get(specifier);
    if (known !== undefined) return known;
    if (specifier.startsWith('node:')) return process.getBuiltinModule(specifier);
    const module = { exports: {} };
    loaded.set(specifier, module.exports);
    const globals = { module, exports: module.exports, require: load, atob, console, TextEncoder, URL, performance };
    vm.runInNewContext(fs.readFileSync(`dist/${specifier.slice(2)}`, 'utf8'), globals);
    loaded.set(specifier, module.exports);
    return module.exports;
  };
  return load(`./${name}`) as Exports;
}

/** Stands in for VS Code while modules load: every member is a class. */
function anything(): object {
  return new Proxy({}, { get: () => class {} });
}

function sourceFiles(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => /\.tsx?$/.test(name));
  return sources.map((name) => `${folder}/${name.split(path.sep).join('/')}`);
}

function outsideImports({ imports }: Metafile['outputs'][string]): string[] {
  const outside = imports.filter((entry) => entry.external === true);
  return [...new Set(outside.map((entry) => `${entry.path} (${entry.kind})`))].sort();
}
