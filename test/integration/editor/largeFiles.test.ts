import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { StreamWriter } from '../../../src/editor/streamWriter';
import { eventually } from '../support/eventually';
import { MemoryFiles } from '../support/memoryFiles';
import { chats } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { inWorkspace, openUri } from '../support/workspace';
import { finish, loggedEnd, original, start, ways } from '../support/writing';

const bytes = (text: string) => new TextEncoder().encode(text);
let schemes = 0;

describe('large files', () => {
  useQuillet();
  // A remote window asks before opening a large file.
  beforeEach(() => setUserSetting('workbench.editorLargeFileConfirmation', 1000));
  const uri = inWorkspace('large.txt');
  afterEach(() => vscode.workspace.fs.delete(uri));

  it('rejects a file over 50 MB before sending anything [D16]', async () => {
    const megabyte = `${'a'.repeat(1023)}\n`.repeat(1024);
    await vscode.workspace.fs.writeFile(uri, bytes(megabyte.repeat(51)));
    await run('vscode.open', uri, { preview: false });
    await eventually(() => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'large.txt', 'the tab');
    assert.equal(vscode.window.activeTextEditor, undefined);
    for (const command of ['quillet.explain', 'quillet.insert', 'quillet.rewriteInPlace', 'quillet.run']) {
      ui.clear();
      await run(command);
      const sentence = "VS Code doesn't give extensions access to files over 50 MB. This file is 51 MB.";
      assert.deepEqual(ui.errors, [sentence], command);
      assert.ok(ui.logged.some((line) => line.startsWith('error ') && line.includes('kind=doc.toolarge')));
    }
    assert.deepEqual(await chats(), []);
  });

  it('writes at the end of a 20 MB file [D17]', async () => {
    const lines = `${'0123456789abcdef'.repeat(6)}abc\n`.repeat(200_000);
    await vscode.workspace.fs.writeFile(uri, bytes(lines));
    await run('vscode.open', uri, { preview: false });
    const { document } = await eventually(() => vscode.window.activeTextEditor, 'the editor');
    const end = document.positionAt(lines.length);
    for (let count = 0; count < 10; count += 1) {
      const last = document.positionAt(document.getText().length);
      const writer = new StreamWriter(document, new vscode.Range(last, last));
      writer.push('let one = 1;\n');
      const { unwritten } = await writer.finish();
      writer.dispose();
      assert.equal(unwritten, '');
    }
    const tail = document.getText(new vscode.Range(end, document.lineAt(document.lineCount - 1).range.end));
    assert.equal(document.uri.toString(), uri.toString());
    assert.equal(tail, 'let one = 1;\n'.repeat(10));
  });
});

for (const way of ways) {
  describe(`file systems of other extensions, ${way.name}`, () => {
    useQuillet();
    let registration: vscode.Disposable | undefined;
    afterEach(() => registration?.dispose());

    async function open(isCaseSensitive: boolean): Promise<{ files: MemoryFiles; editor: vscode.TextEditor }> {
      schemes += 1;
      const files = new MemoryFiles(isCaseSensitive);
      registration = files.register(`memory${schemes}`);
      const uri = vscode.Uri.parse(`memory${schemes}:/file.ts`);
      files.writeFile(uri, bytes(original));
      return { files, editor: await openUri(uri) };
    }

    it('writes once to a file that is also open under its uppercase name [D25]', async () => {
      const { files, editor } = await open(false);
      const { uri } = editor.document;
      const writing = await start(way, editor);
      await run('vscode.open', uri.with({ path: '/FILE.ts' }), { preview: false });
      await eventually(() => vscode.window.activeTextEditor?.document.uri.path.toLowerCase() === '/file.ts');
      await finish(writing);
      const documents = vscode.workspace.textDocuments.filter((document) => document.uri.scheme === uri.scheme);
      assert.deepEqual(
        documents.map((document) => document.getText()),
        [way.written(original)],
      );
      assert.ok(await editor.document.save());
      assert.equal(files.text(uri), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('keeps the answer if the file system rejects writes [D26, R09]', async () => {
      const { files, editor } = await open(true);
      const { document } = editor;
      const writing = await start(way, editor);
      files.writeFailure = vscode.FileSystemError.NoPermissions('The disk is full.');
      // VS Code reports the error itself, and the document stays dirty.
      if (document.isDirty) await document.save().then(undefined, () => undefined);
      await finish(writing);
      assert.equal(document.getText(), way.written(original));
      assert.ok(document.isDirty);
      assert.equal(files.text(document.uri), original);
      assert.deepEqual(ui.errors, []);
      assert.equal(loggedEnd().kind, 'ok');
      files.writeFailure = undefined;
      assert.ok(await document.save());
      assert.equal(files.text(document.uri), way.written(original));
    });

    it('keeps the answer if the file system becomes unavailable [D26]', async () => {
      const { files, editor } = await open(true);
      const writing = await start(way, editor);
      files.statFailure = vscode.FileSystemError.Unavailable('The connection was lost.');
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(original));
      assert.deepEqual(ui.errors, []);
      files.statFailure = undefined;
    });
  });
}
