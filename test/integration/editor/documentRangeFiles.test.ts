import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { inWorkspace, openFile, openUri, placeCaret, type, undo, untilText } from '../support/workspace';
import { answer, finish, loggedEnd, original, start, ways } from '../support/writing';

const bytes = (text: string) => new TextEncoder().encode(text);
const onDisk = async (uri: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
const offered = () =>
  eventually(async () => (await vscode.env.clipboard.readText()) || undefined, 'the answer offered');

function documentOf(uri: vscode.Uri): Promise<vscode.TextDocument> {
  return eventually(
    () => vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString()),
    `the document of ${uri}`,
  );
}

let names = 0;
function newName(): vscode.Uri {
  names += 1;
  return inWorkspace(`moved${names}.ts`);
}

for (const way of ways) {
  describe(`the file during an answer, ${way.name}`, () => {
    useQuillet();
    let formatter: vscode.Disposable | undefined;
    afterEach(() => formatter?.dispose());
    beforeEach(() => vscode.env.clipboard.writeText(''));

    it('does not reopen an untitled document that was closed without saving [D03]', async () => {
      const document = await vscode.workspace.openTextDocument({ content: original, language: 'typescript' });
      const writing = await start(way, await vscode.window.showTextDocument(document));
      await run('workbench.action.revertAndCloseActiveEditor');
      await eventually(() => document.isClosed);
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
      assert.equal(ui.shown[0]?.kind, 'warning');
      assert.equal((await offered()).trimStart(), answer);
      assert.deepEqual(vscode.window.visibleTextEditors, []);
      assert.equal(loggedEnd().kind, 'doc.closed');
    });

    it('continues in a renamed file [D04]', async () => {
      const writing = await start(way, await openFile(original));
      const to = newName();
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(writing.editor.document.uri, to);
      assert.ok(await vscode.workspace.applyEdit(edit));
      await finish(writing);
      const document = await documentOf(to);
      assert.equal(document.getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
      assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'ok', warnings: 'doc.renamed' });
    });

    it('continues during a rename [D04]', async () => {
      const writing = await start(way, await openFile(original));
      const to = newName();
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(writing.editor.document.uri, to);
      await Promise.all([vscode.workspace.applyEdit(edit), finish(writing)]);
      assert.equal((await documentOf(to)).getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('continues when a parent folder is renamed [D04]', async () => {
      const folder = newName();
      const name = vscode.Uri.joinPath(folder, 'inner', 'a.ts');
      await vscode.workspace.fs.writeFile(name, bytes(original));
      const writing = await start(way, await openUri(name));
      const to = newName();
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(folder, to);
      assert.ok(await vscode.workspace.applyEdit(edit));
      await finish(writing);
      assert.equal((await documentOf(vscode.Uri.joinPath(to, 'inner', 'a.ts'))).getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('continues when another extension moves the file [D04]', async () => {
      const writing = await start(way, await openFile(original));
      const to = newName();
      await writing.editor.document.save();
      await vscode.workspace.fs.rename(writing.editor.document.uri, to);
      // Until VS Code notices the move, text goes to the editor of the old file, which is reported as deleted.
      await documentOf(to);
      await finish(writing);
      assert.equal((await documentOf(to)).getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('does not write to a copy opened after the file was closed [D04]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      const copy = newName();
      await vscode.workspace.fs.copy(document.uri, copy);
      await run('workbench.action.closeActiveEditor');
      const other = await openUri(copy);
      const text = other.document.getText();
      await eventually(() => document.isClosed);
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.equal(other.document.getText(), text);
      assert.equal((await offered()).trimStart(), answer);
      assert.equal(loggedEnd().kind, 'doc.closed');
    });

    it('continues in the file that an untitled document is saved as [D04]', async () => {
      const document = await vscode.workspace.openTextDocument({ content: original, language: 'typescript' });
      const writing = await start(way, await vscode.window.showTextDocument(document));
      const saved = vscode.workspace.saveAs(document.uri);
      const accept = () => run('workbench.action.acceptSelectedQuickOpenItem');
      const uri = await eventually(async () => {
        await accept();
        return Promise.race([saved, new Promise<undefined>((resolve) => setTimeout(resolve, 200))]);
      }, 'the file saved');
      await finish(writing);
      assert.equal((await documentOf(uri)).getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
      await run('workbench.action.files.revert');
      await vscode.workspace.fs.delete(uri);
    });

    it('writes to the editor of a deleted file without recreating the file [D05]', async () => {
      const editor = await openFile(original);
      placeCaret(editor, 0, 0);
      await type('!');
      const before = editor.document.getText();
      const writing = await start(way, editor);
      const { uri } = editor.document;
      await vscode.workspace.fs.delete(uri);
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(before));
      assert.ok(editor.document.isDirty);
      assert.deepEqual(ui.texts, ["The file was deleted. The answer is in the editor and isn't saved."]);
      assert.equal(ui.shown[0]?.kind, 'warning');
      assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'ok', warnings: 'doc.deleted' });
      await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(uri)));
      await undo();
      assert.equal(editor.document.getText(), before);
    });

    it('writes at the right position if the file changed elsewhere on disk [D06]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      const now = document.getText();
      await vscode.workspace.fs.writeFile(document.uri, bytes(`new line\n${now}`));
      await untilText(writing.editor, 'new line');
      await finish(writing);
      assert.equal(document.getText(), way.written(`new line\n${original}`));
      assert.deepEqual(ui.shown, []);
    });

    it('writes nothing and offers the answer if the target changed on disk [D06]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      const before = document.getText();
      const now = before.replace('// make', '// take').replace('greet', 'great').replace('piece 3', 'peace 3');
      await vscode.workspace.fs.writeFile(document.uri, bytes(`first\n${now}last\n`));
      await untilText(writing.editor, 'first');
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.equal(document.getText(), `first\n${now}last\n`);
      assert.deepEqual(ui.texts, ['The file changed on disk where the answer should go, so nothing was overwritten.']);
      assert.equal(await offered(), way.rest(before, original));
      assert.equal(ui.shown[0]?.kind, 'warning');
      // The answer itself was complete.
      assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'doc.changed', warnings: undefined });
    });

    it('loses nothing if a save conflicts with the file on disk [D06]', async () => {
      const editor = await openFile(original);
      placeCaret(editor, 0, 0);
      await type('!');
      const before = editor.document.getText();
      const writing = await start(way, editor);
      await vscode.workspace.fs.writeFile(editor.document.uri, bytes('something else\n'));
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(before));
      assert.equal(await onDisk(editor.document.uri), 'something else\n');
    });

    it('keeps the whole answer if a save trims and formats the file [D13]', async () => {
      await setUserSetting('files.trimTrailingWhitespace', true);
      await setUserSetting('files.insertFinalNewline', true);
      await setUserSetting('editor.formatOnSave', true);
      formatter = vscode.languages.registerDocumentFormattingEditProvider('typescript', {
        provideDocumentFormattingEdits: (document) => {
          const all = new vscode.Range(0, 0, document.lineCount, 0);
          return [vscode.TextEdit.replace(all, document.getText().replaceAll(/(make|piece) /g, '$1   '))];
        },
      });
      const writing = await start(way, await openFile(`${original.trimEnd()}  `));
      const { document } = writing.editor;
      placeCaret(writing.editor, 0, 0);
      await type('!');
      assert.ok(await document.save());
      const formatted = document.getText();
      assert.match(formatted, /make {3}a/);
      await finish(writing);
      assert.deepEqual(ui.texts, []);
      const squeezed = (text: string) => text.replaceAll(/\s+/g, '');
      assert.equal(squeezed(document.getText()), `!${squeezed(way.written(original))}`);
      assert.ok(document.getText().endsWith('piece 49;\n// bottom\n'));
      assert.equal(loggedEnd().kind, 'ok');
    });

    it('loses and duplicates nothing with auto save [D13]', async () => {
      await setUserSetting('files.trimTrailingWhitespace', true);
      await setUserSetting('files.autoSaveDelay', 100);
      const editor = await openFile(original);
      const writing = await start(way, editor);
      placeCaret(editor, 0, 0);
      await type('!');
      await setUserSetting('files.autoSave', 'afterDelay');
      await eventually(() => !editor.document.isDirty);
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(`!${original}`));
      await eventually(async () => (await onDisk(editor.document.uri)) === way.written(`!${original}`));
      assert.deepEqual(ui.shown, []);
    });

    it('offers the rest if the document becomes read-only [D15]', async () => {
      const writing = await start(way, await openFile(original));
      await run('workbench.action.files.setActiveEditorReadonlyInSession');
      const { document } = writing.editor;
      const before = document.getText();
      ui.willPress('Copy Answer');
      await finish(writing);
      await run('workbench.action.files.resetActiveEditorReadonlyInSession');
      assert.equal(document.getText(), before);
      assert.match(ui.texts[0] ?? '', /^This document (is|became) read-only/);
      assert.equal(ui.shown[0]?.kind, 'error');
      assert.ok(ui.shown[0]?.buttons.includes('Show Log'));
      assert.equal(await offered(), way.rest(before, original));
      assert.equal(loggedEnd().kind, 'doc.readonly');
    });

    it('treats whitespace typed into the target as a user edit even with auto save [D09]', async () => {
      await setUserSetting('files.autoSaveDelay', 1000);
      await setUserSetting('files.autoSave', 'afterDelay');
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await eventually(() => !document.isDirty);
      placeCaret(writing.editor, way.name === 'streaming' ? 2 : 1, 5);
      await type(' ');
      const before = document.getText();
      await eventually(() => !document.isDirty);
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.equal(document.getText(), before);
      assert.match(ui.texts[0] ?? '', /so nothing was overwritten\.$/);
      await offered();
    });

    it('leaves a hidden document alone that becomes read-only [D15]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      await openFile('the other one\n');
      await setUserSetting('files.readonlyInclude', { [`**/${document.uri.path.split('/').at(-1)}`]: true });
      const before = document.getText();
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.equal(document.getText(), before);
      assert.equal(await offered(), way.rest(before, original));
      assert.equal(loggedEnd().kind, 'doc.readonly');
    });

    it('tolerates a change of the encoding [D20]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      const other = await vscode.workspace.openTextDocument(document.uri, { encoding: 'utf16le' }).then(
        () => 'reopened',
        () => 'refused',
      );
      // If the document was reopened as UTF-16, its text differs and nothing may be written.
      const before = document.getText();
      await finish(writing);
      if (other === 'refused') assert.equal(document.getText(), way.written(original));
      else assert.equal(document.getText(), before);
    });
  });
}
