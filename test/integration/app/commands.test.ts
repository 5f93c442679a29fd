import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chat, chats } from '../support/modelServer';
import { quillet, run, thread, ui, useQuillet } from '../support/quillet';
import { openFile, select } from '../support/workspace';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const code = 'let one = 1;\nlet two = 2;\nlet three = 3;\n';
const SENDING_COMMANDS = ['explain', 'ask', 'rewrite', 'rewriteInPlace', 'insert', 'run', 'repeat'].map(
  (id) => `quillet.${id}`,
);

function declaredCommands(): string[] {
  return (quillet().packageJSON as Manifest).contributes.commands.map(({ command }) => command);
}

describe('the commands', () => {
  useQuillet();

  it('are exactly those declared in the manifest', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter((command) => /^quillet\.\w+$/.test(command));
    assert.deepEqual(registered.sort(), declaredCommands().sort());
  });

  it('ask to open an editor if there is none, and send nothing [D18]', async () => {
    for (const command of SENDING_COMMANDS) {
      ui.clear();
      await run(command);
      assert.deepEqual(ui.texts, ['Open a text editor first.'], command);
    }
    assert.deepEqual(await allRequests(), []);
  });

  it('ask for a selection if there is none, and send nothing [D18]', async () => {
    const editor = await openFile('  \n\n   \n');
    // These list prompts, including those that need no selection.
    const listing = ['quillet.run', 'quillet.repeat'];
    for (const command of SENDING_COMMANDS.filter((id) => !listing.includes(id))) {
      ui.clear();
      await run(command);
      assert.deepEqual(ui.texts, ['Select some text first.'], command);
    }
    await select(editor, '\n\n  ');
    ui.clear();
    await run('quillet.explain');
    assert.deepEqual(ui.texts, ['Select some text first.']);
    ui.clear();
    await run('quillet.run');
    const items = ui.lists.flatMap((list) => list.items);
    const usable = items
      .slice(
        0,
        items.findIndex(({ label }) => label === 'require a selection'),
      )
      .filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
    assert.deepEqual(
      usable.map(({ label }) => label),
      ['Commit Message', 'Explain Last Terminal Output', 'Insert Completion', 'Review Staged Changes'],
    );
    assert.deepEqual(await allRequests(), []);
  });

  it('send several selections in document order [D18]', async () => {
    const editor = await openFile(code);
    const third = await select(editor, 'let three = 3;');
    const first = await select(editor, 'let one = 1;');
    editor.selections = [third, first];
    await answerText('Two of them.');
    await run('quillet.explain');
    const user = (await chat()).json.messages[1]?.content ?? '';
    assert.ok(user.includes('let one = 1;\n\nlet three = 3;'), user);
    assert.ok(thread().range?.isEqual(first));
    assert.equal(editor.selections.length, 2);
  });

  it('reject a selection that is not text [D18]', async () => {
    const editor = await openFile('binary data\n');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 6), '\0'));
    await select(editor, 'binary\0 data');
    await run('quillet.explain');
    assert.deepEqual(ui.texts, ["The selection isn't text."]);
    assert.deepEqual(await allRequests(), []);
  });

  it('answer in a document for a notebook cell, where VS Code shows no threads [D18]', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'print(1)\n', 'python');
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    await run('notebook.cell.edit');
    const editor = await eventually(() => vscode.window.activeTextEditor, 'the editor of the cell');
    assert.equal(editor.document.uri.scheme, 'vscode-notebook-cell');
    await select(editor, 'print(1)');
    await answerText('It ', 'prints.');
    await run('quillet.explain');
    assert.deepEqual(ui.threads, []);
    const opened = vscode.workspace.textDocuments.find(
      ({ languageId, isUntitled }) => isUntitled && languageId === 'markdown',
    );
    assert.equal(opened?.getText(), 'It prints.');
    assert.match((await chat()).json.messages[1]?.content ?? '', /```python\nprint\(1\)/);
  });

  it('send one request for a key pressed twice', async () => {
    const editor = await openFile(code);
    for (const [index, command] of ['quillet.explain', 'quillet.insert'].entries()) {
      await select(editor, 'let two = 2;');
      await answerText('Two', ' of them.');
      await Promise.all([run(command), run(command)]);
      assert.equal((await chats()).length, index + 1);
    }
    assert.equal(ui.threads.length, 1);
  });

  it('do nothing on Stop if nothing is running', async () => {
    await run('quillet.stop');
    await run('quillet.stopAll');
    assert.deepEqual(ui.shown, []);
    assert.ok(ui.isIdle);
  });

  it('report that there is no answer or proposal', async () => {
    await openFile(code);
    const ofThread = ['regenerate', 'copyAnswer', 'insertBelow', 'closeThread'];
    for (const command of [
      ...ofThread,
      'accept',
      'reject',
      'openDiff',
      'acceptChange',
      'rejectChange',
      'nextReview',
      'previousReview',
    ]) {
      ui.clear();
      await run(`quillet.${command}`);
      const expected = ofThread.includes(command)
        ? 'There is no answer here. Explain a selection first.'
        : 'There is no proposal here. Rewrite a selection first.';
      assert.deepEqual(ui.texts, [expected], command);
    }
  });
});

/** Arguments that another extension may pass to a command. */
const hostile: readonly unknown[] = [
  null,
  42,
  'x'.repeat(1_000_000),
  ['explain'],
  {},
  { prompt: 'no such prompt', text: 'send this', baseUrl: 'https://attacker.invalid/v1', key: 'sk-attacker' },
  { prompt: { toString: () => 'explain' }, destination: 'replace' },
  { thread: { uri: 'file:///etc/passwd', comments: [] }, text: 'Tell me everything.' },
  { thread: { dispose: () => undefined, contextValue: 'review idle ready' }, text: 'x' },
  { scheme: 'quillet-proposal', path: '/x', query: '1' },
  vscode.Uri.parse('quillet-proposal:/x?1'),
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('No such luck.');
      },
    },
  ),
];

describe('commands called by other extensions [E16]', () => {
  useQuillet();

  it('send, return and throw nothing, whatever the argument [R16]', async () => {
    // These wait for user input.
    const asking = new Set([
      'quillet.addProvider',
      'quillet.testConnection',
      'quillet.newPrompt',
      'quillet.saveAsPrompt',
      'quillet.showRequests',
    ]);
    for (const command of declaredCommands().filter((id) => !asking.has(id))) {
      for (const argument of hostile) {
        assert.equal(await vscode.commands.executeCommand(command, argument), undefined, command);
      }
    }
    assert.deepEqual(await allRequests(), []);
    assert.deepEqual(ui.inputs, []);
    await run('workbench.action.closePanel');
  });

  it('send the same request with any argument', async () => {
    const editor = await openFile(code);
    await select(editor, 'let two = 2;');
    await answerText('Two.');
    await run('quillet.explain');
    for (const argument of hostile) await run('quillet.explain', argument);
    const all = await chats();
    assert.equal(all.length, hostile.length + 1);
    for (const request of all) assert.equal(request.body, all[0]?.body);
  });

  it("neither reply in nor close the user's threads", async () => {
    const editor = await openFile(code);
    await select(editor, 'let two = 2;');
    await answerText('let two = 222;');
    ui.willType('larger');
    await run('quillet.rewrite');
    const isNone = (argument: unknown) => argument === null || argument instanceof vscode.Uri;
    for (const command of ['reply', 'regenerate', 'accept', 'insertBelow', 'reject', 'closeThread']) {
      for (const argument of hostile.filter((value) => !isNone(value))) await run(`quillet.${command}`, argument);
    }
    assert.equal((await chats()).length, 1);
    assert.equal(editor.document.getText(), code);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace('let two = 2;', 'let two = 222;'));
  });
});
