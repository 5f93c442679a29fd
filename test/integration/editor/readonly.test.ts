import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, openUri, select } from '../support/workspace';

const content = 'let one = 1;\nlet two = 2;\n';
const writing = ['quillet.rewrite', 'quillet.rewriteInPlace', 'quillet.insert'];

async function checkReadonly(editor: vscode.TextEditor, text = 'let one = 1;'): Promise<void> {
  const { document } = editor;
  const before = document.getText();
  await select(editor, text);
  for (const command of writing) {
    ui.clear();
    ui.willType('larger');
    await run(command);
    assert.deepEqual(ui.texts, ['This document is read-only, so nothing was written.'], command);
    assert.deepEqual(ui.inputs, [], 'no input box for an impossible command');
  }
  assert.deepEqual(await allRequests(), []);
  assert.ok(document.getText().startsWith(before));
}

describe('read-only documents [D14]', () => {
  useQuillet();

  it('allows Explain but no writing in a virtual document [D14, R09]', async () => {
    const provider = { provideTextDocumentContent: () => content };
    const registration = vscode.workspace.registerTextDocumentContentProvider('quillet-test', provider);
    const editor = await openUri(vscode.Uri.parse('quillet-test:/virtual.ts'));
    await checkReadonly(editor);
    await answerText('It is one.');
    ui.clear();
    await run('quillet.explain');
    assert.equal(commentText(0), 'It is one.');
    await run('quillet.insertBelow', thread());
    assert.deepEqual(ui.texts, ['This document is read-only, so nothing was written.']);
    assert.equal(editor.document.getText(), content);
    registration.dispose();
  });

  it('rejects writing to a file matched by files.readonlyInclude [D14]', async () => {
    const editor = await openFile(content, 'locked.ts');
    await setUserSetting('files.readonlyInclude', { '**/*.locked.ts': true });
    await checkReadonly(editor);
    await setUserSetting('files.readonlyInclude', undefined);
    await answerText('// fine');
    ui.clear();
    await run('quillet.insert');
    assert.equal(editor.document.getText(), content.replace('let one = 1;', 'let one = 1;\n// fine'));
  });

  it('offers the answer if a file is read-only for the session [D14]', async () => {
    const editor = await openFile(content);
    await run('workbench.action.files.setActiveEditorReadonlyInSession');
    await select(editor, 'let one = 1;');
    await answerText('let one', ' = 111;');
    for (const command of ['quillet.rewriteInPlace', 'quillet.insert']) {
      ui.clear();
      ui.willType('larger');
      ui.willPress('Copy Answer');
      await run(command);
      assert.deepEqual(ui.texts, ['This document is read-only, so nothing was written.'], command);
      assert.equal(editor.document.getText(), content);
      await eventually(async () => (await vscode.env.clipboard.readText()).trim() === 'let one = 111;');
      await vscode.env.clipboard.writeText('');
    }
    await run('workbench.action.files.resetActiveEditorReadonlyInSession');
  });

  it('rejects writing to an output channel [D14]', async () => {
    await run('workbench.action.output.show.rendererLog');
    await run('workbench.panel.output.focus');
    const editor = await eventually(() => {
      const active = vscode.window.activeTextEditor;
      const isLog = active?.document.uri.scheme === 'output' && active.document.getText().trim() !== '';
      return isLog ? active : undefined;
    }, 'the editor of the output channel');
    await checkReadonly(editor, editor.document.getText().slice(0, 20));
    await run('workbench.action.closePanel');
  });
});
