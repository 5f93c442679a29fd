import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import zlib from 'node:zlib';
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

describe('the source', () => {
  const files = ['src', 'media'].flatMap((folder) => sourceFiles(folder)).sort();
  const facts = files.map((file) => sourceFacts(file, fs.readFileSync(file, 'utf8')));

  it('is there', () => assert.ok(facts.length > 5));
  it('keeps to the import table', () => assert.deepEqual(importProblems(facts), []));
  it('has no ring of imports, types included', () => assert.deepEqual(cycleProblems(facts), []));
  it('has no default export and no barrel', () => assert.deepEqual(exportProblems(facts), []));
  it('R13, R35, R37: has one owner for each dangerous call, and for trusted Markdown, running and saving none', () =>
    assert.deepEqual(ownerProblems(facts), []));
  it('keeps files, functions and parameter lists short', () => assert.deepEqual(sizeProblems(facts), []));
  it('has hardly a function over 40 lines', () => assert.deepEqual(lengthProblems(facts), []));
});

describe('the bundles', () => {
  const metafiles = JSON.parse(fs.readFileSync('dist/meta.json', 'utf8')) as Metafile[];
  const outputs = Object.assign({}, ...metafiles.map((metafile) => metafile.outputs)) as Metafile['outputs'];
  const built = (name: string) => outputs[`dist/${name}`] ?? assert.fail(`dist/${name} is not built`);
  const inputsOf = (name: string) => Object.keys(built(name).inputs);
  const parts = Object.keys(outputs).flatMap((file) => /^dist\/(\w+\.js)$/.exec(file)?.[1] ?? []);

  it('needs 45: activation reads no more than the registration of the commands, the lightbulb and the dashboard', () => {
    assert.deepEqual(inputsOf('extension.js').sort(), [
      'src/dashboard/panelSerializer.ts',
      'src/editor/diagnostics.ts',
      'src/extension.ts',
      'src/platform/commands.ts',
      'src/prompts/authoring/promptFileOpening.ts',
      'src/prompts/commands/codeActions.ts',
      'src/prompts/common/promptFolder.ts',
      'src/prompts/common/promptLibrary.ts',
      'src/prompts/offeredPrompts.ts',
      'src/prompts/promptPresence.ts',
    ]);
  });

  it('load nothing but vscode from outside, and on the desktop the rest of the product and the SDK on first use', () => {
    const allowed = [...parts.map((part) => `./${part}`), 'node:child_process', 'node:fs/promises', 'vscode'];
    const named = [...parts, 'web/extension.js'].map((name) => [name, outsideImports(built(name))] as const);
    for (const [name, imports] of named.filter(([name]) => name !== 'openai.js')) {
      assert.deepEqual(
        imports.filter((one) => !allowed.map((part) => `${part} (require-call)`).includes(one)),
        [],
        name,
      );
    }
    assert.deepEqual(outsideImports(built('web/extension.js')), ['vscode (require-call)']);
  });

  it('need 45: the first command reads nothing that belongs to another one', () => {
    const later = [
      'review',
      'documentDestinations',
      'requests',
      'dashboard',
      'promptAuthoring',
      'promptLibraryCommands',
    ];
    for (const name of [...later, 'commitMessageCommand', 'settingsFile', 'secretRules', 'promptFile', 'priceTable']) {
      assert.ok(
        inputsOf(`${name}.js`).some((file) => file.endsWith(`/${name}.ts`)),
        name,
      );
      assert.ok(!inputsOf('quillet.js').some((file) => file.endsWith(`/${name}.ts`)), name);
    }
  });

  it('have every module once, so that an error is one of ours wherever it comes from', () => {
    const ours = parts.filter((name) => name !== 'extension.js').flatMap(inputsOf);
    const twice = ours.filter((file, index) => file.startsWith('src/') && ours.indexOf(file) !== index);
    assert.deepEqual(twice, []);
  });

  it('in browsers the entry brings the same parts, and nothing else with it', () => {
    assert.deepEqual(
      inputsOf('web/extension.js')
        .filter((file) => !file.startsWith('<'))
        .sort(),
      [...inputsOf('extension.js'), 'src/app/webLoader.ts'].sort(),
    );
    const text = fs.readFileSync('dist/web/extension.js', 'utf8');
    const named = /\["\w+\.js"(?:,\s*"\w+\.js")*\]/.exec(text)?.[0] ?? '[]';
    assert.deepEqual((JSON.parse(named) as string[]).sort(), parts.filter((name) => name !== 'extension.js').sort());
  });

  it('U22: the search for secrets works where there is neither Node nor a window', async () => {
    const { findSecrets } = loadPart<{ findSecrets(text: string): Promise<readonly { start: number; end: number }[]> }>(
      'secretRules.js',
    );
    const found = await findSecrets('a shpat_r8TRc9ZXAvcVvcrmtr7qoVw69WeeY1zq b');
    assert.deepEqual(
      Array.from(found, ({ start, end }) => [start, end]),
      [[2, 40]],
    );
  });

  it('need 35: nobody reads YAML who has no prompt file; who has one takes it from a file of its own', () => {
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

  it('need 25: the list of prices works as a file of its own, and is small', () => {
    type Priced = (model: object, tokens: object) => { usd: number } | undefined;
    const { listedPrice } = loadPart<{ listedPrice: Priced }>('priceTable.js');
    const model = { baseUrl: 'https://api.openai.com/v1', model: 'gpt-5-mini', time: new Date('2026-11-28') };
    assert.equal(listedPrice(model, { input: 1000, cached: 800, output: 50 })?.usd.toFixed(6), '0.000170');
    const size = zlib.gzipSync(fs.readFileSync('dist/priceTable.js')).length;
    assert.ok(size < 40_000, `priceTable.js has ${size} bytes`);
  });

  it('keep the SDK and the search for secrets out of the files that are read before something is sent', () => {
    assert.deepEqual(
      inputsOf('quillet.js').filter((file) =>
        /^node_modules\/(openai|@secretlint|@pydantic)\/|secretRules|secretPatterns|priceTable/.test(file),
      ),
      [],
    );
    assert.ok(inputsOf('secretRules.js').some((file) => file.startsWith('node_modules/@secretlint/')));
  });
});

/** Runs a part as a browser does, with what it shares with the others; of VS Code there is only what is named. */
function loadPart<Exports>(name: string): Exports {
  const loaded = new Map<string, unknown>([['vscode', anything()]]);
  const load = (specifier: string): unknown => {
    const known = loaded.get(specifier);
    if (known !== undefined) return known;
    const module = { exports: {} };
    loaded.set(specifier, module.exports);
    const globals = { module, exports: module.exports, require: load, atob, console, TextEncoder, URL, performance };
    vm.runInNewContext(fs.readFileSync(`dist/${specifier.slice(2)}`, 'utf8'), globals);
    loaded.set(specifier, module.exports);
    return module.exports;
  };
  return load(`./${name}`) as Exports;
}

/** Stands in for VS Code while modules are loaded: whatever is taken from it is a class. */
function anything(): object {
  return new Proxy({}, { get: () => class {} });
}

function sourceFiles(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts') && !(folder === 'media' && name.endsWith('.d.ts')));
  return sources.map((name) => `${folder}/${name.split(path.sep).join('/')}`);
}

function outsideImports({ imports }: Metafile['outputs'][string]): string[] {
  const outside = imports.filter((one) => one.external === true);
  return [...new Set(outside.map((one) => `${one.path} (${one.kind})`))].sort();
}
