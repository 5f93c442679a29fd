import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { answerText } from '../support/modelServer';
import { run, thread, ui, useQuillet } from '../support/quillet';
import { openFile, select, undo } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';
const python = 'class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly extension?: string;
  readonly selected: string;
  readonly answer: string;
  readonly expected: string;
}

async function explain(file: string, selected: string, answer: string, extension?: string): Promise<vscode.TextEditor> {
  const editor = await openFile(file, extension);
  await select(editor, selected);
  await answerText(answer);
  await run('quillet.explain');
  return editor;
}

describe('Insert Answer Below', () => {
  useQuillet();

  const cases: readonly Case[] = [
    {
      name: 'directly below a whole line that is selected with its line end',
      file: code,
      selected: 'const first = 1;\n',
      answer: '// one',
      expected: 'const first = 1;\n// one\nconst second = 2;\n',
    },
    {
      name: 'directly below the last line of the file',
      file: code,
      selected: 'const second = 2;\n',
      answer: '// two',
      expected: 'const first = 1;\nconst second = 2;\n// two\n',
    },
    {
      name: 'the only code block, without its fence and indented',
      file: python,
      extension: 'py',
      selected: '    def f(self):\n        return 1\n',
      answer: 'Here is another one:\n\n```python\ndef h(self):\n    return 3\n```',
      expected: python.replace('return 1\n', 'return 1\n    def h(self):\n        return 3\n'),
    },
    {
      name: 'prose as comments, indented',
      file: python,
      extension: 'py',
      selected: '    def f(self):\n        return 1\n',
      answer: 'This method returns one.\n\nIt never fails.',
      expected: python.replace(
        'return 1\n',
        'return 1\n    # This method returns one.\n    #\n    # It never fails.\n',
      ),
    },
    {
      name: 'the whole answer in a Markdown file',
      file: 'Run it.\nThen stop.\n',
      extension: 'md',
      selected: 'Run it.\n',
      answer: 'Like this:\n\n```sh\nnpm test\n```',
      expected: 'Run it.\nLike this:\n\n```sh\nnpm test\n```\nThen stop.\n',
    },
  ];
  for (const { name, file, extension, selected, answer, expected } of cases) {
    it(`writes ${name}, in one undo step`, async () => {
      const editor = await explain(file, selected, answer, extension);
      await run('quillet.insertBelow', thread());
      assert.equal(editor.document.getText(), expected);
      assert.deepEqual(ui.shown, []);
      const inserted = expected.split('\n').findIndex((line, index) => line !== file.split('\n')[index]);
      await eventually(() => editor.selection.isEmpty, 'the cursor at the inserted text');
      assert.equal(editor.selection.active.line, inserted);
      await undo();
      assert.equal(editor.document.getText(), file);
    });
  }

  it('shows the thread below the last selected line', async () => {
    await explain(code, 'const first = 1;\n', 'It is one.');
    assert.ok(thread().range?.isEqual(new vscode.Range(0, 0, 0, 16)), JSON.stringify(thread().range));
  });

  it('asks which of several code blocks to write', async () => {
    const editor = await explain(code, 'const first = 1;\n', 'Either\n```ts\none();\n```\nor\n```ts\ntwo();\n```');
    await run('quillet.insertBelow', thread());
    assert.equal(editor.document.getText(), code);
    ui.willPick('Block 2');
    await run('quillet.insertBelow', thread());
    assert.equal(editor.document.getText(), 'const first = 1;\ntwo();\nconst second = 2;\n');
  });

  it('writes no prose into a language without comments, and offers to open it', async () => {
    const editor = await explain('{\n  "a": 1\n}\n', '  "a": 1\n', 'This is the first value.', 'json');
    await run('quillet.insertBelow', thread());
    assert.equal(editor.document.getText(), '{\n  "a": 1\n}\n');
    assert.deepEqual(ui.shown[0]?.buttons, ['Open as Document', 'Copy Answer']);
  });
});
