import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerText, answerWith, chats } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, openUri, placeCaret, select, type, undo } from '../support/workspace';
import { finish, loggedEnd, original, replacing, request, start, streaming, type Way, ways } from '../support/writing';

const offered = () =>
  eventually(async () => (await vscode.env.clipboard.readText()) || undefined, 'the answer offered');
const refusal = 'Another answer is being written here. Stop it or wait until it finishes.';

// Replaces an API property until the end of the test.
const restore: (() => void)[] = [];
function replaceProperty<Owner extends object>(owner: Owner, name: keyof Owner, property: PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  assert.ok(before);
  Object.defineProperty(owner, name, { configurable: true, ...property });
  restore.push(() => Object.defineProperty(owner, name, before));
}

function useCleanApi(): void {
  beforeEach(() => vscode.env.clipboard.writeText(''));
  afterEach(() => {
    for (const undoReplacement of restore.splice(0).toReversed()) undoReplacement();
  });
}

describe('two answers in one document', () => {
  useQuillet();
  useCleanApi();

  const overlapping: readonly [Way, string, string][] = [
    [streaming, 'quillet.insert', '// make'],
    [streaming, 'quillet.rewriteInPlace', '// top\n// make'],
    [streaming, 'quillet.insert', 'piece 3'],
    [replacing, 'quillet.insert', 'make a'],
    [replacing, 'quillet.rewriteInPlace', 'greeting\n// bottom'],
  ];
  for (const [way, command, selection] of overlapping) {
    it(`rejects ${command} of "${selection.replace('\n', '⏎')}" while ${way.name}, before sending anything [D19]`, async () => {
      const editor = await openFile(original);
      const writing = await start(way, editor);
      // The same command at the same position would count as a repeated key press.
      await select(editor, selection);
      await run(command);
      assert.deepEqual(ui.texts, [refusal]);
      assert.equal(ui.inputs.length, way === replacing ? 1 : 0, 'no input box for an impossible command');
      assert.equal((await chats()).length, 1);
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(original));
      await answerText('!');
      await select(editor, '// bottom');
      await run('quillet.insert');
      assert.equal(editor.document.getText(), `${way.written(original).trimEnd()}\n!\n`);
    });
  }

  for (const way of ways) {
    it(`writes an answer elsewhere while ${way.name} [D19]`, async () => {
      const editor = await openFile(original);
      const writing = await start(way, editor);
      await select(editor, '// bottom');
      await answerText('// the end');
      ui.willType('larger');
      await run('quillet.rewriteInPlace');
      await finish(writing);
      assert.equal(editor.document.getText(), way.written(original).replace('// bottom', '// the end'));
      assert.deepEqual(ui.shown, []);
    });
  }

  it('unlocks the range when the first answer fails [D19]', async () => {
    const editor = await openFile(original);
    const writing = await start(streaming, editor);
    await run('quillet.stop');
    await writing.done;
    await undo();
    ui.clear();
    await answerText('!');
    await select(editor, request);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), original.replace(request, `${request}\n!`));
    assert.deepEqual(ui.shown, []);
  });
});

function isInCenter({ visibleRanges: [range] }: vscode.TextEditor, line: number): boolean {
  return range !== undefined && Math.abs((range.start.line + range.end.line) / 2 - line) <= 2;
}

