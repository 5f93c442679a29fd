import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { answerText } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, placeCaret, select, type, undo } from '../support/workspace';

const choices = 'Either\n```ts\nlet one = 11;\n```\nor\n~~~ts\nlet one =\n  111;\n~~~\nas you like.';
const code = 'let zero;\nlet one = 1;\nlet two = 2;\n';
const target = 'let one = 1;';
const question = 'The answer holds 2 blocks of code, so it is not clear which one to write.';

/** Rewrites the words in place, with an answer that comes in these pieces. */
async function rewrite(editor: vscode.TextEditor, words: string, ...pieces: readonly string[]): Promise<void> {
  select(editor, words);
  await answerText(...pieces);
  ui.willType('do it');
  await run('quillet.rewriteInPlace');
}

interface Case {
  readonly name: string;
  readonly file: string;
  readonly extension?: string;
  readonly words: string;
  readonly answer: readonly string[];
  readonly expected: string;
}

const python = 'class A:\n    def f(self):\n        return 1\n';
const go = 'package a\n\nfunc f(xs []int) {\n\tfor _, x := range xs {\n\t\tg(x)\n\t}\n}\n';

describe('Only code in the file', () => {
  useQuillet();

  const cases: readonly Case[] = [
    {
      name: 'need 8, U07: a fence that is cut into single characters, with chatter around',
      file: code,
      words: target,
      answer: [...'Sure:\n\n```ts\nlet one = 2;\n```\nBye.'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'need 8, U07: a fence that is not closed',
      file: code,
      words: target,
      answer: ['``', '`ts\nlet one', ' = 2;\n'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'need 8: fences in a Markdown document are content',
      file: '# A\n\ntext\n',
      extension: 'md',
      words: 'text',
      answer: ['See:\n```ts\na\n```\n```\nb\n```\n'],
      expected: '# A\n\nSee:\n```ts\na\n```\n```\nb\n```\n',
    },
    {
      name: 'need 9: reasoning in three pieces',
      file: code,
      words: target,
      answer: ['<th', 'ink>a</thi', 'nk>\n\nlet one', ' = 2;'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'need 10, U06: a Python method from the middle of its line',
      file: python,
      extension: 'py',
      words: 'def f(self):\n        return 1',
      answer: ['def f(self):\n    """One."""\n    return 1'],
      expected: python.replace('        return', '        """One."""\n        return'),
    },
    {
      name: 'need 10, U06: a Python method from the start of its line, with its line end',
      file: python,
      extension: 'py',
      words: '    def f(self):\n        return 1\n',
      answer: ['```python\ndef f(self):\n    """One."""\n    return 1\n```'],
      expected: python.replace('        return', '        """One."""\n        return'),
    },
    {
      name: 'need 10, U06: spaces for a file with tabs',
      file: go,
      extension: 'go',
      words: '\tfor _, x := range xs {\n\t\tg(x)\n\t}',
      answer: ['for _, x := range xs {\n    if x > 0 {\n        g(x)\n    }\n}'],
      expected: go.replace('\t\tg(x)', '\t\tif x > 0 {\n\t\t\tg(x)\n\t\t}'),
    },
    {
      name: 'need 10, U05: a CRLF document, and an answer with every kind of line end',
      file: code.replaceAll('\n', '\r\n'),
      words: target,
      answer: ['a;\r', '\nb;\n', 'c;\rd; // \u2028e'],
      expected: code.replace(target, 'a;\nb;\nc;\nd; // \u2028e').replaceAll('\n', '\r\n'),
    },
    {
      name: 'need 10: what means something in a snippet',
      file: code,
      words: target,
      answer: ['${1:x} $HOME \\n $TM_SELECTED_TEXT }'],
      expected: code.replace(target, () => '${1:x} $HOME \\n $TM_SELECTED_TEXT }'),
    },
  ];
  for (const { name, file, extension, words, answer, expected } of cases) {
    it(name, async () => {
      const editor = await openFile(file, extension);
      // VS Code would ask about U+2028, and take it out.
      await setUserSetting('editor.unusualLineTerminators', 'off');
      if (extension === 'go') editor.options = { insertSpaces: false, tabSize: 4 };
      await rewrite(editor, words.replaceAll('\n', file.includes('\r\n') ? '\r\n' : '\n'), ...answer);
      assert.equal(editor.document.getText(), expected);
      assert.deepEqual(ui.shown, []);
      await undo();
      assert.equal(editor.document.getText(), file);
    });
  }

  it('need 8: of two blocks nothing is written, and nothing is opened by itself', async () => {
    const editor = await openFile(code);
    await rewrite(editor, target, choices);
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, [
      {
        kind: 'warning',
        text: question,
        buttons: ['Choose…', 'Copy Answer', 'Open Answer', 'Show Log'],
        isModal: false,
      },
    ]);
  });

  it('need 8: the block that the user chooses is written where the code went, one undo step', async () => {
    const editor = await openFile(code);
    let press = (): void => undefined;
    const moved = new Promise<void>((resolve) => {
      press = resolve;
    });
    ui.willPress('Choose…', moved);
    ui.willPick('Block 2');
    await rewrite(editor, target, choices);
    placeCaret(editor, 0, 0);
    await type('mine;\n');
    press();
    const expected = `mine;\n${code.replace(target, 'let one =\n  111;')}`;
    await eventually(() => editor.document.getText() === expected, 'the block in the document');
    await undo();
    assert.equal(editor.document.getText(), `mine;\n${code}`);
    assert.deepEqual(ui.texts, [question]);
  });

  it('need 8: who chooses none still has the answer', async () => {
    const editor = await openFile(code);
    ui.willPress('Choose…');
    await rewrite(editor, target, choices);
    await eventually(() => ui.shown.length === 2);
    assert.deepEqual(ui.shown[1]?.buttons, ['Copy Answer', 'Open Answer', 'Show Log']);
    assert.equal(editor.document.getText(), code);
  });

  it('need 6: a block that is chosen too late is not written over what was edited', async () => {
    const editor = await openFile(code);
    let press = (): void => undefined;
    const edited = new Promise<void>((resolve) => {
      press = resolve;
    });
    ui.willPress('Choose…', edited);
    ui.willPick('Block 1');
    await rewrite(editor, target, choices);
    placeCaret(editor, 1, 5);
    await type('X');
    const textAfterEdit = editor.document.getText();
    press();
    await eventually(() => ui.shown.length === 2);
    assert.match(ui.texts[1] ?? '', /^The text was edited where the answer should go/);
    assert.equal(editor.document.getText(), textAfterEdit);
  });

  it('need 8: in a review the block that the user chooses becomes the proposal', async () => {
    const editor = await openFile(code);
    select(editor, target);
    await answerText(choices);
    ui.willType('do it');
    ui.willPress('Choose…');
    ui.willPick('Block 1');
    await run('quillet.rewrite');
    await eventually(() => thread().contextValue === 'review idle ready');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace(target, 'let one = 11;'));
  });

  it('need 8: explanations and new documents are never cleaned', async () => {
    const editor = await openFile(code);
    select(editor, target);
    await answerText(choices);
    await run('quillet.explain');
    assert.equal(
      commentText(0),
      choices
        .replaceAll('~~~', '```')
        .replace('\n```ts\nlet one =\n', '\n\n```ts\nlet one =\n')
        .replace('Either\n', 'Either\n\n'),
    );
    await run('quillet.run', { prompt: 'explain', destination: 'document' });
    assert.ok(vscode.workspace.textDocuments.some((document) => document.getText() === choices));
  });
});
