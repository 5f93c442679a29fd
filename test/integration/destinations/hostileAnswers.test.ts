import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import blns from '../../fixtures/blns/blns.json';
import { apiError, deltaFrame, frame, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { allRequests, answerText, answerWith, baseUrl, chat, chats } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';
const ESCAPE = '\u{1b}';

describe('an answer that wants something done', () => {
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

  it('E20, R14, R35: gets nothing run, nothing asked, nothing sent and nothing written', async () => {
    const terminals = vscode.window.terminals.length;
    await vscode.env.clipboard.writeText('untouched');
    const editor = await openFile(code);
    select(editor, 'let two = 2;');
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

  it('E20, R35: is written as the text that it is, where the user chose and nowhere else', async () => {
    const editor = await openFile(code);
    select(editor, 'let one = 1;');
    await answerWith(answer);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), code.replace('let one = 1;', `let one = 1;${wishes.join('')}`));
    assert.deepEqual([ui.shown, ui.inputs], [[], []]);
    assert.equal((await allRequests()).length, 1);
  });

  it('R37: nothing is saved, and no setting is changed', async () => {
    await setUserSetting('files.autoSave', 'off');
    const saved: string[] = [];
    const changed: vscode.ConfigurationChangeEvent[] = [];
    const listeners = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => saved.push(uri.path)),
      vscode.workspace.onDidChangeConfiguration((event) => changed.push(event)),
    ];
    const editor = await openFile(code);
    for (const command of ['explain', 'rewriteInPlace', 'insert', 'rewrite']) {
      select(editor, 'let two = 2;');
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

describe('an answer in a document of its own', () => {
  useQuillet();
  const image = 'Some words.\n\n![a](https://e.example/a.png?q=1)\n';

  async function openAnswer(...pieces: readonly string[]): Promise<vscode.TextDocument> {
    const editor = await openFile(code);
    select(editor, 'let two = 2;');
    await answerText(...pieces);
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    const shown = await eventually(() =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'untitled'),
    );
    return shown.document;
  }

  it('E09, R10: is plain text where it names an image, which VS Code would load when the mouse is on it', async () => {
    const document = await openAnswer(image.slice(0, 20), image.slice(20, 40), image.slice(40));
    await eventually(() => document.languageId === 'plaintext');
    assert.equal(document.getText(), image);
  });

  it('E09, R10: is Markdown otherwise', async () => {
    const text = '# A title\n\nThe file logo.png, and\n[docs](https://e.example/).\n';
    const document = await openAnswer(text);
    assert.deepEqual([document.getText(), document.languageId], [text, 'markdown']);
  });

  it('E09, R10: is plain text too where a conversation is opened', async () => {
    const editor = await openFile(code);
    select(editor, 'let two = 2;');
    await answerText(image);
    await run('quillet.explain');
    await run('quillet.openConversation', thread());
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'plaintext');
  });
});

describe('a server that means harm by its errors', () => {
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
    it(`E21, E13: escape sequences and line ends in ${name} reach neither log nor notification`, async () => {
      await setSettings({ retries: 0 });
      const editor = await openFile(code);
      select(editor, 'let two = 2;');
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

describe('a failure that nobody foresaw', () => {
  useQuillet();
  const key = 'sk-canary-0123456789-unforeseen';
  const { openTextDocument } = vscode.workspace;
  afterEach(async () => {
    Object.assign(vscode.workspace, { openTextDocument });
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
  });

  it('E14, R18: what it says is neither shown nor logged, for it may quote prompt and key', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', needsKey: true } } });
    ui.willType(key);
    await run('quillet.setKey', 'test');
    const editor = await openFile('const thePromptText = 1;\n');
    select(editor, 'const thePromptText = 1;');
    ui.clear();
    const fail = () => Promise.reject(new TypeError(`cannot read "const thePromptText = 1;"\nwith ${key}`));
    Object.assign(vscode.workspace, { openTextDocument: fail });
    await answerText('Fine.');
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    await eventually(() => ui.errors.length === 1);
    const output = JSON.stringify([ui.shown, ui.logged]);
    assert.match(output, /class=internal/);
    assert.match(output, /debug TypeError.*at /, 'where it came from is in the log');
    assert.ok(!/thePromptText|canary/.test(output), output);
  });
});

describe('the Big List of Naughty Strings', function () {
  this.timeout(60_000);
  useQuillet();
  // VS Code itself asks what to do about a file with other line ends; a test without an editor has those too.
  const strings = (blns as readonly string[]).filter((text) => !/[\u{85}\u{2028}\u{2029}]/u.test(text));
  const naughty = strings.join('\n');

  it('U14: is sent as it is selected, and written as it is answered, but for control characters', async () => {
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
    assert.equal((await chat()).json.messages[0]?.content, before);
    const added = document.getText().slice(before.length);
    const unwanted = new RegExp(`${ESCAPE}\\[[0-9;]*[A-Za-z]|(?![\\t\\n\\r])\\p{Cc}`, 'gu');
    const expected = `${naughty}\n`.replace(unwanted, '').replace(/\r\n?/g, '\n');
    assert.equal(document.getText().slice(0, before.length), before);
    assert.equal(added, expected);
    assert.ok(ui.texts.some((text) => /control characters or escape sequences were taken out/.test(text)));
  });
});

describe('documents that are no files', () => {
  useQuillet();

  it('R9: one that was never saved is explained and written to', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: code });
    const editor = await vscode.window.showTextDocument(document);
    assert.equal(document.uri.scheme, 'untitled');
    select(editor, 'let two = 2;');
    await answerText('let two = 3;');
    await run('quillet.explain');
    assert.equal(commentText(-1), 'let two = 3;');
    ui.willType('larger');
    await run('quillet.rewriteInPlace');
    assert.equal(document.getText(), code.replace('two = 2', 'two = 3'));
    assert.deepEqual(ui.shown, []);
  });
});
