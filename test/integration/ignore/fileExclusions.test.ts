import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText } from '../support/modelServer';
import { editCell } from '../support/notebook';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace, openUri, select } from '../support/workspace';

const code = 'const one = 1;\n';

async function write(name: string, content: string): Promise<vscode.Uri> {
  const uri = inWorkspace(`shop/${name}`);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  return uri;
}

async function openSelected(uri: vscode.Uri): Promise<vscode.TextEditor> {
  const editor = await openUri(uri);
  await select(editor, 'const one = 1;');
  return editor;
}

/** Expects that Explain is refused with this message, and that nothing is sent. */
async function expectRefusal(uri: vscode.Uri, message: string): Promise<void> {
  ui.clear();
  await openSelected(uri);
  await run('quillet.explain');
  assert.deepEqual(ui.texts, [message]);
  assert.deepEqual(await allRequests(), []);
}

async function expectAnswer(uri: vscode.Uri): Promise<void> {
  ui.clear();
  const earlier = (await allRequests()).length;
  await openSelected(uri);
  await answerText('Fine.');
  await run('quillet.explain');
  assert.deepEqual(ui.texts, []);
  assert.equal((await allRequests()).length, earlier + 1);
}

describe('excluded files', () => {
  useQuillet();

  afterEach(async () => {
    await vscode.workspace.fs.delete(inWorkspace('shop'), { recursive: true });
  });

  it('are refused with the rule and its line, which a button opens', async () => {
    await write('.aiignore', '\u{feff}# Keys\r\n\r\nsecrets/**\r\n[broken\r\n');
    const uri = await write('secrets/cart.ts', code);
    ui.willPress('Open Rule');
    await openSelected(uri);
    await run('quillet.explain');
    assert.deepEqual(ui.texts, ['cart.ts is excluded by shop/.aiignore, line 3: secrets/**.']);
    assert.deepEqual(ui.shown[0]?.buttons, ['Open Rule']);
    await eventually(() => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.path.endsWith('/shop/.aiignore') && editor.selection.active.line === 2;
    }, 'the rule');
    assert.deepEqual(await allRequests(), []);
    assert.equal(ui.threads.length, 0);
  });

  it('are refused by every command, before it asks', async () => {
    await write('.cursorignore', '*.ts');
    const editor = await openSelected(await write('a/b/cart.ts', code));
    const diagnostics = vscode.languages.createDiagnosticCollection('test');
    diagnostics.set(editor.document.uri, [new vscode.Diagnostic(editor.selection, 'A problem.')]);
    const commands = ['explain', 'ask', 'rewrite', 'rewriteInPlace', 'insert', 'fix'];
    for (const command of commands) await run(`quillet.${command}`);
    diagnostics.dispose();
    await run('quillet.run', {
      text: '${fileBasename} ${gitDiff:=} ${before} ${diagnostics:=}',
      destination: 'clipboard',
    });
    assert.deepEqual([...new Set(ui.texts)], ['cart.ts is excluded by shop/.cursorignore, line 1: *.ts.']);
    assert.equal(ui.texts.length, commands.length + 1);
    assert.deepEqual(ui.inputs, []);
    assert.deepEqual(await allRequests(), []);
    assert.equal(editor.document.getText(), code);
  });

  it('include those of nested ignore files and of all names, which cannot take back each other', async () => {
    await write('.aiexclude', '*.key.ts\n');
    await write('inner/.aiexclude', '!a.key.ts\nb.ts\n');
    await write('inner/.copilotignore', '!b.ts\nc.ts\n!c.ts\n');
    await expectRefusal(
      await write('inner/a.key.ts', code),
      'a.key.ts is excluded by shop/.aiexclude, line 1: *.key.ts.',
    );
    await expectRefusal(await write('inner/b.ts', code), 'b.ts is excluded by shop/inner/.aiexclude, line 2: b.ts.');
    await expectAnswer(await write('inner/c.ts', code));
    await expectAnswer(await write('b.ts', code));
  });

  it('include their versions in diff editors', async () => {
    await write('.aiignore', 'cart.ts');
    const { path } = inWorkspace('shop/cart.ts');
    const provider = vscode.workspace.registerTextDocumentContentProvider('git', {
      provideTextDocumentContent: () => code,
    });
    try {
      const query = JSON.stringify({ path, ref: 'HEAD' });
      const uri = vscode.Uri.from({ scheme: 'git', path: `${path}.git`, query });
      await expectRefusal(uri, 'cart.ts is excluded by shop/.aiignore, line 1: cart.ts.');
    } finally {
      provider.dispose();
    }
  });

  it('include the cells of a notebook', async () => {
    await write('.aiignore', '*.ipynb');
    const cell = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['const one = 1;'] };
    const uri = await write('a.ipynb', JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    await editCell(await vscode.workspace.openNotebookDocument(uri), 0);
    await run('quillet.explain');
    assert.deepEqual(ui.texts, ['a.ipynb is excluded by shop/.aiignore, line 1: *.ipynb.']);
    assert.deepEqual(await allRequests(), []);
  });

  it('do not include untitled documents', async () => {
    await setSettings({ ignore: ['*'] });
    const document = await vscode.workspace.openTextDocument({ content: code });
    await select(await vscode.window.showTextDocument(document), 'const one = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    assert.equal((await allRequests()).length, 1);
    await write('none', '');
  });

  it('are refused in follow-ups, which stay in the thread', async () => {
    await expectAnswer(await write('cart.ts', code));
    await write('.aiignore', 'cart.ts');
    const answered = thread();
    await reply('And now?');
    assert.deepEqual(ui.texts, ['cart.ts is excluded by shop/.aiignore, line 1: cart.ts.']);
    assert.equal((await allRequests()).length, 1);
    assert.ok(answered.comments.some((_, index) => commentText(index) === 'And now?'));
    await write('.aiignore', '');
    await run('quillet.regenerate', answered);
    assert.equal((await allRequests()).length, 2);
  });

  it('are refused when a request about them is sent again', async () => {
    await expectAnswer(await write('cart.ts', code));
    await write('.aiignore', 'cart.ts');
    const done = run('quillet.showRequests');
    const picker = await eventually(() => ui.pickers[0], 'the list of requests');
    picker.press('Send Again', picker.items[0]);
    await done;
    assert.deepEqual(ui.texts, ['cart.ts is excluded by shop/.aiignore, line 1: cart.ts.']);
    assert.equal((await allRequests()).length, 1);
  });

  it('cannot be referenced, by path or symbol', async () => {
    await write('.aiignore', 'secrets/');
    await write('secrets/onlySecret.ts', 'export function onlySecret() {}\n');
    const symbols = vscode.languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: () => {
        const location = new vscode.Location(inWorkspace('shop/secrets/onlySecret.ts'), new vscode.Range(0, 0, 0, 5));
        return [new vscode.SymbolInformation('onlySecret', vscode.SymbolKind.Function, '', location)];
      },
    });
    try {
      for (const reference of ['@shop/secrets/onlySecret.ts', '@onlySecret.ts', '@symbol:onlySecret']) {
        ui.clear();
        await openSelected(await write('cart.ts', code));
        ui.willType(`Why ${reference}?`);
        await run('quillet.ask');
        assert.deepEqual(ui.texts, ['onlySecret.ts is excluded by shop/.aiignore, line 1: secrets/.'], reference);
      }
      assert.deepEqual(await allRequests(), []);
    } finally {
      symbols.dispose();
    }
  });

  it('include those of quillet.ignore, on every level', async () => {
    await setSettings({ ignore: ['shop/mine/', '*.env'] });
    const workspaceSettings = inWorkspace('.vscode/settings.json');
    const text = JSON.stringify({ 'quillet.ignore': ['!*', 'theirs.ts'] });
    await vscode.workspace.fs.writeFile(workspaceSettings, new TextEncoder().encode(text));
    try {
      const found = () => vscode.workspace.getConfiguration('quillet').inspect('ignore')?.workspaceValue;
      await eventually(() => found() !== undefined, 'the settings of the workspace');
      const message = (name: string, rule: string) => `${name} is excluded by the setting quillet.ignore: ${rule}.`;
      await expectRefusal(await write('mine/a.ts', code), message('a.ts', 'shop/mine/'));
      assert.deepEqual(ui.shown[0]?.buttons, ['Open Settings']);
      await expectRefusal(await write('a.env', code), message('a.env', '*.env'));
      await expectRefusal(await write('theirs.ts', code), message('theirs.ts', 'theirs.ts'));
      ui.clear();
      await expectAnswer(await write('a.ts', code));
    } finally {
      await vscode.workspace.fs.delete(workspaceSettings);
      await eventually(
        () => vscode.workspace.getConfiguration('quillet').inspect('ignore')?.workspaceValue === undefined,
        'the settings without those of the workspace',
      );
    }
  });

  it('are all files if a workspace turns off AI features', async () => {
    const value = () => vscode.workspace.getConfiguration('chat').inspect('disableAIFeatures')?.workspaceValue;
    const uri = await write('cart.ts', code);
    const workspaceSettings = inWorkspace('.vscode/settings.json');
    await vscode.workspace.fs.writeFile(
      workspaceSettings,
      new TextEncoder().encode(JSON.stringify({ 'chat.disableAIFeatures': true })),
    );
    try {
      await eventually(() => value() === true, 'the settings of the workspace');
      await expectRefusal(uri, 'This workspace turns off AI features (chat.disableAIFeatures).');
    } finally {
      await vscode.workspace.fs.delete(workspaceSettings);
      await eventually(() => value() === undefined, 'the settings without those of the workspace');
    }
    await expectAnswer(uri);
  });

  it('include all files next to an ignore file that is too long, but not next to a folder of that name', async () => {
    await write('.aiignore', 'a\n'.repeat(20_001));
    await write('.cursorignore/file', '');
    const uri = await write('cart.ts', code);
    await expectRefusal(uri, "cart.ts can't be sent: shop/.aiignore is unreadable or too complex.");
    await write('.aiignore', `${'*a'.repeat(2_500_000)}\n`);
    await expectRefusal(uri, "cart.ts can't be sent: shop/.aiignore is unreadable or too complex.");
    await write('.aiignore', 'a\n'.repeat(10_000));
    await expectAnswer(uri);
  });
});
