import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { cellTexts, editCell, openNotebook } from '../support/notebook';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, openUri, placeCaret, select, type } from '../support/workspace';

const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const asked = lines.map((line) => `let ${line};`).join('\n');
const code = `// above\n${asked}\n// below\n`;
const answer = asked.replace('let one;', 'const one;').replace('let seven;', 'const seven;');
const written = code.replace(asked, answer);
const twoBlocks = 'Either\n```ts\nconst a;\n```\nor\n```ts\nconst b;\n```\n';

async function propose(content = code, text = asked): Promise<vscode.TextEditor> {
  const editor = await openFile(content);
  await select(editor, text);
  await answerText(answer);
  ui.willType('constants');
  await run('quillet.rewrite');
  return editor;
}

function caretAt(editor: vscode.TextEditor, text: string): void {
  const { line, character } = editor.document.positionAt(editor.document.getText().indexOf(text));
  placeCaret(editor, line, character);
}

async function closeAll(document: vscode.TextDocument): Promise<void> {
  await run('workbench.action.files.saveAll');
  await run('workbench.action.closeAllEditors');
  await eventually(() => document.isClosed, 'the document is closed');
}

function openDiffs(): readonly vscode.TabInputTextDiff[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.map(({ input }) => input).filter((input) => input instanceof vscode.TabInputTextDiff);
}

