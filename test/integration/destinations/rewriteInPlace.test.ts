import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, deltaFrame, frame, framesOf, type Scenario, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  answerNext,
  answerText,
  answerWith,
  chat,
  chats,
  continueAnswer,
  GATE,
  inTwoParts,
} from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { openFile, placeCaret, redo, select, type, undo } from '../support/workspace';

const code = 'let zero;\nlet one = 1;\nlet two = 2;\n';
const target = 'let one = 1;';
const replaced = code.replace(target, 'let one = 111;');

async function rewrite(): Promise<void> {
  ui.willType('larger');
  await run('quillet.rewriteInPlace');
}

// Returns when half of the answer has arrived.
async function startRewrite(
  scenario = inTwoParts(['let one'], [' = 111;']),
): Promise<{ editor: vscode.TextEditor; done: Promise<void> }> {
  const editor = await openFile(code);
  await select(editor, target);
  await answerWith(scenario);
  const done = rewrite();
  await eventually(() => /characters…$/.test(ui.statusText));
  return { editor, done };
}

async function finish({ done }: { done: Promise<void> }): Promise<void> {
  await continueAnswer();
  await done;
}

describe('Rewrite Without Review', () => {
  useQuillet();

  it('writes a complete answer with exactly one edit', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerText('let one', ' = 111;');
    let edits = 0;
    const subscription = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === editor.document && event.contentChanges.length > 0) edits += 1;
    });
    await rewrite();
    subscription.dispose();
    assert.equal(editor.document.getText(), replaced);
    assert.equal(edits, 1);
    assert.deepEqual(ui.shown, []);
    assert.deepEqual(ui.threads, []);
  });

  it('asks in a box that names it, which an empty instruction does not close', async () => {
    const titles: string[] = [];
    for (const command of ['quillet.rewrite', 'quillet.rewriteInPlace', 'quillet.ask']) {
      await select(await openFile(code), target);
      ui.willType('  ');
      await run(command);
      const box = ui.boxes.at(-1);
      titles.push(`${box?.title}: ${box?.validationMessage}`);
    }
    assert.deepEqual(titles, [
      'Rewrite: Enter an instruction.',
      'Rewrite Without Review: Enter an instruction.',
      'Ask: Enter a question.',
    ]);
    assert.deepEqual(await chats(), []);
  });

  it('sends the instruction, the surrounding code and the selection', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerText('let one = 111;');
    await rewrite();
    const [system, user] = (await chat()).json.messages;
    assert.match(system?.content ?? '', /^You rewrite a piece of code as instructed/);
    assert.match(user?.content ?? '', /^Instruction: larger\n/);
    assert.ok(user?.content.endsWith(`to be rewritten:\n\n${target}`));
    assert.ok(user?.content.includes('let zero;\n'));
    assert.ok(user?.content.includes('let two = 2;\n'));
    assert.equal((await chats()).length, 1);
  });

  it("is one undo step, separate from the user's last edit [D12]", async () => {
    const editor = await openFile(code);
    placeCaret(editor, 0, 9);
    await type('?');
    const own = editor.document.getText();
    await select(editor, target);
    await answerText('let one = 111;');
    await rewrite();
    const written = editor.document.getText();
    await undo();
    assert.equal(editor.document.getText(), own);
    await redo();
    assert.equal(editor.document.getText(), written);
    await undo();
    await undo();
    assert.equal(editor.document.getText(), code);
  });

  const unusable: Readonly<Record<string, Scenario>> = {
    'a failure': apiError(500, { message: 'The server had an error.' }),
    'an empty answer': framesOf('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'),
    'only whitespace': streamed(['  ', '\n']),
    'only reasoning': streamed(['<think>Hm.</think>', '\n']),
    'an answer without a finish reason': streamed(['let one'], { finishReason: null, done: false }),
    'an answer cut off at the token limit': streamed(['let one'], { finishReason: 'length' }),
    'a filtered answer': streamed(['let one'], { finishReason: 'content_filter' }),
    ...Object.fromEntries(
      ['model_length', 'MAX_TOKENS', 'insufficient_system_resource', 'tool_calls', 'weird'].map((finishReason) => [
        `the finish reason ${finishReason}`,
        streamed(['let one'], { finishReason }),
      ]),
    ),
    'two code blocks': streamed(['```ts\na\n```\n', 'or\n', '```ts\nb\n```\n']),
  };
  for (const [name, scenario] of Object.entries(unusable)) {
    it(`leaves the text unchanged after ${name}`, async () => {
      const editor = await openFile(code);
      await select(editor, target);
      await answerWith(scenario);
      await rewrite();
      assert.equal(editor.document.getText(), code);
      assert.equal(editor.document.version, 1);
      assert.equal(ui.shown.length, 1);
      const hasText = /\blet\b|```/.test(JSON.stringify(scenario));
      assert.equal(ui.shown[0]?.buttons.includes('Copy Answer'), hasText, JSON.stringify(ui.shown));
      assert.ok(ui.isIdle);
    });
  }

  it('leaves the text unchanged after a reset behind early finish reasons', async () => {
    const early = (content: string) => deltaFrame({ content }, { finishReason: 'stop' });
    const started = await startRewrite({ steps: [send(early('let')), send(early(' one')), GATE, { do: 'reset' }] });
    await finish(started);
    assert.equal(started.editor.document.getText(), code);
    assert.ok(ui.shown[0]?.buttons.includes('Copy Answer'), JSON.stringify(ui.shown));
  });

  for (const [name, scenario] of Object.entries({
    'the finish reason STOP': streamed(['let one = 111;'], { finishReason: 'STOP' }),
    'reasoning without an opening tag': streamed(['I make it larger.', '\n</think>\n\n', 'let one = 111;']),
    'a last message that repeats the answer': framesOf(
      deltaFrame({ content: 'let one = 111;' }),
      frame({ choices: [{ message: { content: 'let one = 111;' }, finish_reason: 'stop' }] }),
    ),
    'a mark of the template at its end': streamed(['let one = 111;', '<|im_end|>']),
  })) {
    it(`writes the answer once with ${name}`, async () => {
      const editor = await openFile(code);
      await select(editor, target);
      await answerWith(scenario);
      await rewrite();
      assert.equal(editor.document.getText(), replaced);
      assert.deepEqual(ui.shown, []);
    });
  }

  it('writes at the moved code if lines are typed above it [D07]', async () => {
    const started = await startRewrite();
    placeCaret(started.editor, 0, 0);
    for (const line of ['a;\n', 'b;\n', 'c;\n']) await type(line);
    await finish(started);
    assert.equal(started.editor.document.getText(), `a;\nb;\nc;\n${replaced}`);
    assert.deepEqual(ui.shown, []);
  });

  it('writes nothing and offers the answer if the target was edited [D09]', async () => {
    const started = await startRewrite();
    placeCaret(started.editor, 1, 5);
    await type('X');
    const edited = started.editor.document.getText();
    ui.willPress('Copy Answer');
    await finish(started);
    assert.equal(started.editor.document.getText(), edited);
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
    await eventually(async () => (await vscode.env.clipboard.readText()) === 'let one = 111;');
  });

  it('writes nothing if the target was deleted [D10]', async () => {
    const started = await startRewrite();
    await run('editor.action.selectAll');
    await run('deleteLeft');
    await finish(started);
    assert.equal(started.editor.document.getText(), '');
    assert.match(ui.texts[0] ?? '', /^The text was edited where the answer should go/);
  });

  it('edits the original document, not the active one [D01]', async () => {
    const started = await startRewrite();
    const other = await openFile(code);
    await finish(started);
    assert.equal(started.editor.document.getText(), replaced);
    assert.equal(other.document.getText(), code);
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
  });

  it('offers the answer if the document was closed [D02]', async () => {
    const started = await startRewrite();
    const { uri } = started.editor.document;
    await run('workbench.action.closeActiveEditor');
    await eventually(() => started.editor.document.isClosed);
    ui.willPress('Open Answer');
    await finish(started);
    assert.deepEqual(ui.texts, ['The document was closed before the answer could be written.']);
    const opened = await eventually(() => vscode.window.activeTextEditor);
    assert.equal(opened.document.getText(), 'let one = 111;');
    assert.ok(opened.document.isUntitled);
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), code);
  });

  it('handles a reversed selection', async () => {
    const editor = await openFile(code);
    const forward = await select(editor, target);
    editor.selection = new vscode.Selection(forward.end, forward.start);
    await answerText('let one = 111;');
    await rewrite();
    assert.equal(editor.document.getText(), replaced);
  });

  it('moves neither the caret nor the scroll position [D21]', async () => {
    const editor = await openFile(`${target}\n${'line;\n'.repeat(400)}`);
    await select(editor, target);
    await answerWith(inTwoParts(['let one'], [' = 111;\nlet more;']));
    const done = rewrite();
    await eventually(() => /characters…$/.test(ui.statusText));
    const caret = new vscode.Selection(300, 2, 300, 2);
    editor.selection = caret;
    editor.revealRange(caret, vscode.TextEditorRevealType.InCenter);
    const top = await eventually(() => {
      const line = editor.visibleRanges[0]?.start.line ?? 0;
      return line > 200 ? line : undefined;
    });
    await finish({ done });
    assert.equal(editor.document.lineCount, 403);
    assert.ok(editor.selection.isEqual(new vscode.Selection(301, 2, 301, 2)));
    assert.ok(Math.abs((editor.visibleRanges[0]?.start.line ?? 0) - top - 1) <= 1);
  });

  it('asks nothing when repeated', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerNext(streamed(['let one = 111;']), streamed(['let two = 222;']));
    await rewrite();
    await select(editor, 'let two = 2;');
    await run('quillet.repeat');
    assert.equal(ui.inputs.length, 1);
    assert.equal(editor.document.getText(), 'let zero;\nlet one = 111;\nlet two = 222;\n');
  });
});

describe('rewritten text', () => {
  useQuillet();

  async function rewriting(content: string, selection: string, answer: string, extension = 'ts'): Promise<string> {
    const editor = await openFile(content, extension);
    await select(editor, selection);
    await answerText(...answer.split(/(?<=\s)/));
    await rewrite();
    return editor.document.getText();
  }

  const method = 'class A:\n    def f(self):\n        return 1\n\n    def g(self): pass\n';
  const answer = 'def f(self):\n    if x:\n        return 2\n';
  const wanted = 'class A:\n    def f(self):\n        if x:\n            return 2\n\n    def g(self): pass\n';

  it('keeps the indentation of a selection from the start of the line', async () => {
    assert.equal(await rewriting(method, '    def f(self):\n        return 1\n', answer, 'py'), wanted);
  });

  it('keeps the indentation of a selection from the middle of the line', async () => {
    assert.equal(await rewriting(method, 'def f(self):\n        return 1', answer, 'py'), wanted);
  });

  it('uses tabs in a document with tabs', async () => {
    const go = 'func f() {\n\tif x {\n\t\treturn\n\t}\n}\n';
    assert.equal(
      await rewriting(go, '\tif x {\n\t\treturn\n\t}\n', 'if y {\n    for {\n        g()\n    }\n}\n', 'go'),
      'func f() {\n\tif y {\n\t\tfor {\n\t\t\tg()\n\t\t}\n\t}\n}\n',
    );
  });

  it('uses the line endings of the document [D20]', async () => {
    const text = await rewriting('a;\r\nb;\r\nc;\r\n', 'b;\r\n', 'x;\ny;\n');
    assert.equal(text, 'a;\r\nx;\r\ny;\r\nc;\r\n');
  });

  it('contains snippet syntax and escapes literally', async () => {
    const odd = 'echo "${1:x} $HOME \\n $0 } \\} $TM_SELECTED_TEXT"';
    assert.equal(await rewriting('one\ntwo\n', 'two', odd, 'sh'), `one\n${odd}\n`);
  });

  it('ends with a line break if the selection does', async () => {
    assert.equal(await rewriting('a;\nb;\nc;\n', 'b;\n', 'x;'), 'a;\nx;\nc;\n');
    assert.equal(await rewriting('a;\nb;\nc;\n', 'b;', 'x;\n'), 'a;\nx;\nc;\n');
  });

  it('contains only the code if the model adds prose', async () => {
    const chatty = 'Sure, here it is:\n\n```ts\nx;\n```\nHave fun!\n';
    assert.equal(await rewriting('a;\nb;\n', 'b;', chatty), 'a;\nx;\n');
  });

  it('keeps fences in a Markdown document', async () => {
    assert.equal(await rewriting('a\n\nb\n', 'b', 'See:\n\n```ts\nx;\n```', 'md'), 'a\n\nSee:\n\n```ts\nx;\n```\n');
  });

  it('contains no reasoning', async () => {
    assert.equal(await rewriting('a;\nb;\n', 'b;', '<think>\nI see.\n</think>\n\nx;'), 'a;\nx;\n');
  });
});
