import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { textCompletion } from '../../support/otherApis';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerText,
  answerWith,
  baseUrl,
  chat,
  chats,
  continueAnswer,
  inTwoParts,
  resetServer,
} from '../support/modelServer';
import { deletePrompts, writePrompt } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, placeCaret, redo, select, type, undo, untilQuiet, untilText } from '../support/workspace';
import { loggedEnd } from '../support/writing';

const original = '// top\n// make a greeting\n// bottom\n';
const request = '// make a greeting';
const withAnswer = (answer: string) => original.replace(request, request + answer);

interface Streaming {
  readonly editor: vscode.TextEditor;
  readonly done: Promise<void>;
}

// Returns when the first part of the answer is in the document.
async function startStreaming(content = original): Promise<Streaming> {
  const editor = await openFile(content);
  await select(editor, request);
  await answerWith(inTwoParts(['\nconst a', ' = 1;\ncon'], ['st b', ' = 2;\n']));
  const done = run('quillet.insert');
  await untilText(editor, 'const a = 1;');
  return { editor, done };
}

const firstPart = '\nconst a = 1;\ncon';
const answer = '\nconst a = 1;\nconst b = 2;\n';

async function finish({ done }: Streaming): Promise<void> {
  await continueAnswer();
  await done;
}

describe('Insert Completion', () => {
  useQuillet();
  afterEach(deletePrompts);

  it('sends the selection unchanged, after a system prompt that asks for the completion only', async () => {
    const prompt = '  \tDéjà vu ${selection} $& "x" \\n 🙂\r\n\r\n  end  ';
    const editor = await openFile(`first\r\n${prompt}\r\nlast\r\n`, 'md');
    await select(editor, prompt);
    await answerText('Done.');
    await run('quillet.insert');
    const { messages, ...rest } = (await chat()).json;
    assert.deepEqual(rest, { model: 'quillet-test', stream: true, stream_options: { include_usage: true } });
    const [system, ...others] = messages;
    assert.equal(system?.role, 'system');
    assert.match(system?.content ?? '', /Answer with the completion only/);
    assert.ok((system?.content.length ?? 0) < 400);
    assert.deepEqual(others, [{ role: 'user', content: prompt }]);
  });

  it('sends the text alone for a prompt file of the user without a system prompt, and its own one if there is one', async () => {
    const editor = await openFile(original);
    for (const [file, messages] of [
      ['${selection}', [{ role: 'user', content: request }]],
      [
        '---\nsystem: Mine.\n---\n${selection}',
        [
          { role: 'system', content: 'Mine.' },
          { role: 'user', content: request },
        ],
      ],
    ] as const) {
      await resetServer();
      await writePrompt('insert.prompt.md', file);
      await select(editor, request);
      await answerText('\nnext');
      ui.willPress('Use Prompt');
      await run('quillet.insert');
      assert.deepEqual((await chat()).json.messages, messages);
      assert.ok(editor.document.getText().includes(`${request}\nnext`));
    }
  });

  it('sends a text completion model the text alone, and inserts its answer unchanged', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), api: 'completions' } } });
    const editor = await openFile('// make a\n');
    placeCaret(editor, 0, 9);
    await answerWith(textCompletion([' greeting\nconst a = 1;']), 'completions');
    await run('quillet.insert');
    const sent = (await allRequests()).find(({ path }) => path.endsWith('/completions'));
    assert.equal((sent?.json as { prompt?: string } | undefined)?.prompt, '// make a');
    assert.equal(editor.document.getText(), '// make a greeting\nconst a = 1;\n');
  });

  it('starts a new line behind a line comment, at its indentation', async () => {
    const text = 'class A {\n    // sum of all\n}\n';
    for (const isSelected of [true, false]) {
      const editor = await openFile(text);
      if (isSelected) await select(editor, '// sum of all');
      else placeCaret(editor, 1, 17);
      await answerText('sum() {', '\n', '  return 1;\n}');
      await run('quillet.insert');
      const written = 'class A {\n    // sum of all\n    sum() {\n      return 1;\n    }\n}\n';
      assert.equal(editor.document.getText(), written);
      await undo();
      assert.equal(editor.document.getText(), text);
    }
  });

  it('inserts on lines of its own if whole lines are selected, or before the text at the caret', async () => {
    for (const selection of [new vscode.Selection(1, 0, 2, 0), new vscode.Selection(2, 0, 2, 0)]) {
      const editor = await openFile(original);
      editor.selection = selection;
      await answerText('const a = 1;');
      await run('quillet.insert');
      assert.equal(editor.document.getText(), withAnswer('\nconst a = 1;'));
    }
  });

  it('starts a new line at the end of a file without line end', async () => {
    const editor = await openFile('# one', 'py');
    placeCaret(editor, 0, 5);
    await answerText('x = 1');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), '# one\nx = 1');
  });

  it('streams after the selection in one undo step [D12]', async () => {
    const streaming = await startStreaming();
    const { editor } = streaming;
    await finish(streaming);
    assert.equal(editor.document.getText(), withAnswer(answer));
    assert.deepEqual(ui.shown, []);
    assert.match(ui.statusText, / · 55 tokens$/);
    await undo();
    assert.equal(editor.document.getText(), original);
    await redo();
    assert.equal(editor.document.getText(), withAnswer(answer));
    await undo();
    assert.equal(editor.document.getText(), original);
  });

  it("leaves the user's last edit to a second undo", async () => {
    const editor = await openFile(original);
    placeCaret(editor, 0, 6);
    await type('!');
    const own = editor.document.getText();
    await select(editor, request);
    await answerText('\none', '\ntwo');
    await run('quillet.insert');
    await undo();
    assert.equal(editor.document.getText(), own);
    await undo();
    assert.equal(editor.document.getText(), original);
  });

  it('moves neither the caret nor the scroll position [D21]', async () => {
    const long = `${request}\n${'// line\n'.repeat(400)}`;
    const streaming = await startStreaming(long);
    const { editor } = streaming;
    const caret = new vscode.Selection(300, 2, 300, 2);
    editor.selection = caret;
    editor.revealRange(caret, vscode.TextEditorRevealType.InCenter);
    await eventually(() => (editor.visibleRanges[0]?.start.line ?? 0) > 200);
    const lineAtTop = () => editor.document.lineAt(editor.visibleRanges[0]?.start.line ?? 0).lineNumber;
    const top = lineAtTop();
    const line = editor.selection.active.line;
    await finish(streaming);
    const added = 1;
    assert.equal(editor.selection.active.line, line + added);
    assert.equal(editor.selection.active.character, 2);
    assert.ok(Math.abs(lineAtTop() - top - added) <= 1, `the view moved from ${top} to ${lineAtTop()}`);
  });

  it('moves a cursor behind the completion, in the same undo step', async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const content = original.replaceAll('\n', lineEnd);
      const editor = await openFile(content);
      placeCaret(editor, 1, request.length);
      await answerText('const a = 1;', '\nconst b = 2;');
      await run('quillet.insert');
      await eventually(() => editor.selection.active.line === 3, 'the cursor at the end of the completion');
      assert.deepEqual(editor.selection, new vscode.Selection(3, 12, 3, 12));
      await undo();
      assert.equal(editor.document.getText(), content);
    }
  });

  it('leaves a cursor that the user moved where it is', async () => {
    const editor = await openFile(original);
    placeCaret(editor, 1, request.length);
    await answerWith(inTwoParts(['const a = 1;\ncon'], ['st b = 2;']));
    const done = run('quillet.insert');
    await untilText(editor, 'const a = 1;');
    await untilQuiet(editor.document);
    placeCaret(editor, 0, 2);
    await continueAnswer();
    await done;
    assert.equal(editor.document.getText(), withAnswer('\nconst a = 1;\nconst b = 2;'));
    assert.deepEqual(editor.selection, new vscode.Selection(0, 2, 0, 2));
  });

  it('keeps the selection of the prompt [D21]', async () => {
    const editor = await openFile(original);
    const selection = await select(editor, request);
    await answerText('\none', '\ntwo');
    await run('quillet.insert');
    assert.ok(editor.selection.isEqual(selection), JSON.stringify(editor.selection));
  });

  it('removes the fence around an answer in code, but not in Markdown [U07]', async () => {
    for (const [extension, expected] of [
      ['ts', withAnswer('\na();')],
      ['md', withAnswer('\n```ts\na();\n```')],
    ] as const) {
      const editor = await openFile(original, extension);
      await select(editor, request);
      await answerText(...'```ts\na();\n```');
      await run('quillet.insert');
      assert.equal(editor.document.getText(), expected);
    }
  });

  it('handles an answer streamed character by character', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText(...'\n{}🙂');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), withAnswer('\n{}🙂'));
    await undo();
    assert.equal(editor.document.getText(), original);
  });

  it('sends the text before the caret unchanged without a selection', async () => {
    const editor = await openFile('één\r\n\ttwo three\r\n', 'md');
    placeCaret(editor, 1, 5);
    await answerText('AB');
    await run('quillet.insert');
    assert.deepEqual((await chat()).json.messages.slice(1), [{ role: 'user', content: 'één\r\n\ttwo ' }]);
    assert.equal(editor.document.getText(), 'één\r\n\ttwo ABthree\r\n');
    await eventually(() => editor.selection.isEqual(new vscode.Selection(1, 7, 1, 7)), 'the cursor after the answer');
  });

  it('sends at most quillet.insert.context characters without a selection', async () => {
    const editor = await openFile('0123456789abcdef\n', 'md');
    placeCaret(editor, 0, 16);
    await setSettings({ 'insert.context': 4 });
    await answerText('!');
    await run('quillet.insert');
    assert.deepEqual((await chat()).json.messages.slice(1), [{ role: 'user', content: 'cdef' }]);
  });

  it('removes reasoning', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText('<th', 'ink>a</thi', 'nk>\n\nco', 'de');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), withAnswer('\ncode'));
  });

  it('keeps a tag in the middle of the answer', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText(' if (a <think> b)', ' {}');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), withAnswer('\nif (a <think> b) {}'));
  });

  it('reports reasoning without an opening tag that was already written, and can undo it', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText('I name it a.', '\n</think>\n\n', 'const a = 1;');
    ui.willPress('Undo');
    await run('quillet.insert');
    assert.match(ui.errors[0] ?? '', /reasoning/);
    assert.deepEqual(ui.shown[0]?.buttons, ['Continue', 'Undo', 'Show Log']);
    await eventually(() => editor.document.getText() === original);
  });

  it('treats an answer of reasoning only as empty', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText('<think>all of it', ' and no end');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), original);
    assert.deepEqual(ui.errors, ['The model returned only reasoning and no answer.']);
  });

  it('keeps the line endings of a CRLF document [D20]', async () => {
    const streaming = await startStreaming(original.replaceAll('\n', '\r\n'));
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), withAnswer(answer).replaceAll('\n', '\r\n'));
    await undo();
    assert.equal(streaming.editor.document.getText(), original.replaceAll('\n', '\r\n'));
  });

  it('normalizes CRLF in an answer, even split across chunks [D20]', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerText(...'\r\none\r\n\r\ntwo');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), withAnswer('\none\n\ntwo'));
  });

  it('tolerates a change of the line endings [D20]', async () => {
    const streaming = await startStreaming();
    await streaming.editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), withAnswer(answer).replaceAll('\n', '\r\n'));
    assert.deepEqual(ui.shown, []);
  });

  it('tolerates a change of the language [D20]', async () => {
    const streaming = await startStreaming();
    await vscode.languages.setTextDocumentLanguage(streaming.editor.document, 'javascript');
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), withAnswer(answer));
    assert.deepEqual(ui.shown, []);
  });
});

