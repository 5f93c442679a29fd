import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, chats } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, placeCaret, redo, select, type, undo } from '../support/workspace';

const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const asked = lines.map((line) => `let ${line};`).join('\n');
const code = `// above\n${asked}\n// below\n`;
/** Changes the first, fourth and last line. */
const answer = asked
  .replace('let one;', 'const one;')
  .replace('let four;', 'const four;\nuse(four);')
  .replace('let seven;', 'const seven;');
const first = (text: string) => text.replace('let one;', 'const one;');
const second = (text: string) => text.replace('let four;', 'const four;\nuse(four);');
const third = (text: string) => text.replace('let seven;', 'const seven;');

async function propose(content = code, text = asked): Promise<vscode.TextEditor> {
  const editor = await openFile(content);
  await select(editor, text);
  await answerText(answer);
  ui.willType('constants');
  await run('quillet.rewrite');
  return editor;
}

async function openDiff(
  editor: vscode.TextEditor,
  of = thread(),
): Promise<{ before: vscode.TextEditor; after: vscode.TextEditor }> {
  await run('quillet.openDiff', of);
  const { uri } = editor.document;
  return eventually(() => {
    const visible = vscode.window.visibleTextEditors;
    const before = visible.find(({ document }) => document.uri.toString() === uri.toString());
    const after = visible.find(({ document }) => document.uri.scheme === 'quillet-proposal');
    return before && after && openDiffs().length === 1 ? { before, after } : undefined;
  }, 'both sides of the diff');
}

function openDiffs(): readonly vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff);
}

function proposalUri(): vscode.Uri {
  const input = openDiffs()[0]?.input;
  assert.ok(input instanceof vscode.TabInputTextDiff);
  return input.modified;
}

function caretAt(editor: vscode.TextEditor, text: string): void {
  const { document } = editor;
  const position = document.positionAt(document.getText().indexOf(text));
  editor.selection = new vscode.Selection(position, position);
}

