import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chat, chats } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import { openFile, placeCaret, select, undo } from '../support/workspace';

const code = [
  'function first() {',
  '  return 1;',
  '}',
  '',
  'function second() {',
  '  let x = y;',
  '  return x;',
  '}',
  '',
  'let three = four;',
  '',
].join('\n');
const second = code.split('\n').slice(4, 8).join('\n');
const corrected = second.replace('= y', '= 2');

describe('Fix Problem', () => {
  useQuillet();
  const owned: vscode.Disposable[] = [];
  let reported: vscode.DiagnosticCollection;

  beforeEach(() => {
    reported = vscode.languages.createDiagnosticCollection('a checker');
    owned.push(reported);
  });
  afterEach(() => {
    for (const disposable of owned.splice(0)) disposable.dispose();
  });

  /** Creates a diagnostic for words that occur once in the document. */
  function problem({ document }: vscode.TextEditor, words: string, message: string): vscode.Diagnostic {
    const start = document.positionAt(document.getText().indexOf(words));
    const found = new vscode.Diagnostic(new vscode.Range(start, start.translate(0, words.length)), message);
    found.source = 'checker';
    found.code = 7;
    return found;
  }

  async function report(editor: vscode.TextEditor, ...problems: readonly vscode.Diagnostic[]): Promise<void> {
    reported.set(editor.document.uri, problems);
    await eventually(() => vscode.languages.getDiagnostics(editor.document.uri).length === problems.length);
  }

  function knowFunctions(): void {
    const selector = { language: 'typescript' };
    const provideDocumentSymbols = (document: vscode.TextDocument) =>
      [0, 4].map((line) => {
        const range = new vscode.Range(line, 0, document.getText() === code ? (line === 0 ? 2 : 7) : line, 1);
        return new vscode.DocumentSymbol(`f${line}`, '', vscode.SymbolKind.Function, range, range);
      });
    owned.push(vscode.languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols }));
  }

  async function offered(document: vscode.TextDocument, range: vscode.Range, kind?: string) {
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      kind,
    );
    return all.filter(({ title }) => title.includes('Quillet'));
  }

  async function titles(...args: Parameters<typeof offered>): Promise<string[]> {
    return (await offered(...args)).map(({ title }) => title);
  }

  const caretAt = (line: number, character = 0) => new vscode.Range(line, character, line, character);

  it('is offered on lines with a problem, and Explain on a selection', async () => {
    const editor = await openFile(code);
    const hint = problem(editor, 'return 1', 'Could be shorter.');
    hint.severity = vscode.DiagnosticSeverity.Hint;
    await report(editor, problem(editor, 'y', 'No y.'), hint);
    const { document } = editor;
    assert.deepEqual(await titles(document, caretAt(5)), ['Fix with Quillet']);
    assert.deepEqual(await titles(document, caretAt(4)), []);
    assert.deepEqual(await titles(document, caretAt(1)), []);
    assert.deepEqual(await titles(document, new vscode.Range(0, 0, 1, 3)), ['Explain with Quillet']);
    assert.deepEqual(await titles(document, new vscode.Range(4, 0, 6, 0)), [
      'Fix with Quillet',
      'Explain with Quillet',
    ]);
    assert.deepEqual(await titles(document, new vscode.Range(4, 0, 6, 0), 'quickfix'), ['Fix with Quillet']);
    assert.deepEqual(await titles(document, new vscode.Range(4, 0, 6, 0), 'refactor'), []);
    const [fix] = await offered(document, caretAt(5));
    assert.ok(fix !== undefined && fix.isPreferred !== true && fix.edit === undefined);
    assert.deepEqual(await allRequests(), []);
  });

  it('is not offered in read-only documents or if the setting is off', async () => {
    const editor = await openFile(code);
    await report(editor, problem(editor, 'y', 'No y.'));
    await setSettings({ lightbulb: false });
    assert.deepEqual(await titles(editor.document, new vscode.Range(4, 0, 6, 0)), []);
    const scheme = 'quillet-test-virtual';
    owned.push(
      vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: () => code }),
    );
    await setSettings({ lightbulb: true });
    const virtual = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path: '/a.ts' }));
    reported.set(virtual.uri, [problem(editor, 'y', 'No y.')]);
    assert.deepEqual(await titles(virtual, new vscode.Range(4, 0, 6, 0)), []);
    const untitled = await vscode.workspace.openTextDocument({ content: code, language: 'typescript' });
    assert.deepEqual(await titles(untitled, new vscode.Range(4, 0, 6, 0)), ['Explain with Quillet']);
  });

  it('sends the problems of the line with the enclosing function, which Accept replaces', async () => {
    knowFunctions();
    const editor = await openFile(code);
    const multiLine = problem(editor, 'x =', "Type 'A'\n  is not 'B'.");
    await report(editor, problem(editor, 'y;', 'No y.'), multiLine, problem(editor, 'four', 'No four.'));
    await answerText('```ts\n', corrected, '\n```');
    const [fix] = await offered(editor.document, caretAt(5));
    assert.ok(fix?.command);
    await run(fix.command.command, ...(fix.command.arguments ?? []));
    const user = (await chat()).json.messages[1]?.content ?? '';
    const reports =
      "Line 6: Type 'A'\n  is not 'B'. (checker 7)\n  in: let x = y;\nLine 6: No y. (checker 7)\n  in: let x = y;\n";
    assert.ok(user.includes(`\n\n${reports}\n`), user);
    assert.ok(!user.includes('No four.'));
    assert.ok(user.endsWith(`\n\n${second}`), user);
    assert.ok(user.includes('function first() {'));
    assert.equal(thread().contextValue, 'review idle ready');
    assert.equal(editor.document.getText(), code);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), code.replace(second, corrected));
    await undo();
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, []);
  });

  it('sends twenty lines on each side if the language has no symbols', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line${index};`);
    const editor = await openFile(lines.join('\n'), 'txt');
    await report(editor, problem(editor, 'line50', 'Not 50.'));
    placeCaret(editor, 50, 2);
    await answerText(lines.slice(30, 71).join('\n').replace('line50', 'fifty'));
    await run('quillet.fix');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), lines.join('\n').replace('line50', 'fifty'));
  });

  it('fixes the problem at the cursor or the next one, wrapping around, when run from the palette', async () => {
    const editor = await openFile(code);
    await report(editor, problem(editor, 'four', 'No four.'), problem(editor, 'y;', 'No y.'));
    await answerText('let three = 4;');
    for (const [line, message, other] of [
      [9, 'No four.', 'No y.'],
      [5, 'No y.', 'No four.'],
      [0, 'No y.', 'No four.'],
      [6, 'No four.', 'No y.'],
      [10, 'No y.', 'No four.'],
    ] as const) {
      const { length } = await chats();
      placeCaret(editor, line, 0);
      await eventually(() => editor.selection.active.line === line);
      await run('quillet.fix');
      const user = (await chat(length)).json.messages[1]?.content ?? '';
      assert.ok(user.includes(message) && !user.includes(other), `line ${line}: ${user}`);
      await run('quillet.reject', thread(ui.threads.length - 1));
    }
  });

  it('reports that there is no problem and sends nothing', async () => {
    await openFile(code);
    await run('quillet.fix');
    assert.deepEqual(ui.texts, ['There are no problems to fix in this document.']);
    assert.deepEqual(await allRequests(), []);
  });

  it('rejects a read-only document before sending anything [D14]', async () => {
    const editor = await openFile(code);
    await report(editor, problem(editor, 'y;', 'No y.'));
    await setUserSetting('files.readonlyInclude', { '**/*.ts': true });
    await run('quillet.fix');
    assert.deepEqual(ui.texts, ['This document is read-only, so nothing was written.']);
    assert.deepEqual(await allRequests(), []);
  });

  it('treats problem messages as plain text: nothing is expanded, run or shown as a link', async () => {
    const editor = await openFile(code);
    const words =
      '${clipboard} ${input:secret} [x](command:quillet.stopAll) ![i](https://attacker.invalid/) \u202e$& \u200b';
    await report(editor, problem(editor, 'y;', words));
    placeCaret(editor, 5, 0);
    await answerText(corrected);
    // Invisible characters have to be confirmed before sending.
    ui.willPress('Send Anyway');
    await run('quillet.fix');
    const user = (await chat()).json.messages[1]?.content ?? '';
    assert.ok(user.includes(`Line 6: ${words.trim()}`), user);
    assert.deepEqual(ui.inputs, []);
    assert.ok(!thread().comments.some((_, index) => commentText(index).includes('attacker')));
    assert.ok(!thread().label?.includes('clipboard'));
  });

  it('can be repeated on a selection with its current problems', async () => {
    const editor = await openFile(code);
    await report(editor, problem(editor, 'y;', 'No y.'), problem(editor, 'four', 'No four.'));
    placeCaret(editor, 5, 0);
    await answerText(corrected);
    await run('quillet.fix');
    await run('quillet.reject', thread());
    await select(editor, 'let three = four;');
    await run('quillet.repeat');
    const user = (await chat(1)).json.messages[1]?.content ?? '';
    assert.ok(user.includes('No four.') && !user.includes('No y.'), user);
    assert.ok(user.endsWith('\n\nlet three = four;'), user);
  });

  it('ignores invalid arguments', async () => {
    const editor = await openFile(code);
    const { uri } = editor.document;
    for (const argument of [
      { uri: 'file:///etc/passwd', firstLine: 0, lastLine: 1 },
      { uri: uri.toString(), firstLine: 0, lastLine: 1e9 },
      { uri: uri.toString(), firstLine: -1, lastLine: 1.5 },
      { uri: 7, firstLine: 'x' },
      [uri],
      'x',
    ]) {
      await run('quillet.fix', argument);
    }
    const sentences = new Set(ui.texts);
    sentences.delete('There are no problems to fix in this document.');
    sentences.delete('Open a text editor first.');
    assert.deepEqual([...sentences], []);
    assert.deepEqual(await allRequests(), []);
  });

  it('shows the document first if the problem was chosen in the Problems panel', async () => {
    const editor = await openFile(code);
    const { document } = editor;
    await report(editor, problem(editor, 'y;', 'No y.'));
    await openFile('another one\n', 'txt');
    await answerText(second.replace('= y', '= 2'));
    await run('quillet.fix', { uri: document.uri.toString(), firstLine: 5, lastLine: 5 });
    assert.equal(vscode.window.activeTextEditor?.document, document);
    assert.match((await chat()).json.messages[1]?.content ?? '', /No y\./);
  });
});
