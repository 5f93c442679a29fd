import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { MemoryFiles } from '../support/memoryFiles';
import { allRequests, answerText, chats } from '../support/modelServer';
import { editCell, openNotebook } from '../support/notebook';
import { code, deletePrompts, openSelected, promptText, willDelete, writePrompt } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openUri, select } from '../support/workspace';

const FOLDER = '.github/prompts';

async function lastUser(): Promise<string | undefined> {
  return (await chats()).at(-1)?.json.messages.at(-1)?.content;
}

function workspacePath(): string {
  const uri = inWorkspace('.').with({ path: inWorkspace('.').path.replace(/\/$/, '') });
  return uri.scheme === 'file' ? uri.fsPath : uri.path;
}

describe("variables of VS Code's prompt files", () => {
  useQuillet();
  afterEach(deletePrompts);

  async function openInFolder(): Promise<vscode.TextEditor> {
    const uri = await writePrompt('cart.test.ts', code, 'src/shop');
    willDelete(inWorkspace('src'));
    const editor = await openUri(uri);
    await select(editor, 'two = 2;');
    await answerText('Fine.');
    return editor;
  }

  for (const [variable, expected] of [
    ['workspaceFolder', workspacePath],
    ['fileWorkspaceFolder', workspacePath],
    ['workspaceFolderBasename', () => vscode.workspace.workspaceFolders?.[0]?.name],
    ['selection', () => 'two = 2;'],
    ['selectedText', () => 'two = 2;'],
    ['file', () => 'src/shop/cart.test.ts'],
    ['relativeFile', () => 'src/shop/cart.test.ts'],
    ['fileBasename', () => 'cart.test.ts'],
    ['fileBasenameNoExtension', () => 'cart.test'],
    ['fileExtname', () => '.ts'],
    ['fileDirname', () => 'src/shop'],
    ['relativeFileDirname', () => 'src/shop'],
    ['fileDirnameBasename', () => 'shop'],
    ['lineNumber', () => '2'],
    ['columnNumber', () => '5'],
    ['pathSeparator', () => vscode.Uri.file('/').fsPath],
  ] as const) {
    it(`have values: ${variable}`, async () => {
      await openInFolder();
      await run('quillet.run', { text: `[\${${variable}}] \${${variable}:=default}` });
      assert.equal(await lastUser(), `[${expected()}] ${expected()}`);
    });
  }

  it('name no folder of the machine for a file outside the workspace', async () => {
    const files = new MemoryFiles(true);
    const registration = files.register('outside');
    const uri = vscode.Uri.parse('outside:/home/someone/secret/plan.md');
    files.writeFile(uri, new TextEncoder().encode('Plan\n'));
    const editor = await openUri(uri);
    await select(editor, 'Plan');
    await answerText('Fine.');
    await run('quillet.run', { text: '${file} ${relativeFile} ${fileDirname} ${relativeFileDirname} ${selection}' });
    assert.equal(await lastUser(), 'plan.md plan.md . . Plan');
    registration.dispose();
  });

  it('name no folder of the machine for a cell of a notebook', async () => {
    const notebook = await openNotebook('import os');
    await editCell(notebook, 0);
    await answerText('Fine.');
    await run('quillet.run', { text: '${file}|${fileBasename}|${fileDirname}', destination: 'clipboard' });
    const name = notebook.uri.path.split('/').at(-1);
    assert.equal(await lastUser(), `${name}|${name}|.`);
  });

  it('need a selection for the selected text, like ${selection}', async () => {
    const editor = await openInFolder();
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await run('quillet.run', { text: 'Explain ${selectedText}' });
    assert.deepEqual(ui.texts, ['Select some text first.']);
    assert.deepEqual(await allRequests(), []);
  });

  it('are filled in shared prompt files, with everything else sent as written', async () => {
    const body =
      'In ${workspaceFolder}, for ${input:what:React}: `${id} \\${x} ${{ y }} ${env:HOME} ${input:-z} ${selection:q}`';
    await writePrompt('shared.prompt.md', promptText(body, 'mode: agent', 'description: Fix: it'), FOLDER);
    await openSelected();
    ui.willPress('Use Prompt');
    ui.willType('${file} \\${x}');
    await run('quillet.run', { prompt: 'shared' });
    const filled = body
      .replace('${workspaceFolder}', workspacePath())
      .replace('${input:what:React}', () => '${file} \\${x}');
    assert.equal(await lastUser(), filled);
  });

  it('stay as written when a shared prompt file is saved under another name', async () => {
    const body = 'Say ${id} and \\${x} of ${input:what}';
    await writePrompt('shared.prompt.md', promptText(body, 'mode: agent'), FOLDER);
    await openSelected();
    ui.willPress('Use Prompt');
    ui.willType('${typed} ${file}');
    await run('quillet.run', { prompt: 'shared' });
    const sent = 'Say ${id} and \\${x} of ${typed} ${file}';
    assert.equal(await lastUser(), sent);
    for (const [index, folder] of [FOLDER, '.quillet/prompts', 'For Me'].entries()) {
      ui.willType(`Copy ${index}`);
      ui.willPick(folder);
      await run('quillet.saveAsPrompt');
      const saved = vscode.window.activeTextEditor?.document.uri;
      assert.ok(saved);
      assert.ok(saved.path.endsWith(`/copy-${index}.prompt.md`));
      willDelete(saved);
      await openSelected();
      if (folder !== 'For Me') ui.willPress('Use Prompt');
      await run('quillet.run', { prompt: `copy-${index}` });
      assert.equal(await lastUser(), sent);
      await run('quillet.run', { prompt: 'shared', input: { what: '${typed} ${file}' } });
    }
  });
});
