import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answerText, chat, chats } from './support/modelServer';
import { commentText, run, thread, ui, useQuillet } from './support/quillet';
import { openFile, select, type, placeCaret } from './support/workspace';

describe('Explain Selection', () => {
  useQuillet();

  it('answers in a thread under the selection', async () => {
    const editor = await openFile('const a = 1;\nconst b = 2;\n');
    select(editor, 'const b = 2;');
    await answerText('It ', 'sets **b**.');
    await run('quillet.explain');
    assert.equal(ui.threads.length, 1);
    assert.equal(commentText(0), 'It sets **b**.');
    console.log(thread().label, thread().contextValue, JSON.stringify(thread().comments), ui.statusText);
    const request = await chat();
    console.log(request.body, JSON.stringify(request.headers), (await chats()).length);
    placeCaret(editor, 0, 0);
    await type('x\ny');
    console.log(JSON.stringify(editor.document.getText()));
    console.log(Object.isFrozen(thread()), typeof thread().dispose);
  });
});
