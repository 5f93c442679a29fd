import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerText, answerWith, chat, continueAnswer, inTwoParts } from '../support/modelServer';
import { cellTexts, deleteCell, editCell, openNotebook } from '../support/notebook';
import { run, ui, useQuillet } from '../support/quillet';
import { openFile, select, undo } from '../support/workspace';

const first = 'import math';
const second = 'def area(r):\n    return 3 * r * r';
const better = second.replace('3 *', 'math.pi *');

function openDiff(): vscode.TabInputTextDiff | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : undefined;
}

/** Waits for the diff that shows the proposal. */
async function proposal(): Promise<vscode.TextDocument> {
  const diff = await eventually(openDiff, 'the diff of the proposal');
  return vscode.workspace.openTextDocument(diff.modified);
}

async function noDiff(): Promise<void> {
  await eventually(() => openDiff() === undefined, 'no diff any more');
}

// First, because a cell in this host takes no undo once a diff was opened and closed.
describe('Notebook cells: Insert Completion', () => {
  useQuillet();

  it('streams into the cell, one undo step', async () => {
    const notebook = await openNotebook(first);
    const editor = await editCell(notebook, 0);
    select(editor, first);
    await answerText('\nimport', ' sys');
    await run('quillet.insert');
    assert.deepEqual(cellTexts(notebook), [`${first}\nimport sys`]);
    await undo();
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.shown, []);
  });
});

describe('Notebook cells: Rewrite', () => {
  useQuillet();

  it('D18: opens the diff of the selection, and Accept writes it into the cell', async () => {
    const notebook = await openNotebook(first, second);
    const editor = await editCell(notebook, 1);
    select(editor, 'return 3 * r * r');
    await answerText('```python\n', 'return math.pi * r * r', '\n```');
    ui.willType('more exact');
    await run('quillet.rewrite');
    const shown = await proposal();
    assert.equal(shown.getText(), better);
    assert.equal(shown.languageId, 'python');
    assert.deepEqual(cellTexts(notebook), [first, second]);
    await run('quillet.accept', shown.uri);
    await noDiff();
    assert.deepEqual(cellTexts(notebook), [first, better]);
    assert.deepEqual(ui.shown, []);
  });

  it('D18: with nothing selected takes the whole cell, and Reject leaves it as it is', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerText(better);
    ui.willType('more exact');
    await run('quillet.rewrite');
    assert.ok((await chat()).json.messages[1]?.content.endsWith(`\n\n${second}`));
    const shown = await proposal();
    assert.equal(shown.getText(), better);
    await run('quillet.reject', shown.uri);
    await noDiff();
    assert.deepEqual(cellTexts(notebook), [first, second]);
    await run('quillet.accept');
    assert.deepEqual(cellTexts(notebook), [first, second]);
  });

  it('D18: in place writes the whole cell, one undo step', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerText(better);
    ui.willType('more exact');
    await run('quillet.rewriteInPlace');
    assert.deepEqual(cellTexts(notebook), [first, better]);
    await undo();
    assert.deepEqual(cellTexts(notebook), [first, second]);
    assert.deepEqual(ui.shown, []);
  });

  it('does not tear anybody away from another editor: it says that the proposal is ready', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerWith(inTwoParts([better.slice(0, 9)], [better.slice(9)]));
    ui.willType('more exact');
    const done = run('quillet.rewrite');
    await chat();
    const other = await openFile('something else\n', 'txt');
    await continueAnswer();
    await done;
    assert.equal(openDiff(), undefined);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
    assert.deepEqual(ui.shown, [
      { kind: 'information', text: 'Rewrite: the proposal is ready.', buttons: ['Open Diff'], isModal: false },
    ]);
    await editCell(notebook, 1);
    await run('quillet.openDiff');
    const shown = await proposal();
    assert.equal(shown.languageId, 'python');
    await run('quillet.accept', shown.uri);
    assert.deepEqual(cellTexts(notebook), [first, better]);
  });

  it('an answer that is cut off is offered, and nothing is left to accept', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerWith(streamed(['def area'], { finishReason: 'length' }));
    ui.willType('more exact');
    await run('quillet.rewrite');
    assert.deepEqual(ui.errors, ['The answer was cut off at the token limit.']);
    assert.deepEqual(ui.shown[0]?.buttons.slice(0, 2), ['Copy Answer', 'Open Answer']);
    assert.equal(openDiff(), undefined);
    ui.clear();
    await run('quillet.accept');
    assert.match(ui.texts[0] ?? '', /^There is no (answer|proposal) here/);
    assert.deepEqual(cellTexts(notebook), [first, second]);
  });

  it('need 8: of two blocks the user chooses one, which is shown as the proposal', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerText(`Either\n\`\`\`python\n${better}\n\`\`\`\nor\n\`\`\`python\npass\n\`\`\`\n`);
    ui.willType('more exact');
    ui.willPick('Block 1');
    ui.willPress('Choose…');
    await run('quillet.rewrite');
    const shown = await proposal();
    assert.equal(shown.getText(), better);
    await run('quillet.accept', shown.uri);
    assert.deepEqual(cellTexts(notebook), [first, better]);
  });

  for (const command of ['quillet.rewrite', 'quillet.rewriteInPlace']) {
    it(`D02: a cell that is deleted meanwhile is not brought back by ${command}; the answer is offered aside`, async () => {
      const notebook = await openNotebook(first, second);
      await editCell(notebook, 1);
      await answerWith(inTwoParts([better.slice(0, 9)], [better.slice(9)]));
      ui.willType('more exact');
      const done = run(command);
      await chat();
      await deleteCell(notebook, 1);
      await vscode.env.clipboard.writeText('');
      ui.willPress('Copy Answer');
      await continueAnswer();
      await done;
      assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
      await eventually(async () => (await vscode.env.clipboard.readText()) === better);
      assert.deepEqual(cellTexts(notebook), [first]);
      assert.equal(openDiff(), undefined);
    });
  }

  it('D02: a cell that is deleted while its diff is open gets nothing either', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerText(better);
    ui.willType('more exact');
    await run('quillet.rewrite');
    const shown = await proposal();
    await deleteCell(notebook, 1);
    ui.willPress('Copy Answer');
    await run('quillet.accept', shown.uri);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    await eventually(async () => (await vscode.env.clipboard.readText()) === better);
    assert.deepEqual(cellTexts(notebook), [first]);
  });

  it('D09: a cell that is edited meanwhile is not written over', async () => {
    const notebook = await openNotebook(first, second);
    const editor = await editCell(notebook, 1);
    await answerWith(inTwoParts([better.slice(0, 9)], [better.slice(9)]));
    ui.willType('more exact');
    const done = run('quillet.rewriteInPlace');
    await chat();
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 4), '# mine\n    '));
    const edited = cellTexts(notebook);
    await continueAnswer();
    await done;
    assert.deepEqual(cellTexts(notebook), edited);
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
  });

  it('need 6: a cell that is moved meanwhile is written where it is', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerWith(inTwoParts([better.slice(0, 9)], [better.slice(9)]));
    ui.willType('more exact');
    const done = run('quillet.rewriteInPlace');
    await chat();
    await run('notebook.cell.moveUp');
    assert.deepEqual(cellTexts(notebook), [second, first]);
    await continueAnswer();
    await done;
    assert.deepEqual(cellTexts(notebook), [better, first]);
    assert.deepEqual(ui.shown, []);
  });
});