describe('Insert Completion while the user continues to work', () => {
  useQuillet();

  it('writes to the original document while another tab has the focus [D01]', async () => {
    const streaming = await startStreaming();
    const other = await openFile('the other one\n');
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), withAnswer(answer));
    assert.equal(other.document.getText(), 'the other one\n');
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
    assert.deepEqual(ui.shown, []);
  });

  it('writes to the original document if another tab has the focus from the start [D01]', async () => {
    const editor = await openFile(original);
    await select(editor, request);
    await answerWith(inTwoParts([], [...'\none']));
    const done = run('quillet.insert');
    await chat();
    await openFile('the other one\n');
    await finish({ editor, done });
    assert.equal(editor.document.getText(), withAnswer('\none'));
    assert.deepEqual(ui.shown, []);
  });

  it('writes to the original document while another editor group has the focus [D01]', async () => {
    const streaming = await startStreaming();
    const { document } = streaming.editor;
    const other = await openFile('the other one\n');
    await vscode.commands.executeCommand('workbench.action.moveEditorToNextGroup');
    const version = other.document.version;
    await finish(streaming);
    assert.equal(document.getText(), withAnswer(answer));
    assert.equal(other.document.version, version);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
  });

  it('offers the whole answer if the document is closed [D02]', async () => {
    const streaming = await startStreaming();
    const { uri } = streaming.editor.document;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await eventually(() => streaming.editor.document.isClosed);
    ui.willPress('Copy Answer');
    await finish(streaming);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    assert.deepEqual(ui.shown[0]?.buttons, ['Copy Answer', 'Open Answer', 'Show Log']);
    await eventually(async () => (await vscode.env.clipboard.readText()) === answer, 'the answer on the clipboard');
    assert.deepEqual(vscode.window.visibleTextEditors, []);
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), original);
    assert.ok(ui.isIdle);
  });

  it('keeps text typed before the target [D07]', async () => {
    const streaming = await startStreaming();
    placeCaret(streaming.editor, 0, 0);
    await type('one;\n');
    await type('two;\n');
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), `one;\ntwo;\n${withAnswer(answer)}`);
    assert.deepEqual(ui.shown, []);
  });

  it('keeps text typed after the target [D08]', async () => {
    const streaming = await startStreaming();
    const { editor } = streaming;
    placeCaret(editor, editor.document.lineCount - 1, 0);
    await type('// end');
    await finish(streaming);
    assert.equal(editor.document.getText(), `${withAnswer(answer)}// end`);
    assert.ok(editor.selection.active.isEqual(editor.document.positionAt(editor.document.getText().length)));
  });

  it('stops writing and offers the rest if the user types inside the answer [D09]', async () => {
    const streaming = await startStreaming();
    const { editor } = streaming;
    placeCaret(editor, 2, 7);
    await type('X');
    const edited = editor.document.getText();
    assert.ok(edited.includes('const aX') || edited.includes('const Xa'));
    ui.willPress('Copy Answer');
    await finish(streaming);
    assert.equal(editor.document.getText(), edited);
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
    assert.ok(ui.shown[0]?.buttons.includes('Open Answer'));
    assert.equal(ui.shown[0]?.kind, 'warning');
    assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'doc.conflict', warnings: undefined });
    const rest = await eventually(async () => {
      const text = await vscode.env.clipboard.readText();
      return text.endsWith('st b = 2;\n') ? text : undefined;
    }, 'the rest on the clipboard');
    assert.equal(edited.replace('X', '').replace('\n// bottom', `${rest}\n// bottom`), withAnswer(answer));
    assert.ok(ui.isIdle);
  });

  it('writes nothing if the user deletes everything [D10]', async () => {
    const streaming = await startStreaming();
    const { editor } = streaming;
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('deleteLeft');
    assert.equal(editor.document.getText(), '');
    await finish(streaming);
    assert.equal(editor.document.getText(), '');
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
    assert.equal(ui.shown[0]?.kind, 'warning');
    assert.deepEqual(ui.shown[0]?.buttons, ['Copy Answer', 'Open Answer', 'Show Log']);
    assert.deepEqual(loggedEnd(), { outcome: 'ok', kind: 'doc.conflict', warnings: undefined });
  });

  it('stops the request if the user undoes the answer [D11]', async () => {
    const streaming = await startStreaming();
    await undo();
    await streaming.done;
    assert.equal(streaming.editor.document.getText(), original);
    assert.equal((await eventually(async () => (await chat()).ending)).by, 'client');
    assert.deepEqual(ui.texts, ['Undone. The answer was stopped.']);
    assert.equal(ui.shown[0]?.kind, 'warning');
    assert.deepEqual(loggedEnd(), { outcome: 'cancelled', kind: 'doc.undo', warnings: undefined });
    assert.ok(ui.isIdle);
  });

  it('loses and duplicates nothing if the user saves [D13]', async () => {
    const streaming = await startStreaming();
    await streaming.editor.document.save();
    await finish(streaming);
    assert.equal(streaming.editor.document.getText(), withAnswer(answer));
    assert.deepEqual(ui.shown, []);
  });

  it('decorates a stopped answer', async () => {
    const streaming = await startStreaming();
    await run('quillet.stop');
    await streaming.done;
    assert.equal(streaming.editor.document.getText(), withAnswer(firstPart));
    assert.match(ui.decorations.map((decoration) => decoration.after?.contentText).join(), /incomplete/);
    await undo();
    assert.equal(streaming.editor.document.getText(), original);
  });

  it('writes two answers in one document [D19]', async () => {
    const editor = await openFile('// first\n\n\n// second\n');
    await select(editor, '// first');
    await answerWith(inTwoParts(['\n1', '1'], ['1', '1\n']));
    const first = run('quillet.insert');
    await untilText(editor, '\n1');
    // A selection set during an edit can be mistaken for one that was moved by the edit.
    await untilQuiet(editor.document);
    await select(editor, '// second');
    await answerText('\n2', '2');
    await run('quillet.insert');
    await continueAnswer();
    await first;
    assert.equal((await chats()).length, 2);
    assert.equal(editor.document.getText(), '// first\n1111\n\n\n\n// second\n22\n');
    assert.deepEqual(ui.shown, []);
  });
});
