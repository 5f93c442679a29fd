import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chats, resetServer } from '../support/modelServer';
import { installUi, quillet, run, useQuillet } from '../support/quillet';
import { openFile, select } from '../support/workspace';

// Must run first, before any other test uses the extension.
describe('a cold activation', () => {
  before(async () => {
    installUi();
    await resetServer();
  });

  it('sends nothing and does not load the SDK [R05]', async () => {
    await quillet().activate();
    assert.deepEqual(loadedSdks(), []);
    assert.deepEqual(await allRequests(), []);
  });

  it('offers code actions without loading the main bundle', async () => {
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

  it('loads the main bundle but not the SDK when a prompt file is opened', async () => {
    const editor = await openFile('Say it loud: ${selektion}', 'prompt.md');
    await eventually(() => loaded(/[\\/]dist[\\/]quillet\.js$/).length === 1);
    assert.deepEqual(loadedSdks(), []);
    // The file is not in a prompt folder.
    assert.deepEqual(vscode.languages.getDiagnostics(editor.document.uri), []);
    assert.deepEqual(loaded(/[\\/]dist[\\/]prompts\.js$/), []);
  });
});

describe('the SDK', () => {
  useQuillet();

  it('is loaded by the first command that sends a request', async () => {
    const editor = await openFile('let x = 1;\n');
    await select(editor, 'let x = 1;');
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