describe('Changes of a proposal', () => {
  useQuillet();

  it('are shown in a diff with the file on the left, and closing it writes nothing', async () => {
    const editor = await propose();
    const { after } = await openDiff(editor);
    const input = openDiffs()[0]?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(input.original.toString(), editor.document.uri.toString());
    assert.equal(after.document.getText(), third(second(first(code))));
    await vscode.window.tabGroups.close(openDiffs());
    await eventually(() => openDiffs().length === 0);
    assert.deepEqual([editor.document.getText(), editor.document.version], [code, 1]);
    const reopened = await eventually(() => ui.threads[1], 'the thread with its text buttons');
    assert.equal(reopened.contextValue, 'review idle ready');
    await run('quillet.accept', reopened);
    assert.equal(editor.document.getText(), third(second(first(code))));
  });

  it('are shown in the language the user chose for the file', async () => {
    const editor = await propose();
    await vscode.languages.setTextDocumentLanguage(editor.document, 'python');
    const { after } = await openDiff(editor);
    assert.equal(after.document.languageId, 'python');
  });

  it('collapse the thread while the diff is open, and open it again with its text buttons', async () => {
    const editor = await propose();
    const { Collapsed, Expanded } = vscode.CommentThreadCollapsibleState;
    assert.equal(thread().collapsibleState, Expanded);
    await openDiff(editor);
    assert.equal(thread().collapsibleState, Collapsed);
    await vscode.window.tabGroups.close(openDiffs());
    const reopened = await eventually(() => ui.threads[1], 'a new thread, which VS Code draws with its buttons');
    assert.equal(reopened.collapsibleState, Expanded);
    assert.equal(reopened.contextValue, 'review idle ready');
    await eventually(() => commentText(-1, reopened).includes('+const one;'), 'the comments in the new thread');
  });

  it('can be accepted one by one at the caret of the diff, in one undo step [D12]', async () => {
    const editor = await propose();
    const { after } = await openDiff(editor);
    caretAt(after, 'use(four)');
    await run('quillet.acceptChange', proposalUri());
    assert.equal(editor.document.getText(), second(code));
    assert.equal(after.document.getText(), third(second(first(code))));
    await vscode.commands.executeCommand('workbench.action.compareEditor.focusSecondarySide');
    await undo();
    assert.equal(editor.document.getText(), code);
    await redo();
    assert.equal(editor.document.getText(), second(code));
    await undo();
    await run('quillet.accept', proposalUri());
    assert.equal(editor.document.getText(), third(second(first(code))));
    assert.deepEqual(ui.shown, []);
  });

  it('can be accepted at the caret of the file without a diff', async () => {
    const editor = await propose();
    caretAt(editor, 'let six');
    await run('quillet.acceptChange', thread());
    assert.equal(editor.document.getText(), third(code));
    assert.equal(editor.selection.active.line, 6);
    assert.match(commentText(1), /^```diff\n-let one;\n\+const one;\n/);
  });

  it('can be rejected, and the others can still be accepted', async () => {
    const editor = await propose();
    const { before, after } = await openDiff(editor);
    caretAt(before, 'let four');
    await vscode.commands.executeCommand('workbench.action.compareEditor.focusSecondarySide');
    await eventually(() => vscode.window.activeTextEditor === before);
    await run('quillet.rejectChange');
    assert.equal(editor.document.getText(), code);
    assert.equal(after.document.getText(), third(first(code)));
    assert.equal(before.selection.active.line, 1);
    await run('quillet.accept', proposalUri());
    assert.equal(editor.document.getText(), third(first(code)));
  });

  it('close the diff and the thread after the last decision', async () => {
    const editor = await propose();
    const { after } = await openDiff(editor);
    caretAt(after, 'const one');
    await run('quillet.acceptChange', proposalUri());
    await run('quillet.rejectChange', proposalUri());
    assert.equal(openDiffs().length, 1);
    await run('quillet.acceptChange', proposalUri());
    assert.equal(editor.document.getText(), third(first(code)));
    await eventually(() => openDiffs().length === 0);
    await run('quillet.accept', thread());
    assert.match(ui.texts[0] ?? '', /^There is no proposal/);
  });

  it('are tracked at both ends of the selection through undo and redo [D12]', async () => {
    const wide = `${asked}\n`;
    const editor = await openFile(wide);
    await select(editor, wide);
    await answerText(`first;\n${asked}\nlast;\n`);
    ui.willType('more');
    await run('quillet.rewrite');
    const both = `first;\n${wide}last;\n`;
    placeCaret(editor, 0, 0);
    await run('quillet.acceptChange', thread());
    assert.equal(editor.document.getText(), `first;\n${wide}`);
    await undo();
    assert.equal(editor.document.getText(), wide);
    placeCaret(editor, 8, 0);
    await run('quillet.acceptChange', thread());
    assert.equal(editor.document.getText(), `${wide}last;\n`);
    await undo();
    await redo();
    await undo();
    assert.equal(editor.document.getText(), wide);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), both);
    await undo();
    assert.equal(editor.document.getText(), wide);
  });

  it('keep the line endings of the file [D20]', async () => {
    const editor = await propose(code.replaceAll('\n', '\r\n'), asked.replaceAll('\n', '\r\n'));
    const { after } = await openDiff(editor);
    assert.equal(after.document.getText(), third(second(first(code))).replaceAll('\n', '\r\n'));
    caretAt(after, 'use(four)');
    await run('quillet.acceptChange', proposalUri());
    assert.equal(editor.document.getText(), second(code).replaceAll('\n', '\r\n'));
    await run('quillet.accept', proposalUri());
    assert.equal(editor.document.getText(), third(second(first(code))).replaceAll('\n', '\r\n'));
  });
});

describe('A proposal for code that was edited since', () => {
  useQuillet();

  it('is rebased if other lines were edited, in the thread, in the diff and on Accept', async () => {
    const editor = await propose();
    caretAt(editor, 'let two');
    await type('/* mine */ ');
    const edited = code.replace('let two', '/* mine */ let two');
    assert.equal(editor.document.getText(), edited);
    await eventually(() => commentText(1).includes('mine'), 'the rebased diff in the thread');
    const { before, after } = await openDiff(editor);
    assert.equal(after.document.getText(), third(second(first(edited))));
    await vscode.commands.executeCommand('workbench.action.compareEditor.focusSecondarySide');
    await eventually(() => vscode.window.activeTextEditor === before);
    caretAt(before, 'let six');
    await type('/* too */ ');
    const again = edited.replace('let six', '/* too */ let six');
    await eventually(() => after.document.getText() === third(second(first(again))), 'the diff that follows');
    await run('quillet.accept', proposalUri());
    assert.equal(editor.document.getText(), third(second(first(again))));
    await eventually(() => openDiffs().length === 0);
    await vscode.window.showTextDocument(editor.document);
    await undo();
    assert.equal(editor.document.getText(), again);
  });

  it('is rejected if the same line was edited, until that is undone', async () => {
    const editor = await propose();
    caretAt(editor, 'let four');
    await type('x');
    const edited = editor.document.getText();
    await eventually(() => commentText(1).includes('edited since'), 'the note in the thread');
    for (const command of ['accept', 'acceptChange', 'rejectChange']) {
      ui.shown.length = 0;
      await run(`quillet.${command}`, thread());
      assert.match(ui.texts[0] ?? '', /^The lines that the proposal changes have been edited/);
    }
    assert.equal(editor.document.getText(), edited);
    await undo();
    await eventually(() => !commentText(1).includes('edited since'));
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), third(second(first(code))));
  });

  it('is regenerated from the current code', async () => {
    const editor = await propose();
    caretAt(editor, 'let four');
    await type('my');
    const edited = editor.document.getText();
    await answerText(first(asked.replace('let four', 'mylet four')));
    ui.willPress('Regenerate');
    await run('quillet.accept', thread());
    await eventually(async () => (await chats()).length === 2 && thread().contextValue === 'review idle ready several');
    const sent = (await chats())[1]?.json.messages.at(-1)?.content ?? '';
    assert.ok(sent.includes('mylet four;') && !sent.includes('\nlet four;'), sent);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), first(edited));
  });

  it('is regenerated from the current code in a file with CRLF line endings', async () => {
    const editor = await propose(code.replaceAll('\n', '\r\n'), asked.replaceAll('\n', '\r\n'));
    caretAt(editor, 'let four');
    await type('my');
    await run('quillet.regenerate', thread());
    const sent = (await chats())[1]?.json.messages.at(-1)?.content ?? '';
    assert.ok(sent.includes('mylet four;') && !sent.includes('\nlet four;'), sent);
  });

  it('is continued by a reply, whose answer applies to the current code', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    const better = third(first(asked)).replace('let six', 'const six');
    await answerNext(streamed([answer]), streamed([better]));
    ui.willType('constants');
    await run('quillet.rewrite');
    caretAt(editor, 'let four');
    await run('quillet.rejectChange', thread());
    caretAt(editor, 'let two');
    await type('/* mine */ ');
    await reply('six too');
    const [, second] = await chats();
    const [shown, question] = second?.json.messages.slice(-2) ?? [];
    assert.deepEqual(
      [shown?.role, shown?.content, question?.content],
      ['assistant', `\`\`\`typescript\n${third(first(asked))}\n\`\`\``, 'six too'],
    );
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace(asked, better).replace('let two', '/* mine */ let two'));
  });

  it('is located again after the file was closed and reopened', async () => {
    const editor = await propose();
    const { uri } = editor.document;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await eventually(() => editor.document.isClosed, 'the document is closed');
    await run('quillet.accept', thread());
    assert.match(ui.texts[0] ?? '', /closed/);
    const again = await vscode.window.showTextDocument(uri);
    assert.notEqual(again.document, editor.document);
    await run('quillet.accept', thread());
    assert.equal(again.document.getText(), third(second(first(code))));
  });

  it('is located again after its text was cut and restored', async () => {
    const editor = await propose();
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('deleteLeft');
    assert.equal(editor.document.getText(), '');
    await run('quillet.accept', thread());
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
    await undo();
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), third(second(first(code))));
  });
});