for (const way of ways) {
  describe(`editors during an answer, ${way.name}`, () => {
    useQuillet();
    useCleanApi();

    it('moves neither caret nor scroll position [D21]', async () => {
      const editor = await openFile(`${original}${'// line\n'.repeat(300)}`);
      const writing = await start(way, editor);
      const caret = new vscode.Selection(250, 2, 250, 2);
      editor.selection = caret;
      editor.revealRange(caret, vscode.TextEditorRevealType.InCenter);
      await eventually(() => isInCenter(editor, caret.active.line), 'the caret in the center');
      const fromTop = () => editor.selection.active.line - (editor.visibleRanges[0]?.start.line ?? 0);
      const distance = fromTop();
      const line = editor.selection.active.line;
      await finish(writing);
      assert.ok(editor.selection.active.line - line >= 24);
      await eventually(() => Math.abs(fromTop() - distance) <= 1, `the view as it was: ${distance} from the top`);
      assert.equal(editor.selection.active.character, 2);
      assert.equal(editor.document.getText().startsWith(way.written(original)), true);
    });

    it('moves neither caret nor scroll position in two editors of the document [D21]', async () => {
      const editor = await openFile(`${original}${'// line\n'.repeat(300)}`);
      await select(editor, request);
      await run('workbench.action.splitEditor');
      const both = await eventually(() => {
        const editors = vscode.window.visibleTextEditors.filter((candidate) => candidate.document === editor.document);
        return editors.length === 2 ? editors : undefined;
      }, 'two editors');
      const [near, far] = both;
      assert.ok(near !== undefined && far !== undefined);
      const writing = await start(way, near);
      const before = new vscode.Selection(1, 3, 1, 3);
      near.selection = before;
      const caret = new vscode.Selection(250, 2, 250, 2);
      far.selection = caret;
      far.revealRange(caret, vscode.TextEditorRevealType.InCenter);
      await eventually(() => isInCenter(far, caret.active.line), 'the caret in the center');
      const fromTop = () => far.selection.active.line - (far.visibleRanges[0]?.start.line ?? 0);
      const text = () => editor.document.lineAt(far.selection.active.line).text.length;
      const distance = fromTop();
      await finish(writing);
      await eventually(() => Math.abs(fromTop() - distance) <= 1, `the view as it was: ${distance} from the top`);
      assert.equal(text(), '// line'.length);
      assert.equal(far.selection.active.character, 2);
      if (way === streaming) assert.ok(near.selection.isEqual(before), JSON.stringify(near.selection));
      assert.deepEqual(ui.shown, []);
      await undo();
      if (way === replacing) assert.ok(editor.document.getText().startsWith(original));
    });

    it('continues while the tab moves to another group and back [D01]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await openFile('the other one\n');
      await openUri(document.uri);
      await run('workbench.action.moveEditorToNextGroup');
      await run('workbench.action.moveEditorToPreviousGroup');
      await run('workbench.action.moveEditorRightInGroup');
      await finish(writing);
      assert.equal(document.getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('keeps a snippet session alive [D22]', async () => {
      const writing = await start(way, await openFile(original));
      const { editor } = writing;
      placeCaret(editor, 0, 0);
      await editor.insertSnippet(new vscode.SnippetString('let ${1:one} = ${2:two};\n'));
      await finish(writing);
      await run('jumpToNextSnippetPlaceholder');
      assert.equal(editor.document.getText(editor.selection), 'two');
      assert.equal(editor.document.getText(), way.written(`let one = two;\n${original}`));
      assert.deepEqual(ui.shown, []);
    });

    it('keeps the suggestion list open [D22]', async () => {
      let wasAsked = false;
      const completions = vscode.languages.registerCompletionItemProvider('typescript', {
        provideCompletionItems: () => {
          wasAsked = true;
          return [new vscode.CompletionItem('zebra')];
        },
      });
      const writing = await start(way, await openFile(original));
      const { editor } = writing;
      placeCaret(editor, 0, 6);
      await type('\nzeb');
      await run('editor.action.triggerSuggest');
      await eventually(() => wasAsked, 'the request for suggestions');
      await finish(writing);
      const text = await eventually(async () => {
        await run('acceptSelectedSuggestion');
        return editor.document.getText().includes('zebra') && editor.document.getText();
      }, 'the accepted suggestion');
      completions.dispose();
      assert.equal(text, way.written(original.replace('// top', '// top\nzebra')));
      assert.deepEqual(ui.shown, []);
    });

    it('keeps or dismisses an inline suggestion [D22]', async () => {
      let wasAsked = false;
      const provider = vscode.languages.registerInlineCompletionItemProvider('typescript', {
        provideInlineCompletionItems: (_document, position) => {
          wasAsked = true;
          return position.line === 0
            ? [new vscode.InlineCompletionItem(' ghost', new vscode.Range(position, position))]
            : [];
        },
      });
      const writing = await start(way, await openFile(original));
      const { editor } = writing;
      placeCaret(editor, 0, 6);
      await run('editor.action.inlineSuggest.trigger');
      await eventually(() => wasAsked, 'the request for inline suggestions');
      await finish(writing);
      const written = way.written(original);
      assert.equal(editor.document.getText(), written);
      await run('editor.action.inlineSuggest.commit');
      provider.dispose();
      const text = editor.document.getText();
      assert.ok(text === written || text === written.replace('// top', '// top ghost'), text);
      assert.deepEqual(ui.shown, []);
    });

    it('tolerates an open rename box [D22]', async () => {
      let wasAsked = false;
      const renames = vscode.languages.registerRenameProvider('typescript', {
        prepareRename: () => {
          wasAsked = true;
          return new vscode.Range(0, 3, 0, 6);
        },
        provideRenameEdits: (document, _position, newName) => {
          const edit = new vscode.WorkspaceEdit();
          edit.replace(document.uri, new vscode.Range(0, 3, 0, 6), newName);
          return edit;
        },
      });
      const writing = await start(way, await openFile(original));
      placeCaret(writing.editor, 0, 4);
      const renaming = run('editor.action.rename');
      await eventually(() => wasAsked, 'the rename box');
      await finish(writing);
      await run('cancelRenameInput').catch(() => undefined);
      await renaming;
      renames.dispose();
      assert.equal(writing.editor.document.getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    for (const [how, applyEdit] of Object.entries({
      'is refused': async (): Promise<boolean> => false,
      rejects: async (): Promise<boolean> => Promise.reject(new Error('no')),
    })) {
      it(`offers the answer if every edit of a hidden document ${how} [D24]`, async () => {
        const writing = await start(way, await openFile(original));
        const { document } = writing.editor;
        await openFile('the other one\n');
        const before = document.getText();
        let tries = 0;
        const value = () => {
          tries += 1;
          return applyEdit();
        };
        replaceProperty(vscode.workspace, 'applyEdit', { value });
        ui.willPress('Copy Answer');
        await finish(writing);
        assert.equal(document.getText(), before);
        assert.deepEqual(ui.errors, [
          "Couldn't write the answer into the editor after several tries. You can still copy or open it.",
        ]);
        assert.equal(await offered(), way.rest(before, original));
        assert.ok(tries >= 2 && tries <= 4, `${tries} tries`);
        assert.equal(loggedEnd().kind, 'doc.applyfalse');
      });
    }

    // Wraps the visible editors to replace their `edit` method.
    function editWith(edit: (real: vscode.TextEditor['edit']) => vscode.TextEditor['edit']): void {
      const { window } = vscode;
      const real = () => Object.getOwnPropertyDescriptor(window, 'visibleTextEditors')?.get?.call(window);
      const editors: readonly vscode.TextEditor[] = real();
      const get = () =>
        editors.map(
          (editor) =>
            new Proxy(
              {},
              {
                get: (_target, name) => {
                  if (name === 'edit') return edit(editor.edit.bind(editor));
                  return Reflect.get(editor, name);
                },
                set: (_target, name, value) => Reflect.set(editor, name, value),
              },
            ),
        );
      replaceProperty(window, 'visibleTextEditors', { get });
    }

    it('offers the answer if every edit of a visible document is rejected [D24]', async () => {
      const writing = await start(way, await openFile(original));
      const before = writing.editor.document.getText();
      let tries = 0;
      editWith(() => async () => {
        tries += 1;
        return false;
      });
      ui.willPress('Copy Answer');
      await finish(writing);
      assert.equal(writing.editor.document.getText(), before);
      assert.deepEqual(ui.errors, [
        "Couldn't write the answer into the editor after several tries. You can still copy or open it.",
      ]);
      assert.equal(await offered(), way.rest(before, original));
      assert.equal(tries, 4);
    });

    it('leaves a read-only document alone if its tab is hidden during the edit [D15]', async () => {
      const writing = await start(way, await openFile(original));
      const { document } = writing.editor;
      await document.save();
      const before = document.getText();
      await setUserSetting('files.readonlyInclude', { [`**/${document.uri.path.split('/').at(-1)}`]: true });
      editWith(() => async () => {
        replaceProperty(vscode.window, 'visibleTextEditors', { get: () => [] });
        throw new Error('TextEditor#edit not possible on closed editors');
      });
      await finish(writing);
      assert.equal(document.getText(), before);
      assert.equal(loggedEnd().kind, 'doc.readonly');
    });

    it('retries an edit that is rejected at first [D22]', async () => {
      const writing = await start(way, await openFile(original));
      let refusals = 3;
      editWith((real) => async (...args) => {
        refusals -= 1;
        return refusals < 0 ? real(...args) : false;
      });
      await finish(writing);
      assert.equal(writing.editor.document.getText(), way.written(original));
      assert.deepEqual(ui.shown, []);
    });

    it('disposes all listeners when it is done', async () => {
      let listeners = 0;
      const count = <Listener>(event: vscode.Event<Listener>): vscode.Event<Listener> => {
        return (...args) => {
          listeners += 1;
          const subscription = event(...args);
          return new vscode.Disposable(() => {
            listeners -= 1;
            subscription.dispose();
          });
        };
      };
      const { workspace, window } = vscode;
      const events = [
        'onDidChangeTextDocument',
        'onDidCloseTextDocument',
        'onDidOpenTextDocument',
        'onWillSaveTextDocument',
        'onDidSaveTextDocument',
        'onWillRenameFiles',
      ] as const;
      for (const name of events) {
        replaceProperty(workspace, name, { value: count(workspace[name] as vscode.Event<unknown>) });
      }
      replaceProperty(window, 'onDidChangeTextEditorSelection', {
        value: count(window.onDidChangeTextEditorSelection),
      });
      const writing = await start(way, await openFile(original));
      assert.ok(listeners > 0);
      await finish(writing);
      await eventually(() => listeners === 0, 'no listeners');
      // A stopped answer stays decorated until the next edit.
      const second = await start(way, await openFile(original));
      await run('quillet.stop');
      await second.done;
      await second.editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '!'));
      await eventually(() => listeners === 0, 'no listeners after Stop');
      // Continue is offered but not chosen.
      const third = await openFile(original);
      await select(third, request);
      await answerWith(streamed(['\nshort'], { finishReason: 'length' }));
      await run('quillet.insert');
      await eventually(() => ui.shown.some(({ buttons }) => buttons.includes('Continue')));
      await third.edit((edit) => edit.insert(new vscode.Position(0, 0), '!'));
      await eventually(() => listeners === 0, 'no listeners for an answer that is not continued');
    });
  });
}

describe('an answer that is being written', () => {
  useQuillet();
  useCleanApi();

  it('leaves a caret alone that the user moves during the first edit [D21]', async () => {
    const editor = await openFile(original);
    const moved = new Promise<void>((resolve) => {
      const listening = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document !== editor.document || event.contentChanges.length === 0) return;
        listening.dispose();
        resolve(run('cursorTop'));
      });
    });
    const writing = await start({ ...streaming, half: () => moved }, editor);
    await finish(writing);
    assert.equal(editor.document.getText(), streaming.written(original));
    await eventually(() => editor.selection.isEqual(new vscode.Selection(0, 0, 0, 0)), 'the caret at the top');
  });
});
