import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as process from 'node:process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { baseUrl, chat, chats } from '../support/modelServer';
import { quillet, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const key = 'sk-canary-0123456789abcdefghij';
const code = 'let one = 1;\n';

/** The formats that run on every machine with a shell and Python. */
const programs: readonly (readonly [label: RegExp, command: string, file: string])[] = [
  [/^curl \(sh/, 'sh', 'request.sh'],
  [/^Python \(requests/, 'python3', 'request.py'],
  [/^Python \(openai/, 'python3', 'request.py'],
];

describe('a key in the preview and in copied requests', () => {
  useQuillet({ model: 'test/needs-key' });
  let folder = '';

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'quillet-copied-'));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    delete process.env['QUILLET_TEST_KEY'];
  });
  after(() => fs.rm(folder, { recursive: true, force: true }));

  async function preview(): Promise<string> {
    await select(await openFile(code), 'let one = 1;');
    ui.willPick('Explain');
    void run('quillet.previewRequest');
    return eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-request' ? document.getText() : undefined;
    }, 'the preview');
  }

  async function copy(label: RegExp): Promise<string> {
    ui.willPick(label);
    await run('quillet.copyAs');
    return vscode.env.clipboard.readText();
  }

  /** Runs the programs as copied, with the key in the variable that they name. */
  async function runCopies(variable: string): Promise<readonly (string | undefined)[]> {
    const { length } = await chats();
    for (const [label, command, name] of programs) {
      const file = path.join(folder, name);
      await fs.writeFile(file, await copy(label));
      const pythonPath = path.join(quillet().extensionPath, 'test/fixtures/python');
      const env = { ...process.env, PYTHONPATH: pythonPath, [variable]: key };
      await promisify(execFile)(command, [file], { env });
    }
    return (await chats()).slice(length).map(({ headers }) => headers['authorization']);
  }

  const bearers = programs.map(() => `Bearer ${key}`);

  it('are those of a run with a stored key', async () => {
    ui.willType(key);
    await run('quillet.setKey', 'test');
    assert.match(await preview(), /^\/\/ API key for 127\.0\.0\.1:\d+ \(hidden\)$/m);
    assert.deepEqual(await runCopies('TEST_API_KEY'), bearers);
    await run('quillet.sendRequest');
    assert.equal((await chat(programs.length)).headers['authorization'], `Bearer ${key}`);
    await eventually(() => ui.isIdle);
    ui.willPick(new URL(baseUrl()).origin);
    await run('quillet.deleteKey');
  });

  it('are those of a run with a key from the environment', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), apiKeyEnv: 'QUILLET_TEST_KEY' } } });
    process.env['QUILLET_TEST_KEY'] = key;
    assert.match(await preview(), /^\/\/ API key for /m);
    assert.deepEqual(await runCopies('QUILLET_TEST_KEY'), bearers);
  });

  it('are those of a run with a key from a program, which does not run for them', async () => {
    const apiKeyCommand = [process.execPath, path.join(folder, 'missing.js')];
    await setSettings({ providers: { test: { baseUrl: baseUrl(), apiKeyCommand } } });
    ui.willPress('Run');
    assert.match(await preview(), /^\/\/ API key for /m);
    assert.deepEqual(await runCopies('TEST_API_KEY'), bearers);
    assert.deepEqual(ui.errors, []);
  });

  for (const [name, provider] of [
    ['is stored', {}],
    ['is in the environment', { apiKeyEnv: 'QUILLET_TEST_KEY' }],
    ['is stored for a custom header', { keyHeader: 'api-key' }],
  ] as const) {
    it(`are absent if none ${name}`, async () => {
      await setSettings({ providers: { test: { baseUrl: baseUrl(), ...provider } } });
      assert.match(await preview(), /^\/\/ No API key$/m);
      assert.doesNotMatch(await copy(/^curl \(sh/), /Authorization|api-key/i);
    });
  }

  it('appear in the copy of a request that failed before the key was entered', async () => {
    await select(await openFile(code), 'let one = 1;');
    await run('quillet.explain');
    assert.doesNotMatch(await copy(/^curl \(sh/), /Authorization/);
    ui.willType(key);
    await run('quillet.setKey', 'test');
    assert.deepEqual(await runCopies('TEST_API_KEY'), bearers);
    ui.willPick(new URL(baseUrl()).origin);
    await run('quillet.deleteKey');
  });
});