describe('Several proposals', () => {
  useQuillet();

  /** Creates a review for each of these lines. */
  async function proposeFor(...words: readonly string[]): Promise<vscode.TextEditor> {
    const editor = await openFile(code);
    for (const word of words) {
      await select(editor, `let ${word};`);
      await answerText(`const ${word};\nuse(${word});`);
      ui.willType('constants');
      await run('quillet.rewrite');
    }
    return editor;
  }

  it('stay in place when one of them is accepted in one undo step [D19]', async () => {
    const editor = await proposeFor('three', 'one', 'six');
    await run('quillet.accept', thread(1));
    await run('quillet.accept', thread(2));
    await run('quillet.accept', thread(0));
    const all = ['one', 'three', 'six'].reduce((text, word) => {
      return text.replace(`let ${word};`, `const ${word};\nuse(${word});`);
    }, code);
    assert.equal(editor.document.getText(), all);
    await undo();
    assert.equal(editor.document.getText(), all.replace('const three;\nuse(three);', 'let three;'));
    await undo();
    await undo();
    assert.equal(editor.document.getText(), code);
  });

  it('are visited by Go to Next and Go to Previous Proposal file by file, wrapping around', async () => {
    const editor = await proposeFor('three', 'one');
    const other = await proposeFor('six');
    placeCaret(other, 0, 0);
    const visit = async (command = 'quillet.nextReview'): Promise<string> => {
      await run(command);
      const active = vscode.window.activeTextEditor;
      const name = active?.document === editor.document ? 'first' : 'second';
      return `${name} ${(active?.selection.active.line ?? -1) + 1}`;
    };
    const visits = [await visit(), await visit(), await visit(), await visit(), await visit()];
    assert.deepEqual(visits, ['second 7', 'first 2', 'first 4', 'second 7', 'first 2']);
    const back = 'quillet.previousReview';
    assert.deepEqual([await visit(back), await visit(back), await visit(back)], ['second 7', 'first 4', 'first 2']);
    await run('quillet.accept');
    assert.ok(editor.document.getText().includes('const one;'));
    assert.ok(!editor.document.getText().includes('const three;'));
  });

  it('show an error if there is none', async () => {
    await openFile(code);
    await run('quillet.nextReview');
    assert.deepEqual(ui.texts, ['There is no proposal here. Rewrite a selection first.']);
  });
});

