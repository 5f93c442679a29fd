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
  const bundles = JSON.parse(fs.readFileSync('dist/meta.json', 'utf8')) as [Metafile, Metafile, Metafile, Metafile];
  const [desktop, , web, secrets] = bundles;

  it('needs 45: activation reads no more than the registration of the commands and the lightbulb', () => {
    const inputs = Object.keys(desktop.outputs['dist/extension.js']?.inputs ?? {});
    assert.deepEqual(inputs.sort(), [
      'src/core/promptLibrary.ts',
      'src/extension.ts',
      'src/host/commands.ts',
      'src/host/lightbulb.ts',
      'src/host/problems.ts',
      'src/host/promptOffers.ts',
      'src/host/promptOpening.ts',
    ]);
  });

  it('load nothing but vscode from outside, and on the desktop the rest of the product and the SDK on first use', () => {
    const parts = ['./openai.js', './prices.js', './prompts.js', './quillet.js', './secrets.js'];
    const allowed = [...parts, 'node:child_process', 'node:fs/promises', 'vscode'].map(
      (part) => `${part} (require-call)`,
    );
    assert.deepEqual(
      outsideImports(desktop).filter((one) => !allowed.includes(one)),
      [],
    );
    assert.deepEqual(outsideImports(web), ['vscode (require-call)']);
    assert.deepEqual(outsideImports(secrets), []);
  });

  it('in browsers the entry brings the same parts, and nothing else with it', () => {
    const entry = Object.keys(desktop.outputs['dist/extension.js']?.inputs ?? {});
    const ownFiles = Object.keys(web.inputs).filter((file) => file.startsWith('src/'));
    assert.deepEqual(ownFiles.sort(), [...entry, 'src/host/browserParts.ts'].sort());
    assert.deepEqual(
      Object.keys(web.inputs).filter((file) => file.includes('node_modules')),
      [],
    );
    const parts = outsideImports(desktop).flatMap((one) => /^\.\/(\S+)/.exec(one)?.[1] ?? []);
    const loader = fs.readFileSync('src/host/browserParts.ts', 'utf8');
    const named = /partNames = \[(.*)\]/.exec(loader)?.[1]?.match(/\w+\.js/g) ?? [];
    assert.deepEqual([...named].sort(), parts.sort());
  });

  it('U22: the search for secrets works as a file of its own, where there is neither Node nor a window', async () => {
    const bundle = { exports: {} as { findSecrets(text: string): Promise<readonly { start: number; end: number }[]> } };
    vm.runInNewContext(fs.readFileSync('dist/secrets.js', 'utf8'), { module: bundle, atob });
    const found = await bundle.exports.findSecrets('a shpat_r8TRc9ZXAvcVvcrmtr7qoVw69WeeY1zq b');
    assert.deepEqual(
      Array.from(found, ({ start, end }) => [start, end]),
      [[2, 40]],
    );
  });

  it('need 35: nobody reads YAML who has no prompt file; who has one takes it from a file of its own', () => {
    const inputs = Object.keys(desktop.inputs);
    assert.deepEqual(
      inputs.filter((file) => /^node_modules\/yaml\/|core\/prompt(?:File|FrontMatter)\.ts$/.test(file)),
      [],
    );
    type Parse = (id: string, text: string) => { prompt?: { user: string }; problems: readonly { line: number }[] };
    const bundle = { exports: {} as { parsePromptFile: Parse } };
    vm.runInNewContext(fs.readFileSync('dist/prompts.js', 'utf8'), { module: bundle });
    const { parsePromptFile } = bundle.exports;
    assert.equal(parsePromptFile('x', '---\nname: &a N\nlanguages: [*a, "b\\n"]\n---\ntext').prompt?.user, 'text');
    assert.equal(parsePromptFile('x', '---\n? [a, b]\n: 1\n---\ntext').problems[0]?.line, 2);
  });

  it('need 25: the list of prices works as a file of its own, and is small', () => {
    const text = fs.readFileSync('dist/prices.js', 'utf8');
    const bundle = { exports: {} as { listedPrice(model: object, tokens: object): { usd: number } | undefined } };
    vm.runInNewContext(text, { module: bundle, console });
    const model = { baseUrl: 'https://api.openai.com/v1', model: 'gpt-5-mini', time: new Date('2026-11-28') };
    assert.equal(
      bundle.exports.listedPrice(model, { input: 1000, cached: 800, output: 50 })?.usd.toFixed(6),
      '0.000170',
    );
    assert.ok(zlib.gzipSync(text).length < 40_000, 'prices.js is too large');
  });

  it('keep the SDK and the search for secrets out of the files that are read before something is sent', () => {
    const inputs = Object.keys(desktop.inputs);
    assert.deepEqual(
      inputs.filter((file) =>
        /^node_modules\/(openai|@secretlint|@pydantic)\/|secretRules|secretPatterns|priceTable/.test(file),
      ),
      [],
    );
    assert.ok(Object.keys(secrets.inputs).some((file) => file.startsWith('node_modules/@secretlint/')));
  });
});

function sourceFiles(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts') && !(folder === 'media' && name.endsWith('.d.ts')));
  return sources.map((name) => `${folder}/${name.split(path.sep).join('/')}`);
}

function outsideImports(metafile: Metafile): string[] {
  const imports = Object.values(metafile.outputs).flatMap((output) =>
    output.imports.filter((one) => one.external === true),
  );
  return [...new Set(imports.map((one) => `${one.path} (${one.kind})`))].sort();
}