describe('A proposal and concurrent changes', () => {
  useQuillet();

  it('does not revert edits made before a hidden answer was first shown [D09]', async () => {
    const editor = await openFile(code);
    await select(editor, 'let four;');
    ui.willType('constants');
    await answerNext(streamed(['const four;']), streamed(['const fourth;']), streamed(['const fourMine;']));
    await run('quillet.rewrite');
    const other = run('quillet.askOtherModels', thread());
    const picker = await eventually(() => ui.pickers[0]);
    picker.type('test/second');
    picker.acceptSelected();
    await other;
    caretAt(editor, 'four;');
    await type('mine');
    const edited = editor.document.getText();
    await run('quillet.regenerate', thread());
    assert.ok((await chats())[2]?.json.messages.at(-1)?.content.includes('let minefour;'));
    await run('quillet.previousAnswer', thread());
    assert.ok(commentText(-1).includes('fourth'));
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), edited);
    assert.match(ui.texts[0] ?? '', /^The lines that the proposal changes have been edited/);
  });

  it('is reopened by Go to Next Proposal after its file was closed [D02]', async () => {
    const editor = await propose();
    const { uri } = editor.document;
    await closeAll(editor.document);
    const other = await propose();
    placeCaret(other, 8, 0);
    await run('quillet.nextReview');
    const again = vscode.window.activeTextEditor;
    assert.deepEqual(ui.texts, []);
    assert.equal(again?.document.uri.toString(), uri.toString());
    assert.equal(again?.selection.active.line, 1);
    await run('quillet.nextReview');
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
    await run('quillet.accept', thread(0));
    assert.equal(again?.document.getText(), written);
  });

  it('is skipped by Go to Next Proposal if its file was deleted [D02]', async () => {
    const editor = await propose();
    await closeAll(editor.document);
    await vscode.workspace.fs.delete(editor.document.uri);
    // Must differ: a deleted file whose text appears in another file counts as moved.
    const other = await propose(`// other\n${code}`);
    await run('quillet.nextReview');
    assert.deepEqual(ui.texts, []);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2);
    await run('quillet.reject', thread(1));
    await run('quillet.nextReview');
    assert.deepEqual(ui.texts, ['There is no proposal here. Rewrite a selection first.']);
  });

  it('follows edits of a file that was closed and reopened [D02]', async () => {
    const editor = await propose();
    const { uri } = editor.document;
    await closeAll(editor.document);
    const again = await openUri(uri);
    caretAt(again, 'let four');
    await type('/* mine */ ');
    const edited = written.replace('let four', '/* mine */ let four');
    await run('quillet.accept', thread());
    assert.equal(again.document.getText(), edited);
    assert.deepEqual(ui.texts, []);
  });

  it('follows a file that was closed, renamed and reopened [D04]', async () => {
    const editor = await propose();
    await closeAll(editor.document);
    const to = inWorkspace(`renamed${Date.now()}.ts`);
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(editor.document.uri, to);
    assert.ok(await vscode.workspace.applyEdit(edit));
    const again = await openUri(to);
    await run('quillet.accept');
    assert.deepEqual(ui.texts, []);
    assert.equal(again.document.getText(), written);
  });

  it('follows a file moved by another extension [D04]', async () => {
    // Must differ from all other files: a moved file is found by its text.
    const editor = await propose(`// moved\n${code}`);
    await editor.document.save();
    const to = inWorkspace(`moved${Date.now()}.ts`);
    await vscode.workspace.fs.rename(editor.document.uri, to);
    const moved = await eventually(() => ui.threads[1], 'the thread in the file that was moved');
    assert.equal(moved.uri.toString(), to.toString());
    const again = await openUri(to);
    placeCaret(again, 0, 0);
    await run('quillet.accept');
    assert.deepEqual(ui.texts, []);
    assert.equal(again.document.getText(), `// moved\n${written}`);
  });

  it('follows an untitled document that is saved [D04]', async () => {
    const document = await vscode.workspace.openTextDocument({ content: code, language: 'typescript' });
    const editor = await vscode.window.showTextDocument(document);
    await select(editor, asked);
    await answerText(answer);
    ui.willType('constants');
    await run('quillet.rewrite');
    const saved = vscode.workspace.saveAs(document.uri);
    const uri = await eventually(async () => {
      await run('workbench.action.acceptSelectedQuickOpenItem');
      return Promise.race([saved, new Promise<undefined>((resolve) => setTimeout(resolve, 200))]);
    }, 'the file saved');
    const moved = await eventually(() => ui.threads[1], 'the thread in the file');
    assert.equal(moved.uri.toString(), uri.toString());
    const again = await openUri(uri);
    await run('quillet.accept');
    assert.deepEqual(ui.texts, []);
    assert.equal(again.document.getText(), written);
    await run('workbench.action.files.revert');
    await vscode.workspace.fs.delete(uri);
  });

  it('stays open while another answer is streaming after an accepted change', async () => {
    const editor = await propose();
    caretAt(editor, 'let one');
    await answerNext(inTwoParts(['let'], [answer.slice(3)]));
    let regenerated = Promise.resolve();
    const accepted = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document !== editor.document) return;
      accepted.dispose();
      regenerated = run('quillet.regenerate', thread());
    });
    await run('quillet.openDiff', thread());
    await eventually(() => openDiffs().length === 1);
    await run('quillet.acceptChange', thread());
    await eventually(() => commentText(1).includes('let'));
    await continueAnswer();
    await regenerated;
    assert.equal(thread().contextValue, 'review idle ready several');
  });

  it('is sent with a follow-up unchanged if a rejection failed', async () => {
    const editor = await propose();
    caretAt(editor, 'one;');
    await type('x');
    await run('quillet.rejectChange', thread());
    assert.match(ui.texts[0] ?? '', /^The lines that the proposal changes have been edited/);
    await reply('six too');
    assert.equal((await chats())[1]?.json.messages.at(-2)?.content, answer);
  });

  it('is copied as shown after switching back to it', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one;');
    ui.willType('constants');
    await answerNext(streamed(['const one;']), streamed(['const other;']));
    await run('quillet.rewrite');
    await run('quillet.regenerate', thread());
    await run('quillet.previousAnswer', thread());
    assert.equal(thread().comments.at(-1)?.contextValue, 'answer review');
    await run('quillet.copyAnswer', thread());
    assert.equal(await vscode.env.clipboard.readText(), 'const one;');
  });

  it('shows a warning if Regenerate cannot send the current code', async () => {
    const editor = await propose('let a = i;\nlet b = i;\n', 'i;');
    placeCaret(editor, 0, 9);
    await type('x');
    await run('quillet.regenerate', thread());
    assert.match(ui.texts[0] ?? '', /the model gets the original code/);
    assert.equal((await chats()).length, 2);
  });

  it('is not replaced by a code block of an older answer, which can be copied instead', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one;');
    await answerNext(streamed([twoBlocks]), streamed(['const one;']));
    ui.willType('constants');
    let press = (): void => undefined;
    ui.willPress('Choose Code Block…', new Promise<void>((resolve) => (press = resolve)));
    ui.willPick('Block 2');
    await run('quillet.rewrite');
    await run('quillet.regenerate', thread());
    ui.willPress('Copy Answer');
    press();
    await eventually(async () => (await vscode.env.clipboard.readText()) === 'const b;', 'the block offered');
    assert.equal(ui.texts[1], "Another answer has replaced this one, so the code block wasn't used.");
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace('let one;', 'const one;'));
  });
});

