import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chat } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace, openFile, openUri, select } from '../support/workspace';

const folder = '.quillet/prompts';
const good = '---\nname: Shout\n---\nSay it loud: ${selection}\n';
let files = 0;

describe('prompt file authoring', () => {
  useQuillet();
  afterEach(() => vscode.workspace.fs.delete(inWorkspace('.quillet'), { recursive: true, useTrash: false }));

  async function openPrompt(text: string, where = folder): Promise<vscode.TextEditor> {
    files += 1;
    const uri = inWorkspace(`${where}/authored${files}.prompt.md`);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return openUri(uri);
  }

  beforeEach(() => vscode.workspace.fs.createDirectory(inWorkspace('.quillet')));

  /** Quillet's diagnostics as `line:column-end code`. */
  function problems({ document }: vscode.TextEditor): string[] {
    return vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ source }) => source === 'Quillet')
      .map(
        ({ range: { start, end }, code }) =>
          `${start.line + 1}:${start.character + 1}-${end.character + 1} ${String(code)}`,
      );
  }

  async function untilProblems(editor: vscode.TextEditor, expected: readonly string[]): Promise<void> {
    try {
      await eventually(() => JSON.stringify(problems(editor)) === JSON.stringify(expected));
    } catch {
      assert.deepEqual(problems(editor), expected);
    }
  }

  async function write(editor: vscode.TextEditor, text: string): Promise<void> {
    const { document } = editor;
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(all, text));
  }

  async function lenses({ document }: vscode.TextEditor): Promise<vscode.Command[]> {
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    return all.flatMap(({ command }) => command ?? []);
  }

  async function press(editor: vscode.TextEditor, title: string): Promise<void> {
    const command = (await lenses(editor)).find((lens) => lens.title.includes(title));
    assert.ok(command, `no lens "${title}"`);
    await run(command.command, ...(command.arguments ?? []));
  }

  for (const [what, text, expected] of [
    ['no front matter [U16]', 'Explain ${selection}', []],
    ['unclosed front matter [U16]', '---\nname: x\n', ['1:1-4 unclosed']],
    ['a tab in YAML [U16]', '---\nparameters:\n\ttopP: 1\n---\nx', ['3:1-2 yaml']],
    ['a duplicate key [U16]', '---\nname: a\nname: b\n---\nx', ['3:1-5 yaml']],
    ['a byte order mark and CRLF [U16]', '\ufeff---\r\nname: x\r\nmenu: 1\r\n---\r\nx', ['3:1-5 invalid']],
    ['an empty file [U16]', '', ['1:1-1 emptyBody']],
    ['JavaScript front matter [U17]', '---js\n{}\n---\nx', ['1:4-6 frontMatterLanguage']],
    ['a tag that would run code [U17]', '---\nname: !!js/function x\n---\nx', ['2:7-20 yaml']],
    ['an unknown key [U18]', '---\nnmae: x\n---\nx', ['2:1-5 unknownKey']],
    [
      'keys that would redirect code or API keys [U18]',
      '---\nbaseUrl: x\napiKey: y\nheaders: {}\n---\nx',
      ['2:1-8 forbidden', '3:1-7 forbidden', '4:1-8 forbidden'],
    ],
    ['an unknown variable', 'Explain ${selektion}', ['1:9-21 unknownVariable']],
    ['an unknown language', '---\nlanguages: [typescript, js]\n---\nx', ['2:25-27 unknownLanguage']],
    ['invisible characters [R24]', 'Explain\u200b ${selection}', ['1:8-9 hidden']],
  ] as const) {
    it(`reports diagnostics for ${what}`, async () => {
      await untilProblems(await openPrompt(text), expected);
    });
  }

  it('updates diagnostics while the file is edited, saved or not', async () => {
    const editor = await openPrompt(good);
    await untilProblems(editor, []);
    await write(editor, good.replace('name:', 'nmae:'));
    await untilProblems(editor, ['2:1-5 unknownKey']);
    const [problem] = vscode.languages.getDiagnostics(editor.document.uri);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem?.message, 'Unknown key "nmae". Did you mean "name"?');
    await write(editor, good);
    await untilProblems(editor, []);
    assert.deepEqual(await allRequests(), []);
  });

  for (const [text, ...expected] of [
    ['---\nmod\nname: x\n---\nx', 'Expected a key, a colon, a space, and a value, for example "name: Write Tests".'],
    ['---\nname: "a\\q"\n---\nx', 'Invalid YAML. Invalid escape sequence \\q.'],
    [
      '---\ndestination: panel\nmodel: gpt-5\nparameters: { temprature: 1, topP: 2 }\n---\n${nope} ${input} ${symbol:x}',
      '"destination" must be one of: thread, review, replace, insert, before, after, document, clipboard.',
      '"model" must have the form provider/model.',
      '"parameters.topP" must be a number between 0 and 1.',
      'Unknown parameter "parameters.temprature". Did you mean "temperature"?',
      'Unknown variable "nope". For literal text, write \\${nope}.',
      '"input" requires a name, for example ${input:name}.',
      '"symbol" accepts only a default value, no arguments.',
    ],
  ] as const) {
    it(`shows the message: ${expected[0]}`, async () => {
      const { document } = await openPrompt(text);
      const messages = () => vscode.languages.getDiagnostics(document.uri).map(({ message }) => message);
      await eventually(() => messages().length === expected.length);
      assert.deepEqual(messages().sort(), [...expected].sort());
    });
  }

  it('reports keys and models of VS Code only as information in shared files', async () => {
    const editor = await openPrompt(good.replace('name:', 'model: GPT-5\ntitle: x\nname:'), '.github/prompts');
    await untilProblems(editor, ['2:1-6 foreignModel', '3:1-6 unknownKey']);
    const severities = vscode.languages.getDiagnostics(editor.document.uri).map(({ severity }) => severity);
    assert.deepEqual(new Set(severities), new Set([vscode.DiagnosticSeverity.Information]));
    assert.ok((await lenses(editor)).some(({ title }) => title.includes('Try')));
    await vscode.workspace.fs.delete(inWorkspace('.github'), { recursive: true, useTrash: false });
  });

  it('works in the languages Markdown and prompt', async () => {
    const text = good.replace('name:', 'nmae:');
    const editor = await openPrompt(text);
    for (const language of ['markdown', 'prompt']) {
      await write(editor, text);
      await vscode.languages.setTextDocumentLanguage(editor.document, language);
      await untilProblems(editor, ['2:1-5 unknownKey']);
      assert.equal((await lenses(editor)).length, 1);
      assert.ok((await proposed(editor, '‸')).includes('destination'));
    }
  });

  it('ignores files that Quillet does not read', async () => {
    const editor = await openPrompt(good.replace('name:', 'nmae:'), 'elsewhere');
    const read = await openPrompt('');
    await untilProblems(read, ['1:1-1 emptyBody']);
    assert.deepEqual(problems(editor), []);
    assert.deepEqual(await lenses(editor), []);
    await vscode.workspace.fs.delete(inWorkspace('elsewhere'), { recursive: true, useTrash: false });
  });

  it('follows the folders in the settings', async () => {
    const editor = await openPrompt('');
    await untilProblems(editor, ['1:1-1 emptyBody']);
    await setSettings({ promptFolders: ['prompts'] });
    await untilProblems(editor, []);
    await setSettings({ promptFolders: undefined });
    await untilProblems(editor, ['1:1-1 emptyBody']);
  });

  /** Completion labels at `‸`, sorted as in the list. */
  async function proposed(editor: vscode.TextEditor, marked: string): Promise<string[]> {
    const front = '---\nname: x\n';
    const text = front + marked;
    await write(editor, text.replace('‸', ''));
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      editor.document.uri,
      editor.document.positionAt(text.indexOf('‸')),
    );
    const sorted = list.items.toSorted((left, right) => (left.sortText ?? '').localeCompare(right.sortText ?? ''));
    return sorted.map(({ label }) => (typeof label === 'string' ? label : label.label));
  }

  it('completes keys, destinations, configured models and variables', async () => {
    await setSettings({ providers: { work: { baseUrl: 'http://127.0.0.1:1/v1', models: ['big', 'small'] } } });
    const editor = await openPrompt(good);
    assert.deepEqual((await proposed(editor, '‸')).slice(0, 3), ['description', 'destination', 'documentLanguage']);
    assert.deepEqual((await proposed(editor, 'destination: ‸')).slice(0, 2), ['thread', 'review']);
    const models = await proposed(editor, 'model: ‸');
    assert.ok(models.includes('work/big') && models.includes('test/quillet-test'), String(models));
    assert.ok((await proposed(editor, 'languages: [‸]')).includes('typescript'));
    assert.deepEqual((await proposed(editor, '---\nGo ${‸')).slice(0, 2), ['${selection}', '${file}']);
  });

  it('shows hovers for keys and variables', async () => {
    const editor = await openPrompt(good);
    const at = async (words: string) => {
      const position = editor.document.positionAt(editor.document.getText().indexOf(words));
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        editor.document.uri,
        position,
      );
      return hovers.flatMap(({ contents }) =>
        contents.map((content) => (typeof content === 'string' ? content : content.value)),
      );
    };
    assert.deepEqual(await at('name'), ['`name`: Prompt name. Defaults to the file name.']);
    assert.deepEqual(await at('${selection}'), ['`selection`: the selected text']);
    assert.deepEqual(await at('Say'), []);
  });

  it('tries the unsaved prompt on the last selection', async () => {
    const code = await openFile('const quiet = 1;\nconst other = 2;\n');
    await select(code, 'const quiet = 1;');
    const editor = await openPrompt(good);
    await write(editor, good.replace('Say it loud', 'Whisper'));
    await answerText('Done.');
    await press(editor, 'Try');
    const { messages } = (await chat()).json;
    assert.deepEqual(messages, [{ role: 'user', content: 'Whisper: const quiet = 1;' }]);
    assert.equal(commentText(-1).trim(), 'Done.');
    assert.equal(thread().uri.toString(), code.document.uri.toString());
    assert.equal(vscode.window.activeTextEditor?.document, editor.document, 'the prompt lost the focus');
    assert.ok(editor.document.isDirty);
    assert.deepEqual(ui.texts, []);
  });

  it('previews the rendered request and sends nothing', async () => {
    const code = await openFile('const quiet = 1;\n');
    await select(code, 'quiet');
    const editor = await openPrompt(good);
    const done = press(editor, 'Preview Request');
    const shown = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-request' ? document : undefined;
    });
    assert.match(shown.getText(), /"Say it loud: quiet"/);
    assert.deepEqual(await allRequests(), []);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
    assert.deepEqual(await allRequests(), []);
  });

  it('reports why a prompt cannot be tried', async () => {
    const code = await openFile('const quiet = 1;\n');
    await select(code, 'quiet');
    const editor = await openPrompt('---\nnmae: x\nbaseUrl: y\n---\nx');
    assert.deepEqual(
      (await lenses(editor)).map(({ title }) => title),
      ['2 problems'],
    );
    await run('quillet.tryPrompt', editor.document.uri);
    assert.match(ui.texts[0] ?? '', /authored\d+\.prompt\.md:2:1: Unknown key "nmae"/);
    assert.deepEqual(await allRequests(), []);
  });

  it('asks for a selection elsewhere, or for a prompt file', async () => {
    const code = await openFile('const quiet = 1;\n');
    const editor = await openPrompt(good);
    await press(editor, 'Try');
    await run('quillet.tryPrompt', code.document.uri);
    await run('quillet.previewPrompt', 'x');
    await vscode.window.showTextDocument(code.document);
    await run('quillet.tryPrompt');
    const noPrompt = "Open a prompt file first: one of your own, or one in a trusted workspace's prompt folder.";
    assert.deepEqual(ui.texts, ['Select some text first.', noPrompt, 'Select some text first.', noPrompt]);
    assert.deepEqual(await allRequests(), []);
  });

  it('tries a prompt without a selection if it needs none', async () => {
    await openFile('const quiet = 1;\n');
    const editor = await openPrompt('Say hello to ${fileBasename}.');
    await answerText('Hello.');
    await press(editor, 'Try');
    assert.match((await chat()).json.messages[0]?.content ?? '', /^Say hello to file\d+\.ts\.$/);
  });
});
