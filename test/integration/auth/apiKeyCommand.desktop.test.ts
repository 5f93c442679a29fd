import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as process from 'node:process';
import { apiError } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  baseUrl,
  chat,
  chats,
  continueAnswer,
  GATE,
} from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** Not one of the canaries that must never be shown: it is part of the arguments of the program, which are shown. */
const key = 'sk-from-a-program-0123456789';
let folder = '';
let count = 0;

/** A new program for every test, because consent is permanent. Each start appends a character to a file. */
function program(script: string): { apiKeyCommand: string[]; starts: () => number } {
  count += 1;
  const trace = path.join(folder, `trace${count}`);
  const code = `require('fs').appendFileSync(${JSON.stringify(trace)}, 'x'); ${script}`;
  return {
    apiKeyCommand: [process.execPath, '-e', code, 'op://vault/secret-item'],
    starts: () => (fs.existsSync(trace) ? fs.readFileSync(trace, 'utf8').length : 0),
  };
}

async function use(apiKeyCommand: readonly unknown[]): Promise<void> {
  await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', apiKeyCommand } } });
}

async function explain(): Promise<void> {
  const editor = await openFile('let one = 1;\n');
  await select(editor, 'let one = 1;');
  await run('quillet.explain');
}

describe('a program that prints the API key', () => {
  useQuillet();

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-program-'));
    // The extension host may be Electron, which acts as Node only with this variable.
    process.env['ELECTRON_RUN_AS_NODE'] = '1';
  });
  after(() => {
    delete process.env['ELECTRON_RUN_AS_NODE'];
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('needs consent once, and runs once for several requests', async () => {
    const { apiKeyCommand, starts } = program(`process.stdout.write('  ${key}\\n')`);
    await use(apiKeyCommand);
    await answerText('Fine.');
    await explain();
    assert.deepEqual(ui.texts, ['Run a program to get the API key for Test Server?']);
    assert.equal(ui.shown[0]?.isModal, true);
    assert.equal(starts(), 0);
    assert.deepEqual(await allRequests(), []);
    ui.clear();
    ui.willPress('Run');
    await explain();
    await explain();
    assert.equal(ui.shown.length, 1);
    assert.equal(starts(), 1);
    assert.deepEqual(
      (await chats()).map(({ headers }) => headers['authorization']),
      Array(2).fill(`Bearer ${key}`),
    );
  });

  it('gets its arguments literally, without a shell', async () => {
    const script = "process.stdout.write('sk-' + process.argv.slice(1).join('-').replace(/[^a-z]/g, ''))";
    const { apiKeyCommand } = program(script);
    await use([...apiKeyCommand.slice(0, 3), '$(whoami)', '; echo x', '`id`']);
    ui.willPress('Run');
    await answerText('Fine.');
    await explain();
    assert.equal((await chat()).headers['authorization'], 'Bearer sk-whoamiechoxid');
  });

  it('runs again after the server rejected the key', async () => {
    const { apiKeyCommand, starts } = program(`process.stdout.write('${key}')`);
    await use(apiKeyCommand);
    ui.willPress('Run');
    await answerNext(apiError(401, { message: 'Incorrect API key.' }));
    await explain();
    assert.match(ui.errors[0] ?? '', /^"Test Server" rejected the API key from .*: Incorrect API key\.$/);
    const failure = ui.shown.find(({ kind }) => kind === 'error');
    assert.ok(!failure?.buttons.includes('Set API Key'));
    await answerText('Fine.');
    await explain();
    assert.equal(starts(), 2);
  });

  it('runs once if two requests are rejected with the same expired token', async () => {
    const file = JSON.stringify(path.join(folder, 'has-run'));
    const print = `process.stdout.write('${key}-' + (fs.existsSync(${file}) ? 'new' : 'old'))`;
    const { apiKeyCommand, starts } = program(`const fs = require('fs'); ${print}; fs.writeFileSync(${file}, '')`);
    await use(apiKeyCommand);
    ui.willPress('Run');
    await answerText('Fine.');
    await explain();
    const rejected = apiError(401, { message: 'Expired.' });
    await answerNext({ ...rejected, steps: [GATE, ...(rejected.steps ?? [])] }, rejected);
    const first = explain();
    await eventually(async () => (await chats()).length === 2, 'the first request is sent');
    await explain();
    await continueAnswer();
    await first;
    const keys = (await chats()).map(({ headers }) => headers['authorization']?.replace(/^.*-/, ''));
    assert.deepEqual([keys, starts()], [['old', 'old', 'old', 'new', 'new'], 2]);
    assert.deepEqual(ui.errors, []);
  });

  for (const [name, script, sentence] of [
    [
      'fails',
      'process.stdout.write("canary-output"); process.exitCode = 3',
      / failed to provide the API key .* Try running it in a terminal\.$/,
    ],
    ['prints nothing', '', /printed nothing/],
    ['prints an invalid key', 'process.stdout.write("canary-output\\nof two lines")', /isn't a valid API key/],
    [
      'never stops printing',
      'setInterval(() => process.stdout.write("canary-output".repeat(9999)), 1)',
      /isn't a valid API key/,
    ],
  ] as const) {
    it(`is named without its arguments and output if it ${name}`, async () => {
      await use(program(script).apiKeyCommand);
      ui.willPress('Run');
      await explain();
      const failure = ui.errors[0] ?? ui.threads[0]?.label ?? '';
      assert.match(failure, sentence);
      assert.ok(!JSON.stringify(ui.errors).includes('canary-output'));
      assert.ok(!JSON.stringify(ui.errors).includes('secret-item'));
      assert.deepEqual(await allRequests(), []);
    });
  }

  it('is named if it does not exist', async () => {
    await use([path.join(folder, 'no-such-program'), 'read']);
    ui.willPress('Run');
    await explain();
    assert.match(ui.errors[0] ?? '', /no-such-program, which provides the API key for "Test Server"\.$/);
    assert.deepEqual(await allRequests(), []);
  });

  it('is killed when the run is stopped', async () => {
    const pidFile = path.join(folder, 'pid');
    const { apiKeyCommand } = program(
      `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => 0, 1000)`,
    );
    await use(apiKeyCommand);
    ui.willPress('Run');
    const done = explain();
    // The file exists before the number is in it.
    const readPid = () => (fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8')) : 0);
    const pid = await eventually(() => readPid() || undefined, 'the process ID');
    await run('quillet.stopAll');
    await done;
    await eventually(() => !isAlive(pid), 'the program is gone');
    assert.deepEqual(ui.errors, []);
    assert.deepEqual(await allRequests(), []);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