describe('Notebook cells: a new one', () => {
  useQuillet();

  const next = { prompt: 'next' };

  /** Asks for what comes behind the second cell; the answer is complete when the test goes on. */
  async function startNext(notebook: vscode.NotebookDocument): Promise<{ readonly end: Promise<void> }> {
    await editCell(notebook, 1);
    await answerWith(inTwoParts(['area'], ['(2)']));
    const end = run('quillet.run', next);
    await chat();
    return { end };
  }

  it('D18: takes the answer below the cell, cleaned, one undo step', async () => {
    const notebook = await openNotebook(first, second, 'last');
    const editor = await editCell(notebook, 1);
    await answerText('<think>hm</think>Sure:\n```python\n', 'area(2)\n', '\n```');
    await run('quillet.run', next);
    assert.deepEqual(cellTexts(notebook), [first, second, 'area(2)', 'last']);
    const cell = notebook.cellAt(2);
    assert.equal(cell.kind, vscode.NotebookCellKind.Code);
    assert.equal(cell.document.languageId, 'python');
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    assert.deepEqual(ui.shown, []);
    await run('notebook.cell.quitEdit');
    await eventually(async () => {
      if (notebook.cellCount === 4) await undo();
      return notebook.cellCount === 3;
    }, 'the new cell undone');
    assert.deepEqual(cellTexts(notebook), [first, second, 'last']);
  });

  it('D18: below a cell of Markdown is one of Markdown, as it was answered', async () => {
    const words = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'Some words.', 'markdown');
    const notebook = await openNotebook(words);
    await editCell(notebook, 0);
    await answerText('More words:\n\n```python\nx\n```');
    await run('quillet.run', next);
    assert.deepEqual(cellTexts(notebook), ['Some words.', 'More words:\n\n```python\nx\n```']);
    assert.equal(notebook.cellAt(1).kind, vscode.NotebookCellKind.Markup);
  });

  it('is written where the cell went', async () => {
    const notebook = await openNotebook(first, second);
    const done = await startNext(notebook);
    await run('notebook.cell.moveUp');
    await continueAnswer();
    await done.end;
    assert.deepEqual(cellTexts(notebook), [second, 'area(2)', first]);
    assert.deepEqual(ui.shown, []);
  });

  it('is not written where the cell is gone: the answer is offered aside', async () => {
    const notebook = await openNotebook(first, second);
    const done = await startNext(notebook);
    await deleteCell(notebook, 1);
    await continueAnswer();
    await done.end;
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    assert.deepEqual(ui.shown[0]?.buttons.slice(0, 2), ['Copy Answer', 'Open Answer']);
  });

  it('is not made of an answer that is cut off', async () => {
    const notebook = await openNotebook(first);
    await editCell(notebook, 0);
    await answerWith(streamed(['area'], { finishReason: 'length' }));
    await run('quillet.run', next);
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.errors, ['The answer was cut off at the token limit.']);
  });

  it('is not what "before" and "insert" mean: these write into the cell', async () => {
    const notebook = await openNotebook(first);
    for (const destination of ['before', 'insert']) {
      select(await editCell(notebook, 0), first);
      await answerText(`# ${destination}`);
      await run('quillet.run', { prompt: 'next', destination });
    }
    assert.deepEqual(cellTexts(notebook), [`# before\n${first}# insert`]);
  });
});
