import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type AnswerOptions, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, chat, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { run, thread, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, openUri, placeCaret, select, type, untilText } from '../support/workspace';
import { loggedEnd, original, request } from '../support/writing';

const firstPart = '\nconst a = 1;\ncon';
const rest = 'st b = 2;';
const withAnswer = (answer: string) => original.replace(request, request + answer);
const isBroken: AnswerOptions = { finishReason: null, done: false };

function deferred(): { readonly when: Promise<void>; now(): void } {
  let now = (): void => undefined;
  const when = new Promise<void>((resolve) => {
    now = resolve;
  });
  return { when, now: () => now() };
}

async function insertBroken(options: AnswerOptions = isBroken): Promise<vscode.TextEditor> {
  const editor = await openFile(original);
  await select(editor, request);
  await answerNext(streamed([firstPart], options), streamed([rest]));
  await run('quillet.insert');
  return editor;
}

describe('an incomplete answer in the document', () => {
  useQuillet();

  for (const [how, options] of Object.entries<AnswerOptions>({
    'broke off': isBroken,
    'was cut off at the token limit': { finishReason: 'length' },
  })) {
    it(`is completed by Continue if it ${how}`, async () => {
      ui.willPress('Continue');
      const editor = await insertBroken(options);
      assert.deepEqual(ui.shown[0]?.buttons.slice(0, 2), ['Continue', 'Undo']);
      assert.ok(!ui.shown[0]?.buttons.includes('Try Again'));
      await untilText(editor, rest);
      await eventually(() => ui.isIdle);
      assert.equal(editor.document.getText(), withAnswer(firstPart + rest));
      assert.equal((await chat(1)).json.messages[2]?.content, firstPart);
    });

    it(`is removed by Undo if it ${how}, without other changes`, async () => {
      const press = deferred();
      ui.willPress('Undo', press.when);
      const editor = await insertBroken(options);
      assert.equal(editor.document.getText(), withAnswer(firstPart));
      placeCaret(editor, 0, 0);
      await type('mine;\n');
      press.now();
      await eventually(() => editor.document.getText() === `mine;\n${original}`, 'the text as it was');
      assert.equal(ui.shown.length, 1);
    });
  }

  it('can be continued after Stop', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerWith(inTwoParts([firstPart], ['never']));
    const done = run('quillet.insert');
    await untilText(editor, 'const a = 1;');
    ui.willPress('Continue');
    await answerText(rest);
    await run('quillet.stop');
    await done;
    assert.deepEqual(ui.shown, [
      {
        kind: 'information',
        text: 'Stopped. The answer is incomplete.',
        buttons: ['Continue', 'Undo'],
        isModal: false,
      },
    ]);
    await untilText(editor, rest);
    await eventually(() => ui.isIdle);
    assert.equal(editor.document.getText(), withAnswer(firstPart + rest));
  });

  it('cannot be continued if its position is gone', async () => {
    const press = deferred();
    ui.willPress('Continue', press.when);
    const editor = await insertBroken();
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('deleteLeft');
    press.now();
    await eventually(() => ui.shown.length === 2);
    assert.equal(ui.texts[1], 'The text changed, so nothing was sent.');
    assert.equal((await chats()).length, 1);
    assert.equal(editor.document.getText(), '');
  });

  it('can be continued in a new document', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerNext(streamed([firstPart], isBroken), streamed([rest]));
    ui.willPress('Continue');
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    const whole = () =>
      vscode.workspace.textDocuments.find((document) => document.isUntitled && document.getText() === firstPart + rest);
    assert.ok(await eventually(whole, 'the whole answer'));
    await eventually(() => ui.isIdle);
    assert.match(ui.decorations.map((decoration) => decoration.after?.contentText).join(), /incomplete/);
  });

  it('shows a warning for a new document cut off at the token limit', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerWith(streamed([firstPart], { finishReason: 'length' }));
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    assert.deepEqual(ui.texts, ['The answer was cut off at the token limit.']);
    assert.deepEqual(ui.shown[0]?.buttons, ['Continue']);
  });
});

