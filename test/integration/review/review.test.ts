import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { openFile, placeCaret, redo, select, type, undo } from '../support/workspace';

const code = 'let zero;\nlet one = 1;\nlet two = 2;\n';
const target = 'let one = 1;';
const replaced = code.replace(target, 'let one = 111;');

/** Resolves when the proposal is shown. */
async function propose(): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, target);
  await answerText('let one', ' = 111;');
  ui.willType('larger');
  await run('quillet.rewrite');
  return editor;
}

describe('Rewrite Selection', () => {
  useQuillet();

  it('shows the proposal as a diff and writes nothing', async () => {
    const editor = await propose();
    assert.equal(commentText(0), 'larger');
    assert.match(commentText(1), /^```diff\n-let one = 1;\n\+let one = 111;\n```$/);
    assert.equal(thread().contextValue, 'review idle ready');
    assert.equal(thread().label, 'Rewrite · quillet-test');
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.deepEqual(ui.shown, []);
  });

  it('shows no change in the last line if the selection ends without its line end', async () => {
    const editor = await openFile('function f() {\n  a();\n}\nlast\n');
    for (const answer of ['function f() {\n  b();\n}', 'function f() {\n  b();\n}\n']) {
      await select(editor, 'function f() {\n  a();\n}');
      await answerText(answer);
      ui.willType('b');
      await run('quillet.rewrite');
      const shown = thread(ui.threads.length - 1);
      assert.equal(commentText(1, shown), '```diff\n function f() {\n-  a();\n+  b();\n }\n```');
      await run('quillet.reject', shown);
    }
  });

  it('cannot be accepted while the answer is streaming', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerWith(inTwoParts(['let one'], [' = 111;']));
    ui.willType('larger');
    const done = run('quillet.rewrite');
    await eventually(() => commentText(1).includes('let one'));
    assert.equal(thread().contextValue, 'review running');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code);
    await continueAnswer();
    await done;
    assert.equal(editor.document.getText(), code);
  });

  it('is accepted only after a warning if the finish reason is not known', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerWith(streamed(['let one = 111;'], { finishReason: 'weird' }));
    ui.willType('larger');
    await run('quillet.rewrite');
    assert.equal(thread().contextValue, 'review idle ready');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code);
    assert.match(ui.texts.at(-1) ?? '', /unknown reason \(weird\)/);
    ui.willPress('Accept Anyway');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), replaced);
  });

  it('is written by Accept in one undo step [D12]', async () => {
    const editor = await propose();
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), replaced);
    await undo();
    assert.equal(editor.document.getText(), code);
    await redo();
    assert.equal(editor.document.getText(), replaced);
    assert.deepEqual(ui.shown, []);
    await run('quillet.accept');
    assert.equal(editor.document.getText(), replaced);
    assert.match(ui.texts[0] ?? '', /^There is no /);
  });

  it('leaves the cursor at the first change after Accept, and at the selection after Reject', async () => {
    const asked = 'let zero;\nlet one = 1;';
    const editor = await openFile(`// top\n${code}`);
    const selection = await select(editor, asked);
    for (const decision of ['reject', 'accept']) {
      await answerText(asked.replace('1', '111'));
      ui.willType('larger');
      await run('quillet.rewrite');
      await run(`quillet.${decision}`, thread(ui.threads.length - 1));
      const { activeTextEditor } = vscode.window;
      assert.equal(activeTextEditor?.document, editor.document);
      if (decision === 'reject') assert.deepEqual(activeTextEditor?.selection, selection);
    }
    await eventually(() => vscode.window.activeTextEditor?.selection.isEmpty === true, 'a cursor');
    assert.deepEqual(vscode.window.activeTextEditor?.selection, new vscode.Selection(2, 0, 2, 0));
  });

  it('is accepted from the palette for the thread at the caret', async () => {
    const editor = await propose();
    await run('quillet.accept');
    assert.equal(editor.document.getText(), replaced);
  });

  it('is written where the code has moved', async () => {
    const editor = await propose();
    placeCaret(editor, 0, 0);
    for (const line of ['a;\n', 'b;\n', 'c;\n']) await type(line);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), `a;\nb;\nc;\n${replaced}`);
    await undo();
    assert.equal(editor.document.getText(), `a;\nb;\nc;\n${code}`);
  });

  it('is not written if the same lines were edited, but can be copied', async () => {
    const editor = await propose();
    placeCaret(editor, 1, 5);
    await type('X');
    const edited = editor.document.getText();
    ui.willPress('Copy Answer');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), edited);
    assert.match(ui.texts[0] ?? '', /^The lines that the proposal changes have been edited since you requested it/);
    assert.deepEqual(ui.shown[0]?.buttons.slice(0, 3), ['Regenerate', 'Open Diff', 'Copy Answer']);
    await eventually(async () => (await vscode.env.clipboard.readText()) === 'let one = 111;');
  });

  it('is written into a document in a background tab', async () => {
    const editor = await propose();
    const other = await openFile(code);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), replaced);
    assert.equal(other.document.getText(), code);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
  });

  it('replaces the proposal for the same lines if the user agrees, and only when it is ready', async () => {
    const editor = await propose();
    const [first] = ui.threads;
    assert.ok(first);
    const proposeAgain = async (): Promise<void> => {
      await select(editor, target);
      ui.willType('larger');
      await run('quillet.rewrite');
    };
    const question = 'These lines already have a proposal. Replace it?';
    const before = (await chats()).length;
    await proposeAgain();
    assert.deepEqual([ui.shown[0]?.text, ui.shown[0]?.isModal], [question, true]);
    assert.equal((await chats()).length, before, 'sent without an answer to the question');
    assert.equal(ui.threads.length, 1);
    ui.shown = [];
    ui.willPress('Replace');
    await answerWith(streamed(['let one'], { then: [{ do: 'cut' }] }));
    await proposeAgain();
    await run('quillet.closeThread', thread(1));
    assert.match(commentText(-1, first), /let one = 111;/);
    ui.willPress('Replace');
    await answerText('let one = 1111;');
    await proposeAgain();
    await run('quillet.accept', first);
    assert.equal(editor.document.getText(), code, 'the first proposal is still open');
    await run('quillet.accept', thread(ui.threads.length - 1));
    assert.equal(editor.document.getText(), code.replace(target, 'let one = 1111;'));
  });

  it('leaves a proposal for other lines alone', async () => {
    const editor = await propose();
    await select(editor, 'let two = 2;');
    await answerText('let two = 222;');
    ui.willType('larger');
    await run('quillet.rewrite');
    assert.deepEqual(ui.shown, []);
    await run('quillet.accept', thread(0));
    await run('quillet.accept', thread(1));
    assert.equal(editor.document.getText(), replaced.replace('let two = 2;', 'let two = 222;'));
  });

  it('is discarded by Reject', async () => {
    const editor = await propose();
    await run('quillet.reject', thread());
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code);
  });

  it('is shown by Open Diff next to the document, and Accept closes the diff', async () => {
    const editor = await propose();
    await run('quillet.openDiff', thread());
    const diff = await eventually(() => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : undefined;
    });
    assert.equal(diff.original.toString(), editor.document.uri.toString());
    const proposal = await vscode.workspace.openTextDocument(diff.modified);
    assert.equal(proposal.getText(), replaced);
    assert.equal(proposal.uri.path, editor.document.uri.path);
    await run('quillet.accept', proposal.uri);
    assert.equal(editor.document.getText(), replaced);
    await eventually(() =>
      vscode.window.tabGroups.all.every((group) =>
        group.tabs.every((tab) => !(tab.input instanceof vscode.TabInputTextDiff)),
      ),
    );
  });

  it('is replaced by a reply, which sends the history', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerNext(streamed(['let one = 111;']), streamed(['let one = 222;']));
    ui.willType('larger');
    await run('quillet.rewrite');
    await reply('even larger');
    const [first, second] = await chats();
    assert.deepEqual(second?.json.messages, [
      ...(first?.json.messages ?? []),
      { role: 'assistant', content: 'let one = 111;' },
      { role: 'user', content: 'even larger' },
    ]);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace(target, 'let one = 222;'));
  });

  it('cannot be accepted if the answer was truncated', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerWith(streamed(['let one'], { finishReason: 'length' }));
    ui.willType('larger');
    await run('quillet.rewrite');
    assert.equal(thread().contextValue, 'review idle');
    assert.ok(commentText(1).includes('let one'));
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(
      ui.shown.map(({ text, buttons }) => [text, ...buttons]),
      [['The answer was cut off at the token limit.', 'Continue']],
    );
  });
});
