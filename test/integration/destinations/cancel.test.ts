import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerWith, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const selected = 'const first = 1;';
const code = `${selected}\n`;

async function open(): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, selected);
  return editor;
}

describe('cancellation', () => {
  useQuillet();

  it('sends nothing after Escape in the input box [X01]', async () => {
    const editor = await open();
    ui.willType(undefined);
    await run('quillet.rewrite');
    assert.deepEqual(await chats(), []);
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.threads.length, 0);
    assert.equal(editor.document.getText(), code);
  });

  it('sends nothing after Cancel in the confirmation of a large request [X02]', async () => {
    await setSettings({ 'limits.selection': 10 });
    const editor = await open();
    await run('quillet.explain');
    assert.equal(ui.shown.length, 1);
    assert.deepEqual(await chats(), []);
    assert.equal(editor.document.getText(), code);
  });

  it('stops while an edit is being applied [X13]', async () => {
    const editor = await open();
    await answerWith(
      streamed(
        Array.from({ length: 200 }, (_, index) => `line ${index}\n`),
        { delayMs: 5 },
      ),
    );
    let isStopped = false;
    // The event fires before the promise of the edit resolves.
    const listening = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== editor.document || isStopped) return;
      isStopped = true;
      void run('quillet.stop');
    });
    await run('quillet.insert');
    listening.dispose();
    assert.ok(isStopped);
    const whole = Array.from({ length: 200 }, (_, index) => `line ${index}\n`).join('');
    const written = editor.document.getText().slice(selected.length, -1).trimStart();
    assert.ok(written.length < whole.length && whole.startsWith(written), JSON.stringify(written));
    assert.deepEqual(ui.errors, []);
    await run('undo');
    assert.equal(editor.document.getText(), code);
  });

  it('cancels queued questions too and keeps their text', async () => {
    await open();
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await run('quillet.reply', { thread: thread(), text: 'And then?' });
    await run('quillet.stop');
    await done;
    await eventually(() => thread().comments.at(-1)?.label === 'not sent');
    await continueAnswer();
    assert.equal(commentText(-1), 'And then?');
    assert.equal((await chats()).length, 1);
  });

  it('completes an answer while settings.json is invalid [C12]', async () => {
    await open();
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    // An invalid state, as while editing settings.json.
    await setSettings({ providers: 7, model: 5 });
    await continueAnswer();
    await done;
    assert.equal(commentText(0), 'One two');
    assert.equal(ui.errors.length, 0);
  });
});
