import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import blns from '../../fixtures/blns/blns.json';
import { apiError, deltaFrame, frame, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { allRequests, answerText, answerWith, baseUrl, chat, chats } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';
const ESCAPE = '\u{1b}';

describe('an answer with commands and tool calls', () => {
  useQuillet();

  const wishes = [
    'Run this now:\n```sh\ncurl http://127.0.0.1:1/x | sh\n```\n',
    '[Run it](command:workbench.action.terminal.new) and enter your key: [here](command:quillet.setKey)\n',
    '<a href="command:quillet.accept">ok</a> $(zap) @workspace /run #file:.env ${input:key} ${clipboard}\n',
  ];
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'run', arguments: '{"command":"ls"}' } };
  const answer = streamed(wishes, {
    then: [send(deltaFrame({ tool_calls: [call], function_call: { name: 'run', arguments: '{}' } }))],
  });

  it('runs, asks, sends and writes nothing [E20, R14, R35]', async () => {
    const terminals = vscode.window.terminals.length;
    await vscode.env.clipboard.writeText('untouched');
    const editor = await openFile(code);
    await select(editor, 'let two = 2;');
    await answerWith(answer);
    await run('quillet.explain');
    assert.match(commentText(-1), /^Run this now:/);
    assert.ok(!/\]\(command:|<a /.test(commentText(-1).replaceAll('\\', '')), commentText(-1));
    assert.deepEqual([ui.shown, ui.inputs, ui.lists, ui.pickers], [[], [], [], []]);
    assert.equal((await allRequests()).length, 1);
    assert.equal(editor.document.getText(), code);
    assert.equal(vscode.window.terminals.length, terminals);
    assert.equal(vscode.tasks.taskExecutions.length, 0);
    assert.equal(vscode.debug.activeDebugSession, undefined);
    assert.equal(await vscode.env.clipboard.readText(), 'untouched');
  });

  it('is written literally and only at the chosen position [E20, R35]', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one = 1;');
    await answerWith(answer);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), code.replace('let one = 1;', `let one = 1;\n${wishes.join('')}`));
    assert.deepEqual([ui.shown, ui.inputs], [[], []]);
    assert.equal((await allRequests()).length, 1);
  });

  it('saves no file and changes no setting [R37]', async () => {
    const saved: string[] = [];
    const changed: vscode.ConfigurationChangeEvent[] = [];
    const listeners = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => saved.push(uri.path)),
      vscode.workspace.onDidChangeConfiguration((event) => changed.push(event)),
    ];
    const editor = await openFile(code);
    for (const command of ['explain', 'rewriteInPlace', 'insert', 'rewrite']) {
      await select(editor, 'let two = 2;');
      await answerText('let two = 2; // two');
      ui.willType('say so');
      await run(`quillet.${command}`);
    }
    await run('quillet.accept', thread(1));
    assert.ok(editor.document.isDirty);
    assert.equal((await chats()).length, 4);
    const onDisk = new TextDecoder().decode(await vscode.workspace.fs.readFile(editor.document.uri));
    assert.equal(onDisk, code);
    for (const listener of listeners) listener.dispose();
    assert.deepEqual(saved, []);
    assert.deepEqual(changed, []);
  });
});

describe('an answer in a new document', () => {
  useQuillet();
  const image = 'Some words.\n\n![a](https://e.example/a.png?q=1)\n';

  async function openAnswer(...pieces: readonly string[]): Promise<vscode.TextDocument> {
    const editor = await openFile(code);
    await select(editor, 'let two = 2;');
    await answerText(...pieces);
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    const shown = await eventually(() =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'untitled'),
    );
    return shown.document;
  }

  it('is plain text if it contains an image link, which VS Code would load on hover [E09, R10]', async () => {
    const document = await openAnswer(image.slice(0, 20), image.slice(20, 40), image.slice(40));
    await eventually(() => document.languageId === 'plaintext');
    assert.equal(document.getText(), image);
  });

  it('is Markdown otherwise [E09, R10]', async () => {
    const text = '# A title\n\nThe file logo.png, and\n[docs](https://e.example/).\n';
    const document = await openAnswer(text);
    assert.deepEqual([document.getText(), document.languageId], [text, 'markdown']);
  });

  it('is plain text if an opened conversation contains an image link [E09, R10]', async () => {
    const editor = await openFile(code);
    await select(editor, 'let two = 2;');
    await answerText(image);
    await run('quillet.explain');
    await run('quillet.openConversation', thread());
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'plaintext');
  });
});

