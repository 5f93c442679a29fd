import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { answerText, chat, chats } from '../support/modelServer';
import { editCell, openNotebook } from '../support/notebook';
import { findBox, seeBox, seeText, send } from '../support/questionBox';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import { openFile, select, type } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\nlet three = 3;\n';

/** While the box has the focus, it is the active text editor. */
async function focusEditor(editor: vscode.TextEditor): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  await eventually(() => vscode.window.activeTextEditor === editor, 'the focus in the editor');
}

async function noBox(): Promise<void> {
  await eventually(() => findBox() === undefined, 'no box');
}

describe('a question in the editor', () => {
  useQuillet({ 'ask.location': 'editor' });

  async function ask(command = 'quillet.ask', selected = 'two') {
    const editor = await openFile(code);
    await select(editor, selected);
    const done = run(command);
    await seeBox(editor);
    return { editor, done };
  }

  it('has several lines, the model and the size, and is answered below the selection', async () => {
    await answerText('It is 2.');
    const { editor, done } = await ask();
    const [box] = ui.threads;
    assert.equal(box?.label, 'Ask · quillet-test · ≈ 93 tokens');
    assert.equal(box.comments[0]?.author.name, 'Ask about the selection, e.g. "can this fail?"');
    assert.ok(box.range?.isEqual(new vscode.Range(1, 4, 1, 7)));
    await send('What is it?\nAnd why?');
    await done;
    assert.match((await chat()).json.messages.at(-1)?.content ?? '', /What is it\?\nAnd why\?/);
    assert.equal(commentText(0, ui.threads[1]), 'What is it?  \nAnd why?');
    assert.equal(commentText(1, ui.threads[1]), 'It is 2.');
    await noBox();
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.inputs, []);
  });

  it('shows what sending costs if there is a price', async () => {
    await setSettings({
      prices: { 'quillet-test': { input: 1000, output: 1000 } },
      parameters: { maxOutputTokens: 2000 },
    });
    const { done } = await ask();
    assert.equal(
      ui.threads[0]?.label,
      'Ask · quillet-test · ≈ 93 tokens, ≈ $0.093, at most $2.09 for 2,000 tokens of answer',
    );
    await run('quillet.cancelInput');
    await done;
  });

  it('leaves no trace when canceled, except that its text can be recalled', async () => {
    const { editor, done } = await ask();
    await type('Half a question');
    await seeText('Half a question');
    await run('quillet.cancelInput');
    await done;
    await noBox();
    assert.equal(editor.document.getText(editor.selection), 'two');
    await eventually(async () => {
      await type('2');
      return editor.document.getText().includes('let 2 = 2;');
    }, 'the focus in the editor');
    assert.deepEqual(await chats(), []);
    assert.deepEqual(ui.shown, []);

    const again = await ask();
    assert.equal(ui.threads[1]?.comments[0]?.label, 'Press Alt+↑ to use "Half a question" again');
    await type('Other');
    await seeText('Other');
    await run('quillet.previousInput');
    await seeText('Half a question');
    await run('quillet.nextInput');
    await seeText('Other');
    await run('quillet.previousInput');
    await seeText('Half a question');
    await type(', completed');
    await seeText('Half a question, completed');
    await vscode.commands.executeCommand('editor.action.submitComment');
    await again.done;
    assert.match((await chat()).json.messages.at(-1)?.content ?? '', /Half a question, completed/);
  });

  it('stays open if its answer is only whitespace', async () => {
    const { editor, done } = await ask('quillet.rewriteInPlace');
    await send('  ');
    await eventually(() => ui.threads.at(-1)?.comments[0]?.label === 'Enter an instruction.', 'the message');
    await seeBox(editor);
    await run('quillet.cancelInput');
    await done;
    assert.deepEqual(await chats(), []);
  });

  it('gives way to the next question about the same text', async () => {
    await setSettings({ model: 'test/shout' });
    const { editor, done } = await ask('quillet.rewriteInPlace');
    await type('Never sent');
    await seeText('Never sent');
    await focusEditor(editor);
    await select(editor, 'two = 2');
    const next = run('quillet.rewriteInPlace');
    await done;
    await seeBox(editor);
    await send('louder');
    await next;
    assert.equal(editor.document.getText(), code.replace('two = 2', 'TWO = 2'));
    assert.deepEqual(ui.shown, []);
  });

  it('is asked again with its text if something in it cannot be sent', async () => {
    await answerText('It is 2.');
    const { editor, done } = await ask();
    await send('What is @nothing/here.ts:3?');
    await eventually(() => ui.texts.at(-1)?.startsWith("Can't find @nothing/here.ts:3"), 'the message');
    await seeBox(editor);
    await seeText('What is @nothing/here.ts:3?');
    await run('quillet.cancelInput');
    await done;
    assert.deepEqual(await chats(), []);
  });

  it('is the only one if two prompts are started at once', async () => {
    const editor = await openFile(code);
    await select(editor, 'two');
    const both = [run('quillet.ask'), run('quillet.rewriteInPlace')];
    // One of them is canceled. Which one reads its values first is not defined.
    await Promise.race(both);
    await seeBox(editor);
    await run('quillet.cancelInput');
    await Promise.all(both);
    await noBox();
    assert.deepEqual(await chats(), []);
  });

  it('gets the focus again if its command is repeated', async () => {
    const { editor, done } = await ask();
    await type('Why');
    await seeText('Why');
    await focusEditor(editor);
    const again = run('quillet.ask');
    await seeBox(editor);
    await again;
    await run('quillet.cancelInput');
    await done;
  });

  it('is not asked if the input is given', async () => {
    const editor = await openFile(code);
    await select(editor, 'two');
    await run('quillet.run', { prompt: 'ask', input: { question: 'Given?' } });
    assert.match((await chat()).json.messages.at(-1)?.content ?? '', /Given\?/);
    assert.equal(ui.threads.length, 1);
  });

  describe('is asked in the input box', () => {
    beforeEach(() => ui.willType('In the box'));

    afterEach(async () => {
      assert.match((await chat()).json.messages.at(-1)?.content ?? '', /In the box/);
      assert.equal(ui.inputs.length, 1);
    });

    it('in a notebook', async () => {
      const notebook = await openNotebook('import math');
      const editor = await editCell(notebook, 0);
      await select(editor, 'import math');
      await run('quillet.ask');
    });

    it('for a file that is open in two editors', async () => {
      const editor = await openFile(code);
      await vscode.commands.executeCommand('workbench.action.splitEditor');
      const second = await eventually(() => {
        const { activeTextEditor } = vscode.window;
        return activeTextEditor === editor ? undefined : activeTextEditor;
      }, 'the second editor');
      await select(second, 'two');
      await run('quillet.ask');
    });

    it('while comments are hidden', async () => {
      await setUserSetting('comments.visible', false);
      const editor = await openFile(code);
      await select(editor, 'two');
      await run('quillet.ask');
    });

    it('if the user prefers it', async () => {
      await setSettings({ 'ask.location': 'inputBox' });
      const editor = await openFile(code);
      await select(editor, 'two');
      await run('quillet.ask');
    });
  });
});
