import * as assert from 'node:assert/strict';
import { sourceFacts } from '../support/sourceFacts';
import {
  cycleProblems,
  exportProblems,
  importProblems,
  lengthProblems,
  ownerProblems,
  sizeProblems,
} from '../support/sourceRules';

function read(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([file, text]) => sourceFacts(file, text));
}

describe('the import rule', () => {
  it('reports imports of higher floors, out of common/, and of restricted packages, including types', () => {
    const facts = read({
      'src/core/a.ts':
        "import { x } from './b';\nimport type { Uri } from 'vscode';\nexport type Y = import('../llm/c').Y;\nvoid x;",
      'src/llm/d.ts': "import { c } from '../core/c';\nconst sdk = await import('openai');\nvoid [c, sdk];",
      'src/runs/e.ts':
        "import { run } from '../llm/runs';\nimport type { Run } from '../llm/runs';\nimport './f';\nvoid run;",
      'src/usage/common/f.ts': "import '../g';\nimport '../../settings/common/g';",
      'src/editor/g.ts': "import fs from 'node:fs';\nvoid fs;",
      'src/other/h.ts': '',
      'media/usage/i.ts': "import '../../src/usage/j';\nimport '../../src/usage/common/j';",
    });
    assert.deepEqual(importProblems(facts), [
      'src/core/a.ts:2 must not import vscode',
      'src/core/a.ts:3 must not import src/llm/c.ts',
      'src/llm/d.ts:2 must not import openai',
      'src/runs/e.ts:1 must not import src/llm/runs.ts, only its types',
      'src/usage/common/f.ts:1 must not import src/usage/g.ts',
      'src/editor/g.ts:1 must not import node:fs',
      'src/other/h.ts:1 is not in a known folder',
      'media/usage/i.ts:1 must not import src/usage/j.ts',
    ]);
  });
});

describe('the rule against import cycles', () => {
  it('reports cycles, including type imports', () => {
    const facts = read({
      'src/core/a.ts': "import { b } from './b';\nvoid b;",
      'src/core/b.ts': "\nimport type { A } from './a';\nexport const b = 1;",
      'src/core/c.ts': "import './a';\nimport './b';",
    });
    assert.deepEqual(cycleProblems(facts), ['src/core/a.ts:1 -> src/core/b.ts:2 -> src/core/a.ts']);
  });
});

describe('the rule for exports', () => {
  it('reports default exports and barrels', () => {
    const facts = read({ 'src/core/index.ts': "export * from './a';\nexport { b } from './b';\nexport default 1;" });
    assert.deepEqual(exportProblems(facts), [
      'src/core/index.ts:3 has a default export',
      'src/core/index.ts:1 re-exports ./a',
      'src/core/index.ts:2 re-exports ./b',
      'src/core/index.ts:1 is a barrel',
    ]);
  });
});

describe('the rule for dangerous APIs', () => {
  it('reports calls, members, destructured members and assignments, but not comments and strings', () => {
    const text = [
      "// fetch('x') and console.log and isTrusted = true",
      "const words = 'fetch(1) Math.random()';",
      'void fetch(words);',
      'console.log(words);',
      'const { secrets } = context;',
      'Math.random();',
      "context['secrets'].get(words);",
      'text.isTrusted = { enabledCommands: [] };',
      'text.supportHtml = false;',
      'new Markdown({ supportHtml: true, fetch: own });',
      'own.fetchAll();',
    ].join('\n');
    assert.deepEqual(ownerProblems(read({ 'src/host/a.ts': text })), [
      'src/host/a.ts:3 uses fetch(), only allowed in src/llm/http/guardedFetch.ts',
      'src/host/a.ts:4 must not use console.',
      'src/host/a.ts:5 uses .secrets, only allowed in src/auth/keyStore.ts',
      'src/host/a.ts:6 must not use Math.random',
      'src/host/a.ts:7 uses .secrets, only allowed in src/auth/keyStore.ts',
      'src/host/a.ts:8 uses isTrusted = on, only allowed in src/usage/usageTooltip.ts',
      'src/host/a.ts:10 must not use supportHtml = on',
    ]);
  });

  it('allows the owner', () => {
    assert.deepEqual(ownerProblems(read({ 'src/llm/http/guardedFetch.ts': 'void fetch(input);' })), []);
  });
});

describe('the rule for sizes', () => {
  it('limits the lines and parameters of functions, methods and arrow functions, not counting "this"', () => {
    const body = (lines: number) => '\n'.repeat(lines - 1);
    const text = [
      `class A { long(this: A): { a: 1 } {${body(81)}} }`,
      `const arrow = (a, b, c, d, e) => {${body(80)}};`,
      'class B { constructor(private readonly a: 1, b: 2, c: 3, d: 4, e: 5) {} }',
    ].join('\n');
    assert.deepEqual(sizeProblems(read({ 'src/core/a.ts': text })), [
      'src/core/a.ts:1 long has 81 lines (maximum 80)',
      'src/core/a.ts:82 arrow has 5 parameters (maximum 4)',
      'src/core/a.ts:162 constructor has 5 parameters (maximum 4)',
    ]);
  });

  it('limits the lines of a file', () => {
    assert.deepEqual(sizeProblems(read({ 'src/core/a.ts': `${'x;\n'.repeat(401)}\n\n` })), [
      'src/core/a.ts:401 the file has 401 lines (maximum 400)',
    ]);
    assert.deepEqual(sizeProblems(read({ 'src/core/a.ts': 'x;\n'.repeat(400) })), []);
  });

  it('lists long functions if they are more than 5 %', () => {
    const long = `function long() {${'\n'.repeat(41)}}`;
    assert.deepEqual(lengthProblems(read({ 'src/core/a.ts': long })), ['src/core/a.ts:1 long has 42 lines']);
    assert.deepEqual(lengthProblems(read({ 'src/core/a.ts': `${long}\n${'function short() {\n}\n'.repeat(19)}` })), []);
  });
});
