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

async function proposal(): Promise<vscode.TextDocument> {
  const diff = await eventually(openDiff, 'the diff of the proposal');
  return vscode.workspace.openTextDocument(diff.modified);
}

async function noDiff(): Promise<void> {
  await eventually(() => openDiff() === undefined, 'no diff any more');
}

// Must come first: after a diff was opened and closed, cells in this host no longer support undo.
describe('Insert Completion in notebook cells', () => {
  useQuillet();

  it('streams into the cell in one undo step', async () => {
    const notebook = await openNotebook(first);
    const editor = await editCell(notebook, 0);
    await select(editor, first);
    await answerText('\nimport', ' sys');
    await run('quillet.insert');
    assert.deepEqual(cellTexts(notebook), [`${first}\nimport sys`]);
    await undo();
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.shown, []);
  });
});

describe('Rewrite in notebook cells', () => {
  useQuillet();

  it('opens a diff, and Accept writes it to the cell [D18]', async () => {
    const notebook = await openNotebook(first, second);
    const editor = await editCell(notebook, 1);
    await select(editor, 'return 3 * r * r');
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

  it('uses the whole cell without a selection, and Reject leaves it unchanged [D18]', async () => {
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

  it('rewrites the whole cell in place in one undo step [D18]', async () => {
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

  it('shows a notification instead of stealing the focus from another editor', async () => {
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
      { kind: 'information', text: 'Rewrite: The proposal is ready.', buttons: ['Open Diff'], isModal: false },
    ]);
    await editCell(notebook, 1);
    await run('quillet.openDiff');
    const shown = await proposal();
    assert.equal(shown.languageId, 'python');
    await run('quillet.accept', shown.uri);
    assert.deepEqual(cellTexts(notebook), [first, better]);
  });

  it('offers a cut-off answer without a proposal', async () => {
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

  it('shows the chosen one of two code blocks as the proposal', async () => {
    const notebook = await openNotebook(first, second);
    await editCell(notebook, 1);
    await answerText(`Either\n\`\`\`python\n${better}\n\`\`\`\nor\n\`\`\`python\npass\n\`\`\`\n`);
    ui.willType('more exact');
    ui.willPick('Block 1');
    ui.willPress('Choose Code Block…');
    await run('quillet.rewrite');
    const shown = await proposal();
    assert.equal(shown.getText(), better);
    await run('quillet.accept', shown.uri);
    assert.deepEqual(cellTexts(notebook), [first, better]);
  });

  for (const command of ['quillet.rewrite', 'quillet.rewriteInPlace']) {
    it(`does not restore a deleted cell with ${command} but offers the answer [D02]`, async () => {
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

  it('writes nothing if the cell is deleted while its diff is open [D02]', async () => {
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

  it('does not overwrite an edited cell [D09]', async () => {
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

  it('writes to a moved cell', async () => {
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

describe('a new notebook cell', () => {
  useQuillet();

  const next = { prompt: 'next' };

  async function startNext(notebook: vscode.NotebookDocument): Promise<{ readonly end: Promise<void> }> {
    await editCell(notebook, 1);
    await answerWith(inTwoParts(['area'], ['(2)']));
    const end = run('quillet.run', next);
    await chat();
    return { end };
  }

  it('is inserted below the target cell in one undo step [D18]', async () => {
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

  it('is a Markdown cell with the unchanged answer below a Markdown cell [D18]', async () => {
    const words = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'Some words.', 'markdown');
    const notebook = await openNotebook(words);
    await editCell(notebook, 0);
    await answerText('More words:\n\n```python\nx\n```');
    await run('quillet.run', next);
    assert.deepEqual(cellTexts(notebook), ['Some words.', 'More words:\n\n```python\nx\n```']);
    assert.equal(notebook.cellAt(1).kind, vscode.NotebookCellKind.Markup);
  });

  it('is inserted below a moved cell', async () => {
    const notebook = await openNotebook(first, second);
    const done = await startNext(notebook);
    await run('notebook.cell.moveUp');
    await continueAnswer();
    await done.end;
    assert.deepEqual(cellTexts(notebook), [second, 'area(2)', first]);
    assert.deepEqual(ui.shown, []);
  });

  it('is not inserted if the target cell was deleted', async () => {
    const notebook = await openNotebook(first, second);
    const done = await startNext(notebook);
    await deleteCell(notebook, 1);
    await continueAnswer();
    await done.end;
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    assert.deepEqual(ui.shown[0]?.buttons.slice(0, 2), ['Copy Answer', 'Open Answer']);
  });

  it('is not inserted for a cut-off answer', async () => {
    const notebook = await openNotebook(first);
    await editCell(notebook, 0);
    await answerWith(streamed(['area'], { finishReason: 'length' }));
    await run('quillet.run', next);
    assert.deepEqual(cellTexts(notebook), [first]);
    assert.deepEqual(ui.errors, ['The answer was cut off at the token limit.']);
  });

  it('is not inserted by "before" and "insert", which write to the cell', async () => {
    const notebook = await openNotebook(first);
    for (const destination of ['before', 'insert']) {
      await select(await editCell(notebook, 0), first);
      await answerText(`# ${destination}`);
      await run('quillet.run', { prompt: 'next', destination });
    }
    assert.deepEqual(cellTexts(notebook), [`# before\n${first}# insert`]);
  });
});
