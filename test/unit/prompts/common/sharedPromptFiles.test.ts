import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { findPromptVariables, renderTemplates } from '../../../../src/prompts/common/renderTemplates';
import { variableKey } from '../../../../src/text/template';

const FOLDER = 'test/fixtures/prompts';

interface Expected {
  /** The variables that are replaced. Everything else is sent as written. */
  readonly replaced?: readonly string[];
  /** Codes and lines of the information in the file. */
  readonly infos?: readonly string[];
  readonly name?: string;
  readonly description?: string;
}

const files: Readonly<Record<string, Expected>> = {
  plain: {},
  pullRequest: {
    replaced: ['workspaceFolder', 'input:targetBranch'],
    description: 'Open a pull request that follows the template',
  },
  everyVariable: {
    replaced: [
      'workspaceFolder',
      'workspaceFolderBasename',
      'fileWorkspaceFolder',
      'file',
      'relativeFile',
      'fileBasename',
      'fileBasenameNoExtension',
      'fileExtname',
      'fileDirname',
      'relativeFileDirname',
      'fileDirnameBasename',
      'lineNumber',
      'columnNumber',
      'pathSeparator',
      'selection',
      'selectedText',
      'input:topic',
      'input:depth:how deep',
    ],
  },
  modelList: {
    replaced: ['file'],
    infos: ['foreignModel 3'],
    description: 'Review ${fileBasename}? No: a description is not a template.',
  },
  toolsList: { infos: ['foreignModel 4'], name: 'triage' },
  templateLiterals: { replaced: ['input:resource'] },
  githubActions: { replaced: ['workspaceFolder'] },
  shell: {},
  blueprint: {},
  tasks: { replaced: ['workspaceFolder'] },
  inputs: {
    replaced: [
      'input:componentName:MyComponent',
      'input:kind:button, link or menu',
      'input:year:2024',
      'input:when:now: or later?',
      'input:style:light|dark',
      'input:componentName',
      'input:target folder:src/components',
      'input:größe:Größe',
    ],
  },
  crlf: { replaced: ['file'], description: 'Written on Windows' },
  byteOrderMark: { replaced: ['selection'] },
  tabs: { replaced: ['workspaceFolder'], description: 'Tabs everywhere' },
  references: {},
  emptyFrontMatter: { replaced: ['fileBasename'] },
  emptyValues: { replaced: ['file'], infos: ['foreignModel 5'], name: 'emptyValues', description: '' },
  scalarValues: { infos: ['foreignModel 4'], name: '2024', description: 'true' },
  applyTo: { replaced: ['selection'], description: 'Typed props' },
  otherKeys: {
    replaced: ['workspaceFolder'],
    infos: ['unknownKey 2', 'unknownKey 3', 'unknownKey 4', 'unknownKey 5'],
  },
  modeAndAgent: {},
  looseYaml: {
    replaced: ['file'],
    infos: ['foreignModel 4'],
    description: 'Fix: find the cause first, then change one thing',
  },
  quotedHint: { replaced: ['input:topic'], name: 'explain', description: "It's a prompt with a stray quote" },
  nestedFences: {},
  rules: { replaced: ['fileBasenameNoExtension'] },
  otherLanguages: {},
  ownEscapes: { replaced: ['selection'] },
  systemText: { replaced: ['selection', 'fileBasename', 'workspaceFolder'], name: 'Log messages' },
  misusedNames: { replaced: ['languageId'] },
  foldedDescription: {
    replaced: ['workspaceFolderBasename'],
    infos: ['foreignModel 6'],
    description: 'Generates changelog entries from the staged changes.',
  },
  emoji: {
    replaced: ['workspaceFolder'],
    name: '🚀 release-notes',
    description: 'Notizen für „${version}“ — 発行',
  },
  fencedFile: { replaced: ['selectedText'] },
  commentFirst: { replaced: ['relativeFile'] },
  dollarEverywhere: { replaced: ['file'] },
};

function read(name: string): string {
  return fs.readFileSync(`${FOLDER}/${name}.prompt.md`, 'utf8');
}

/** The body, by rules of its own: what stands behind the second line of three hyphens. */
function bodyOf(text: string): string {
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/);
  const start = lines[0] === '---' ? lines.indexOf('---', 1) + 1 : 0;
  return lines.slice(start).join('\n').trim();
}