describe('A proposal that cannot be written', () => {
  useQuillet();

  it('can be copied if VS Code rejects the edit every time [D24]', async () => {
    const editor = await propose();
    await openFile('');
    const original = vscode.workspace.applyEdit;
    let tries = 0;
    Object.assign(vscode.workspace, {
      applyEdit: async () => {
        tries += 1;
        return false;
      },
    });
    try {
      await run('quillet.accept', thread());
    } finally {
      Object.assign(vscode.workspace, { applyEdit: original });
    }
    assert.equal(editor.document.getText(), code);
    assert.equal(tries, 4);
    assert.equal(
      ui.shown[0]?.text,
      "Couldn't write the answer into the editor after several tries. You can still copy or open it.",
    );
    assert.ok(ui.shown[0]?.buttons.includes('Copy Answer'));
    assert.equal(thread().contextValue, 'review idle ready');
  });

  it('leaves a file that became read-only unchanged, even without a visible editor [D14]', async () => {
    const editor = await propose();
    const name = editor.document.uri.path.split('/').at(-1) ?? '';

    await setUserSetting('files.readonlyInclude', { [`**/${name}`]: true });
    const other = await openFile('');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.texts, ['This document is read-only, so nothing was written.']);
    await run('quillet.acceptChange', thread());
    assert.equal(editor.document.getText(), code);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
  });

  it('is completed by Continue after the token limit [S10]', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    const half = answer.slice(0, 40);
    await answerNext(streamed([half], { finishReason: 'length' }), streamed([answer.slice(40)]));
    ui.willType('constants');
    ui.willPress('Continue');
    await run('quillet.rewrite');
    await eventually(() => thread().contextValue === 'review idle ready', 'the proposal');
    const [, more] = await chats();
    assert.equal(more?.json.messages.at(-2)?.content, half);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), third(second(first(code))));
  });
});
