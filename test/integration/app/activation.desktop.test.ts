import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chats, resetServer } from '../support/modelServer';
import { installUi, quillet, run, useQuillet } from '../support/quillet';
import { openFile, select } from '../support/workspace';

// The first file of all, so that it sees the extension before anything was done with it.
describe('activation, from cold', () => {
  before(async () => {
    installUi();
    await resetServer();
  });

  it('R5, needs 43 and 45: sends nothing and does not load the SDK', async () => {
    await quillet().activate();
    assert.deepEqual(loadedSdks(), []);
    assert.deepEqual(await allRequests(), []);
  });

  it('need 45: the lightbulb is there, and what it offers is not loaded', async () => {
    const editor = await openFile('let x = 1;\n');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      editor.document.uri,
      new vscode.Range(0, 0, 0, 5),
    );
    assert.ok(actions.some(({ title }) => title === 'Explain with Quillet'));
    assert.deepEqual(loaded(/[\\/]dist[\\/]quillet\.js$/), []);
    assert.deepEqual(await allRequests(), []);
  });

  it('need 45: the first prompt file that is opened loads what helps to write it, and no SDK', async () => {
    const editor = await openFile('Say it loud: ${selektion}', 'prompt.md');
    await eventually(() => loaded(/[\\/]dist[\\/]quillet\.js$/).length === 1);
    assert.deepEqual(loadedSdks(), []);
    // It is in no folder of prompts.
    assert.deepEqual(vscode.languages.getDiagnostics(editor.document.uri), []);
    assert.deepEqual(loaded(/[\\/]dist[\\/]prompts\.js$/), []);
  });
});

describe('the SDK', () => {
  useQuillet();

  it('needs 45: is loaded by the first command that sends', async () => {
    const editor = await openFile('let x = 1;\n');
    select(editor, 'let x = 1;');
    await answerText('It is 1.');
    await run('quillet.explain');
    assert.equal((await chats()).length, 1);
    assert.equal(loadedSdks().length, 1);
    assert.equal(loaded(/[\\/]dist[\\/]quillet\.js$/).length, 1);
  });
});

function loadedSdks(): string[] {
  return loaded(/[\\/](dist[\\/]openai\.js|openai[\\/].*)$/);
}

function loaded(files: RegExp): string[] {
  return Object.keys(require.cache).filter((file) => files.test(file));
}
