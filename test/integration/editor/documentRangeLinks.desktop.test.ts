import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, openUri } from '../support/workspace';
import { finish, original, start, ways } from '../support/writing';

for (const way of ways) {
  describe(`a file with a symbolic link, ${way.name}`, () => {
    useQuillet();

    it('is written once, through the path it was opened with [D25]', async () => {
      const first = (await openFile(original)).document;
      const link = inWorkspace(`link-${way.name}.ts`);
      fs.symlinkSync(first.uri.fsPath, link.fsPath);
      const editor = await openUri(link);
      const writing = await start(way, editor);
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(original));
      assert.equal(first.getText(), original);
      assert.ok(await editor.document.save());
      assert.equal(fs.readFileSync(first.uri.fsPath, 'utf8'), way.written(original));
      // VS Code reloads the document that is open under the other path.
      await eventually(() => first.isClosed || first.getText() === way.written(original), 'the other name');
      assert.ok(vscode.workspace.textDocuments.length >= 1);
      assert.deepEqual(ui.shown, []);
      fs.unlinkSync(link.fsPath);
    });
  });
}
