import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerText, answerWith, chats } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { openFile, select, undo } from '../support/workspace';

const code = 'let zero;\nlet one = 1;\nlet two = 2;\n';

async function explainInto(destination: string): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, 'one = 1');
  await run('quillet.run', { prompt: 'explain', destination });
  return editor;
}

describe('the destination of a prompt', () => {
  useQuillet();

  const written: Readonly<Record<string, string>> = {
    replace: 'let zero;\nlet // It is one.;\nlet two = 2;\n',
    insert: 'let zero;\nlet one = 1// It is one.;\nlet two = 2;\n',
    before: 'let zero;\n// It is one.\nlet one = 1;\nlet two = 2;\n',
    after: 'let zero;\nlet one = 1;\n// It is one.\nlet two = 2;\n',
  };
  for (const [destination, text] of Object.entries(written)) {
    it(`can be "${destination}", in one undo step`, async () => {
      await answerText('// It', ' is one.');
      const editor = await explainInto(destination);
      assert.equal(editor.document.getText(), text);
      assert.deepEqual(ui.shown, []);
      assert.deepEqual(ui.threads, []);
      await undo();
      assert.equal(editor.document.getText(), code);
    });
  }

  it('can be "document"', async () => {
    await answerText('It ', 'is one.');
    const editor = await explainInto('document');
    const opened = vscode.workspace.textDocuments.find((document) => document.isUntitled);
    assert.equal(opened?.getText(), 'It is one.');
    assert.equal(opened?.languageId, 'markdown');
    assert.equal(editor.document.getText(), code);
  });

  for (const [what, prompt, language] of [
    ['a prompt that sets documentLanguage', 'tests', 'typescript'],
    ['a prompt that writes code by default', 'simplify', 'typescript'],
    ['a prompt that answers in prose', 'review', 'markdown'],
  ] as const) {
    it(`opens a document in the right language for ${what}`, async () => {
      await answerText('```ts\nconst two ', '= 2;\n', '```');
      const editor = await openFile(code);
      await select(editor, 'one = 1');
      await run('quillet.run', { prompt, destination: 'document' });
      const opened = vscode.workspace.textDocuments.find((document) => document.isUntitled);
      const text = language === 'markdown' ? '```ts\nconst two = 2;\n```' : 'const two = 2;';
      assert.deepEqual([opened?.getText(), opened?.languageId], [text, language]);
    });
  }

  it('opens plain text instead of a language that VS Code treats as Markdown if the answer contains an image link [R10]', async () => {
    await answerText('![x](http://127.0.0.1:9/a.', 'png)');
    const editor = await openFile(code);
    await vscode.languages.setTextDocumentLanguage(editor.document, 'instructions');
    await select(editor, 'one = 1');
    await run('quillet.run', { prompt: 'tests' });
    const opened = vscode.workspace.textDocuments.find((document) => document.isUntitled);
    assert.ok(opened);
    await eventually(() => opened.languageId === 'plaintext');
  });

  it('can be "clipboard", for a complete answer only', async () => {
    await vscode.env.clipboard.writeText('mine');
    await answerWith(streamed(['It'], { finishReason: null, done: false }));
    await explainInto('clipboard');
    assert.equal(await vscode.env.clipboard.readText(), 'mine');
    assert.ok(ui.shown[0]?.buttons.includes('Copy Answer'));
    ui.clear();
    await answerText('It ', 'is one.');
    const editor = await explainInto('clipboard');
    assert.equal(await vscode.env.clipboard.readText(), 'It is one.');
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, []);
  });

  it('can be "review"', async () => {
    await answerText('one = 111');
    const editor = await explainInto('review');
    assert.match(commentText(0), /^```diff\n/);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace('one = 1', 'one = 111'));
  });

  it('can be "thread"', async () => {
    await answerText('It ', 'is one.');
    const editor = await explainInto('thread');
    assert.equal(commentText(0), 'It is one.');
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, []);
  });

  it('defaults to the destination of the prompt', async () => {
    await answerText('It is one.');
    const editor = await openFile(code);
    await select(editor, 'one = 1');
    await run('quillet.run', { prompt: 'tests' });
    const opened = vscode.workspace.textDocuments.find((document) => document.isUntitled);
    assert.equal(opened?.getText(), 'It is one.');
  });

  it('is rejected if unknown, with a list of valid ones', async () => {
    const editor = await explainInto('/etc/passwd');
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.errors, [
      'Unknown destination in the arguments for Run Prompt. Available: thread, review, replace, insert, before, after, document, clipboard.',
    ]);
    ui.clear();
    await run('quillet.run', ['explain']);
    assert.deepEqual(ui.errors, [
      'The arguments for Run Prompt must be an object with any of these: prompt or text, destination, model, parameters, input.',
    ]);
    assert.deepEqual(await chats(), []);
  });
});