function keyOf(variable: string): string {
  return variable.split(':').slice(0, 2).join(':');
}

/** Values that would show if they were expanded again. */
function markedValue(key: string): string {
  return `«${key} \${file} \\\${nope} $&»`;
}

function replaceIn(text: string, variables: readonly string[]): string {
  const sources = variables.map((variable) => `\${${variable}}`);
  const parts = text.split(/((?<!\\)\$\{[^{}\n]*\})/);
  return parts.map((part) => (sources.includes(part) ? markedValue(keyOf(part.slice(2, -1))) : part)).join('');
}

describe("prompt files for VS Code's chat", () => {
  it('are all in the table', () => {
    const names = fs.readdirSync(FOLDER).flatMap((file) => /^(.*)\.prompt\.md$/.exec(file)?.[1] ?? []);
    assert.deepEqual(names.sort(), Object.keys(files).sort());
    assert.ok(names.length >= 25);
  });

  for (const [name, { replaced = [], infos = [], ...expected }] of Object.entries(files)) {
    it(`are usable, with everything else sent as written: ${name} [U18]`, () => {
      const { prompt, problems } = parsePromptFile(name, read(name), { isShared: true });
      assert.deepEqual(
        problems.map(({ severity, code, line }) => `${severity} ${code} ${line}`),
        infos.map((info) => `info ${info}`),
      );
      assert.ok(prompt);
      const { name: shown = prompt.name, description = prompt.description } = expected;
      assert.deepEqual([prompt.name, prompt.description], [shown, description]);
      const variables = findPromptVariables(prompt, 'typescript');
      const keys = [...new Set(variables.map(variableKey))];
      assert.deepEqual(keys.sort(), [...new Set(replaced.map(keyOf))].sort());
      const { messages, missing } = renderTemplates(
        prompt,
        'typescript',
        new Map(keys.map((key) => [key, markedValue(key)])),
      );
      assert.deepEqual(missing, []);
      const written = replaceIn(bodyOf(read(name)), replaced);
      const user = messages.find(({ role }) => role === 'user')?.content;
      // Our own escape is the one thing that is not sent as written.
      assert.equal(
        user,
        name === 'ownEscapes' ? written.replaceAll(/\\(?=\$\{(?:selection|input:name)\})/g, '') : written,
      );
    });
  }

  it('send unknown variables in system texts as written', () => {
    const { prompt } = parsePromptFile('x', read('systemText'), { isShared: true });
    assert.ok(prompt);
    const values = new Map(['fileBasename', 'workspaceFolder', 'selection'].map((key) => [key, key]));
    const [system] = renderTemplates(prompt, 'typescript', values).messages;
    assert.equal(
      system?.content,
      'Use `${level}: ${message}` as the form. The file is fileBasename.\n\nPrefer `${a}` over joining. See workspaceFolder/docs.',
    );
  });

  for (const [name, expected] of [
    ['templateLiterals', ['baseUrl', 'id', 'version', 'a1']],
    ['shell', ['HOME', 'PORT', 'TOKEN', 'LOG', 'PWD', 'input', 'file', 'selection', 'input']],
    [
      'tasks',
      [
        'workspaceFolder',
        'env',
        'config',
        'command',
        'userHome',
        'cwd',
        'execPath',
        'defaultBuildTask',
        'workspaceRoot',
      ],
    ],
    ['misusedNames', ['input', 'input', 'input', 'pick', 'pick', 'pick', 'selection', 'file', 'Selection', 'FILE']],
    ['systemText', ['level', 'message', 'a']],
  ] as const) {
    it(`have errors for unknown variables in folders of Quillet: ${name}`, () => {
      const { prompt, problems } = parsePromptFile(name, read(name));
      assert.equal(prompt, undefined);
      const errors = problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ subject }) => subject),
        expected,
      );
    });
  }

  it('have errors in folders of Quillet for YAML that only VS Code reads', () => {
    for (const name of ['looseYaml', 'quotedHint', 'tabs', 'emptyValues'])
      assert.equal(parsePromptFile(name, read(name)).prompt, undefined);
  });
});