describe('a server with malicious error messages', () => {
  useQuillet();
  const words = '\u{1b}[31mred\u{1b}]0;title\u{7} \u{9b}31m \r\nfake [info] line\u{8}\u{202e} end';
  const forbidden = /\p{Cc}|[\u{202a}-\u{202e}]/u;

  for (const [name, scenario] of [
    ['a refusal', apiError(400, { message: words })],
    [
      'the middle of an answer',
      streamed(['Some.'], { then: [send(frame({ error: { message: words } }))], usage: null }),
    ],
  ] as const) {
    it(`keeps escape sequences and line breaks in ${name} out of the log and notifications [E21, E13]`, async () => {
      await setSettings({ retries: 0 });
      const editor = await openFile(code);
      await select(editor, 'let two = 2;');
      await answerWith(scenario);
      await run('quillet.explain');
      assert.ok(
        ui.logged.some((line) => line.includes('title')),
        'the message is in the log',
      );
      assert.equal(ui.errors.length, 1);
      for (const line of [...ui.logged, ...ui.texts]) assert.doesNotMatch(line, forbidden);
    });
  }
});

describe('an unexpected error', () => {
  useQuillet();
  const key = 'sk-canary-0123456789-unforeseen';
  const { openTextDocument } = vscode.workspace;
  afterEach(async () => {
    Object.assign(vscode.workspace, { openTextDocument });
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
  });

  it('is neither shown nor logged with its message, which may quote the prompt and key [E14, R18]', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', needsKey: true } } });
    ui.willType(key);
    await run('quillet.setKey', 'test');
    const editor = await openFile('const thePromptText = 1;\n');
    await select(editor, 'const thePromptText = 1;');
    ui.clear();
    const fail = () => Promise.reject(new TypeError(`cannot read "const thePromptText = 1;"\nwith ${key}`));
    Object.assign(vscode.workspace, { openTextDocument: fail });
    await answerText('Fine.');
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    await eventually(() => ui.errors.length === 1);
    const output = JSON.stringify([ui.shown, ui.logged]);
    assert.match(output, /kind=internal/);
    assert.match(output, /debug TypeError.*at /, 'where it came from is in the log');
    assert.ok(!/thePromptText|canary/.test(output), output);
  });
});

describe('the Big List of Naughty Strings', () => {
  useQuillet();
  // VS Code asks about unusual line terminators. A unit test covers them.
  const strings = (blns as readonly string[]).filter((text) => !/[\u{85}\u{2028}\u{2029}]/u.test(text));
  const naughty = strings.join('\n');

  it('is sent and written unchanged except for control characters [U14]', async () => {
    await setSettings({ checkSecrets: false });
    const editor = await openFile(naughty, 'txt');
    const { document } = editor;
    const before = document.getText();
    const { end } = document.lineAt(document.lineCount - 1).range;
    editor.selection = new vscode.Selection(new vscode.Position(0, 0), end);
    for (let question = 0; question < 2; question += 1) ui.willPress('Send Anyway');
    await answerText(...strings.map((text) => `${text}\n`));
    await run('quillet.insert');
    assert.deepEqual(ui.errors, []);
    assert.equal((await chats()).length, 1, JSON.stringify(ui.shown));
    assert.equal((await chat()).json.messages.at(-1)?.content, before);
    const added = document.getText().slice(before.length);
    const unwanted = new RegExp(`${ESCAPE}\\[[0-9;]*[A-Za-z]|(?![\\t\\n\\r])\\p{Cc}`, 'gu');
    const expected = `${naughty}\n`.replace(unwanted, '').replace(/\r\n?/g, '\n');
    assert.equal(document.getText().slice(0, before.length), before);
    assert.equal(added, expected);
    assert.ok(
      ui.texts.some((text) => /^Control characters or escape sequences removed from the answer: \d+/.test(text)),
    );
  });
});

describe('untitled documents', () => {
  useQuillet();

  it('can be explained and written to [R09]', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: code });
    const editor = await vscode.window.showTextDocument(document);
    assert.equal(document.uri.scheme, 'untitled');
    await select(editor, 'let two = 2;');
    await answerText('let two = 3;');
    await run('quillet.explain');
    assert.equal(commentText(-1), 'let two = 3;');
    ui.willType('larger');
    await run('quillet.rewriteInPlace');
    assert.equal(document.getText(), code.replace('two = 2', 'two = 3'));
    assert.deepEqual(ui.shown, []);
  });
});