describe('code before and after a selection', () => {
  useQuillet();

  const python = 'class A:\n    def f(self):\n        return 1\n';
  const words = 'def f(self):\n        return 1';
  const fenced = 'Sure:\n```python\ndef g(self):\n    return 2\n```\n';
  const clean = '    def g(self):\n        return 2\n';
  for (const [destination, expected] of Object.entries({
    before: python.replace('    def f', `${clean}    def f`),
    after: python + clean,
  })) {
    it(`is written by "${destination}" without fence, indented and in one edit`, async () => {
      const editor = await openFile(python, 'py');
      await select(editor, words);
      let edits = 0;
      const subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === editor.document && contentChanges.length > 0) edits += 1;
      });
      await answerText(...fenced);
      await run('quillet.run', { prompt: 'explain', destination });
      subscription.dispose();
      assert.equal(editor.document.getText(), expected);
      assert.equal(edits, 1);
      assert.deepEqual(ui.shown, []);
      await vscode.commands.executeCommand('undo');
      assert.equal(editor.document.getText(), python);
    });
  }

  it('is the chosen one of two code blocks', async () => {
    const editor = await openFile(python, 'py');
    await select(editor, words);
    await answerText('```\na()\n```\nor\n```\nb()\n```\n');
    ui.willPress('Choose Code Block…');
    ui.willPick('Block 2');
    await run('quillet.run', { prompt: 'explain', destination: 'after' });
    await untilText(editor, 'b()');
    assert.equal(editor.document.getText(), `${python}    b()\n`);
  });

  it('is offered instead of written if the answer is incomplete', async () => {
    const editor = await openFile(python, 'py');
    await select(editor, words);
    await answerWith(streamed(['a = 1\n'], isBroken));
    await run('quillet.run', { prompt: 'explain', destination: 'after' });
    assert.equal(editor.document.getText(), python);
    assert.equal(ui.shown[0]?.buttons[0], 'Copy Answer');
  });

  it('is unchanged for Insert Completion [U07]', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText('\n', fenced);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), withAnswer(`\n${fenced}`));
  });
});

describe('runs and documents', () => {
  useQuillet();

  it('stop the run of the active file with Stop, even after a rename', async () => {
    const first = await openFile(original);
    await select(first, request);
    await answerWith(inTwoParts(['\nfirst'], [' end']));
    const firstDone = run('quillet.insert');
    await untilText(first, '\nfirs');
    const second = await openFile(original);
    await select(second, request);
    await answerWith(inTwoParts(['\nsecond'], [' end']));
    const secondDone = run('quillet.insert');
    await untilText(second, '\nsecon');
    const to = inWorkspace('renamed-while-running.ts');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(first.document.uri, to, { overwrite: true });
    assert.ok(await vscode.workspace.applyEdit(edit));
    await openUri(to);
    await run('quillet.stop');
    await firstDone;
    await continueAnswer();
    await secondDone;
    assert.equal(second.document.getText(), withAnswer('\nsecond end'));
  });

  it('stop one of two threads of one command with Stop once they run separately', async () => {
    const editor = await openFile('one();\n\n\ntwo();\n');
    editor.selections = [new vscode.Selection(0, 0, 0, 6), new vscode.Selection(3, 0, 3, 6)];
    await answerText('three();');
    ui.willPick('Each Selection Separately');
    ui.willType('do it');
    await run('quillet.rewrite');
    const [above, below] = [thread(0), thread(1)];
    const isIdle = (thread: vscode.CommentThread) => thread.contextValue?.includes('idle') === true;
    await eventually(() => isIdle(above) && isIdle(below));
    await answerWith(inTwoParts(['fo'], ['ur();']));
    const runs = [run('quillet.regenerate', above)];
    await eventually(async () => (await chats()).length === 3);
    runs.push(run('quillet.regenerate', below));
    await eventually(async () => (await chats()).length === 4);
    await run('quillet.stop');
    await eventually(() => isIdle(below), 'the end of the one that was stopped');
    assert.ok(!isIdle(above), 'the other one was stopped too');
    await continueAnswer();
    await Promise.all(runs);
  });

  it('never write to another file with the same content [D05]', async () => {
    const copy = await openFile(original);
    const editor = await openFile(original);
    await select(editor, request);
    await answerWith(inTwoParts([], ['\nlate']));
    const done = run('quillet.insert');
    await chat();
    const { document } = editor;
    const deletion = new vscode.WorkspaceEdit();
    deletion.deleteFile(document.uri);
    assert.ok(await vscode.workspace.applyEdit(deletion));
    await eventually(() => document.isClosed, 'the deleted file closed');
    await continueAnswer();
    await done;
    assert.equal(copy.document.getText(), original);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'doc.closed', warnings: undefined });
  });

  it('send nothing if the text changes while an input box is open [D09]', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    ui.willType(async () => {
      placeCaret(editor, 1, 5);
      await type('X');
      return 'do it';
    });
    await run('quillet.rewriteInPlace');
    assert.deepEqual(ui.texts, ['The text changed, so nothing was sent.']);
    assert.deepEqual(await chats(), []);
  });
});
