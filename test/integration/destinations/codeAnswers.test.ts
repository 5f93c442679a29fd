import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { answerText } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { openFile, placeCaret, select, type, undo } from '../support/workspace';

const choices = 'Either\n```ts\nlet one = 11;\n```\nor\n~~~ts\nlet one =\n  111;\n~~~\nas you like.';
const code = 'let zero;\nlet one = 1;\nlet two = 2;\n';
const target = 'let one = 1;';
const question = 'The answer contains 2 code blocks. Choose which one to use.';

async function rewrite(editor: vscode.TextEditor, words: string, ...pieces: readonly string[]): Promise<void> {
  await select(editor, words);
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

describe('code answers', () => {
  useQuillet();

  const cases: readonly Case[] = [
    {
      name: 'extracts a code block streamed character by character from the surrounding prose [U07]',
      file: code,
      words: target,
      answer: [...'Sure:\n\n```ts\nlet one = 2;\n```\nBye.'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'extracts an unclosed code block [U07]',
      file: code,
      words: target,
      answer: ['``', '`ts\nlet one', ' = 2;\n'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'keeps fences in a Markdown document',
      file: '# A\n\ntext\n',
      extension: 'md',
      words: 'text',
      answer: ['See:\n```ts\na\n```\n```\nb\n```\n'],
      expected: '# A\n\nSee:\n```ts\na\n```\n```\nb\n```\n',
    },
    {
      name: 'removes reasoning streamed in three chunks',
      file: code,
      words: target,
      answer: ['<th', 'ink>a</thi', 'nk>\n\nlet one', ' = 2;'],
      expected: code.replace(target, 'let one = 2;'),
    },
    {
      name: 'indents a Python method selected from the middle of its line [U06]',
      file: python,
      extension: 'py',
      words: 'def f(self):\n        return 1',
      answer: ['def f(self):\n    """One."""\n    return 1'],
      expected: python.replace('        return', '        """One."""\n        return'),
    },
    {
      name: 'indents a Python method selected with its full lines [U06]',
      file: python,
      extension: 'py',
      words: '    def f(self):\n        return 1\n',
      answer: ['```python\ndef f(self):\n    """One."""\n    return 1\n```'],
      expected: python.replace('        return', '        """One."""\n        return'),
    },
    {
      name: 'converts spaces in a file with tabs [U06]',
      file: go,
      extension: 'go',
      words: '\tfor _, x := range xs {\n\t\tg(x)\n\t}',
      answer: ['for _, x := range xs {\n    if x > 0 {\n        g(x)\n    }\n}'],
      expected: go.replace('\t\tg(x)', '\t\tif x > 0 {\n\t\t\tg(x)\n\t\t}'),
    },
    {
      name: 'normalizes all kinds of line endings in a CRLF document [U05]',
      file: code.replaceAll('\n', '\r\n'),
      words: target,
      answer: ['a;\r', '\nb;\n', 'c;\rd; // \u2028e'],
      expected: code.replace(target, 'a;\nb;\nc;\nd; // \u2028e').replaceAll('\n', '\r\n'),
    },
    {
      name: 'inserts snippet syntax literally',
      file: code,
      words: target,
      answer: ['${1:x} $HOME \\n $TM_SELECTED_TEXT }'],
      expected: code.replace(target, () => '${1:x} $HOME \\n $TM_SELECTED_TEXT }'),
    },
  ];
  for (const { name, file, extension, words, answer, expected } of cases) {
    it(name, async () => {
      const editor = await openFile(file, extension);
      if (extension === 'go') editor.options = { insertSpaces: false, tabSize: 4 };
      await rewrite(editor, words.replaceAll('\n', file.includes('\r\n') ? '\r\n' : '\n'), ...answer);
      assert.equal(editor.document.getText(), expected);
      assert.deepEqual(ui.shown, []);
      await undo();
      assert.equal(editor.document.getText(), file);
    });
  }

  it('writes nothing and opens nothing for an answer with two code blocks', async () => {
    const editor = await openFile(code);
    await rewrite(editor, target, choices);
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, [
      {
        kind: 'warning',
        text: question,
        buttons: ['Choose Code Block…', 'Copy Answer', 'Open Answer', 'Show Log'],
        isModal: false,
      },
    ]);
  });

  it('writes the chosen code block at the tracked range in one undo step', async () => {
    const editor = await openFile(code);
    let press = (): void => undefined;
    const moved = new Promise<void>((resolve) => {
      press = resolve;
    });
    ui.willPress('Choose Code Block…', moved);
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

  it('still offers the answer if the picker is dismissed', async () => {
    const editor = await openFile(code);
    ui.willPress('Choose Code Block…');
    await rewrite(editor, target, choices);
    await eventually(() => ui.shown.length === 2);
    assert.deepEqual(ui.shown[1]?.buttons, ['Copy Answer', 'Open Answer', 'Show Log']);
    assert.equal(editor.document.getText(), code);
  });

  it('does not overwrite code that was edited before a block is chosen', async () => {
    const editor = await openFile(code);
    let press = (): void => undefined;
    const edited = new Promise<void>((resolve) => {
      press = resolve;
    });
    ui.willPress('Choose Code Block…', edited);
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

  it('makes the chosen code block the proposal of a review', async () => {
    const editor = await openFile(code);
    await select(editor, target);
    await answerText(choices);
    ui.willType('do it');
    ui.willPress('Choose Code Block…');
    ui.willPick('Block 1');
    await run('quillet.rewrite');
    await eventually(() => thread().contextValue === 'review idle ready');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace(target, 'let one = 11;'));
  });

  it('never strips explanations and new documents', async () => {
    const editor = await openFile(code);
    await select(editor, target);
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