describe('An answer with several code blocks', () => {
  useQuillet();

  it('keeps offering the choice after switching back to it', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one;');
    await answerNext(streamed([twoBlocks]), streamed(['const one;']));
    ui.willType('constants');
    await run('quillet.rewrite');
    assert.equal(thread().contextValue, 'review idle choice');
    await run('quillet.regenerate', thread());
    await run('quillet.chooseBlock', thread());
    assert.equal(ui.texts.at(-1), "This answer doesn't have multiple code blocks to choose from.");
    await run('quillet.previousAnswer', thread());
    assert.equal(thread().contextValue, 'review idle choice several');
    ui.clear();
    ui.threads = [...ui.openThreads];
    await run('quillet.chooseBlock', thread());
    assert.deepEqual(ui.texts, []);
    assert.equal(thread().contextValue, 'review idle choice several');
    ui.willPick('Block 2');
    await run('quillet.chooseBlock');
    assert.equal(thread().contextValue, 'review idle ready several');
    // The note that no block was chosen is gone.
    assert.match(commentText(-1), /\+const b;/);
    await run('quillet.nextAnswer', thread());
    await run('quillet.previousAnswer', thread());
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace('let one;', 'const b;'));
  });

  it('offers the choice for a hidden answer of another model', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one;');
    await answerNext(streamed(['const one;']), streamed([twoBlocks]));
    ui.willType('constants');
    await run('quillet.rewrite');
    const other = run('quillet.askOtherModels', thread());
    const picker = await eventually(() => ui.pickers[0]);
    picker.type('test/second');
    picker.acceptSelected();
    await other;
    await run('quillet.nextAnswer', thread());
    ui.willPick('Block 1');
    await run('quillet.chooseBlock', thread());
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace('let one;', 'const a;'));
  });
});

describe('Several proposals in one notebook cell', () => {
  useQuillet();

  const cell = 'alpha = 1\nbeta = 2\ngamma = 3';

  async function rewriteTwo(...answers: readonly string[]): Promise<vscode.NotebookDocument> {
    const notebook = await openNotebook(cell);
    const editor = await editCell(notebook, 0);
    editor.selections = [new vscode.Selection(0, 0, 0, 9), new vscode.Selection(2, 0, 2, 9)];
    await answerNext(...answers.map((text) => streamed([text])));
    ui.willPick('Each Selection Separately');
    ui.willType('larger');
    await run('quillet.rewrite');
    return notebook;
  }

  it('are closed independently of each other [D18]', async () => {
    let press = (): void => undefined;
    ui.willPress('Copy Answer', new Promise<void>((resolve) => (press = resolve)));
    const notebook = await openNotebook(cell);
    const editor = await editCell(notebook, 0);
    editor.selection = new vscode.Selection(0, 0, 0, 9);
    ui.willType('larger');
    await answerNext(streamed([twoBlocks]), streamed(['gamma = 33']));
    await run('quillet.rewrite');
    editor.selection = new vscode.Selection(2, 0, 2, 9);
    ui.willType('larger');
    await run('quillet.rewrite');
    const [diff] = await eventually(() => (openDiffs().length === 1 ? openDiffs() : undefined), 'the diff');
    await run('quillet.closeThread', thread(0));
    press();
    await eventually(async () => (await vscode.env.clipboard.readText()) === twoBlocks);
    await run('quillet.accept', diff?.modified);
    assert.deepEqual(cellTexts(notebook), ['alpha = 1\nbeta = 2\ngamma = 33']);
    await eventually(() => openDiffs().length === 0);
  });

  it('open a diff each [D18]', async () => {
    // Whether the first diff opens automatically depends on where the host reports the focus.
    ui.willPress('Open Diff');
    ui.willPress('Open Diff');
    const notebook = await rewriteTwo('alpha = 11', 'alpha = 11');
    const diffs = await eventually(() => (openDiffs().length === 2 ? openDiffs() : undefined), 'both diffs');
    for (const { modified } of diffs) await run('quillet.accept', modified);
    assert.deepEqual(cellTexts(notebook), ['alpha = 11\nbeta = 2\nalpha = 11']);
  });

  it('each ask for one of several code blocks', async () => {
    let press = (): void => undefined;
    ui.willPress('Choose Code Block…', new Promise<void>((resolve) => (press = resolve)));
    const notebook = await rewriteTwo(twoBlocks, twoBlocks);
    ui.willPick('Block 1');
    ui.willPick('Block 2');
    press();
    assert.deepEqual(ui.shown[0]?.buttons, ['Choose Code Block…', 'Open Answers', 'Show Log']);
    const diffs = await eventually(() => (openDiffs().length === 2 ? openDiffs() : undefined), 'both diffs');
    for (const { modified } of diffs) await run('quillet.accept', modified);
    assert.deepEqual(cellTexts(notebook), ['const a;\nbeta = 2\nconst b;']);
  });

  it('are discarded if no code block is chosen', async () => {
    await rewriteTwo(twoBlocks, twoBlocks);
    await eventually(async () => {
      ui.clear();
      await run('quillet.nextReview');
      return ui.texts[0]?.startsWith('There is no proposal here');
    }, 'no proposal left');
  });
});
