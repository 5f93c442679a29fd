import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
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
  const names = fs.readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => `src/${name.split(path.sep).join('/')}`).sort();
  const facts = files.map((file) => sourceFacts(file, fs.readFileSync(file, 'utf8')));

  it('is there', () => assert.ok(facts.length > 5));
  it('keeps to the import table', () => assert.deepEqual(importProblems(facts), []));
  it('has no ring of imports, types included', () => assert.deepEqual(cycleProblems(facts), []));
  it('has no default export and no barrel', () => assert.deepEqual(exportProblems(facts), []));
  it('has one owner for each dangerous call', () => assert.deepEqual(ownerProblems(facts), []));
  it('keeps files, functions and parameter lists short', () => assert.deepEqual(sizeProblems(facts), []));
  it('has hardly a function over 40 lines', () => assert.deepEqual(lengthProblems(facts), []));
});

describe('the bundles', () => {
  const [desktop, , web] = JSON.parse(fs.readFileSync('dist/meta.json', 'utf8')) as [Metafile, Metafile, Metafile];

  it('needs 45: activation reads no more than the registration of the commands', () => {
    const inputs = Object.keys(desktop.outputs['dist/extension.js']?.inputs ?? {});
    assert.deepEqual(inputs.sort(), ['src/extension.ts', 'src/host/commands.ts']);
  });

  it('load nothing but vscode from outside, and on the desktop the rest of the product and the SDK on first use', () => {
    const allowed = ['./openai.js (require-call)', './quillet.js (require-call)', 'vscode (require-call)'];
    assert.deepEqual(
      outsideImports(desktop).filter((one) => !allowed.includes(one)),
      [],
    );
    assert.deepEqual(
      outsideImports(web).filter((one) => one !== 'vscode (require-call)'),
      [],
    );
  });

  it('keep the SDK out of the file that VS Code reads at start', () => {
    const inputs = Object.keys(desktop.inputs);
    assert.deepEqual(
      inputs.filter((file) => file.startsWith('node_modules/openai/')),
      [],
    );
  });
});

function outsideImports(metafile: Metafile): string[] {
  const imports = Object.values(metafile.outputs).flatMap((output) =>
    output.imports.filter((one) => one.external === true),
  );
  return [...new Set(imports.map((one) => `${one.path} (${one.kind})`))].sort();
}
