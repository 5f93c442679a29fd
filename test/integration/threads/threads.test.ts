import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  answerNext,
  answerText,
  answerWith,
  baseUrl,
  chats,
  continueAnswer,
  inTwoParts,
  resetServer,
} from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace, openFile, openUri, placeCaret, select, type } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';
const asked = 'const first = 1;';
const { Collapsed, Expanded } = vscode.CommentThreadCollapsibleState;

async function explain(text = '// one'): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, asked);
  await answerText(text);
  await run('quillet.explain');
  return editor;
}

async function close(document: vscode.TextDocument): Promise<void> {
  await run('workbench.action.closeActiveEditor');
  await eventually(() => document.isClosed);
}

async function write(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

describe('Comment threads', () => {
  useQuillet();

  it('ask once before a follow-up that exceeds the context window', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), contextWindow: 300 } } });
    await explain('// one '.repeat(100));
    assert.equal(ui.shown.length, 0);
    const before = (await chats()).length;
    await reply('And then? '.repeat(40));
    assert.match(ui.shown[0]?.text ?? '', /^Send [\d,]+ characters \(≈ [\d,]+ tokens\) to /);
    assert.match(ui.shown[0]?.detail ?? '', /^quillet-test has a context limit of 300 tokens/);
    assert.equal((await chats()).length, before, 'a question that was not answered with Send');
    ui.willPress('Send');
    await run('quillet.regenerate');
    assert.equal((await chats()).length, before + 1);
    ui.shown = [];
    await reply('And now?');
    assert.deepEqual(ui.shown, [], 'and none after that');
    assert.equal((await chats()).length, before + 2);
  });

  it('have no reply box as long as their only answers failed without text', async () => {
    await setSettings({ retries: 0 });
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(apiError(500, { message: 'broken' }));
    await run('quillet.explain');
    assert.equal(thread().canReply, false);
    await answerText('// one');
    await run('quillet.regenerate', thread());
    assert.equal(thread().canReply, true);
    await answerWith(apiError(500, { message: 'broken' }));
    await reply('And then?');
    assert.match(thread().comments.at(-1)?.label ?? '', /failed/);
    assert.equal(thread().canReply, true, 'the first answer can be followed up');
  });

  it('stream without changing the active editor, selection, scroll position or focus, and throttle redraws', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `const line${index} = ${index};`);
    const editor = await openFile(lines.join('\n'));
    await select(editor, 'const line100 = 100;');
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.AtTop);
    await eventually(() => editor.visibleRanges[0]?.contains(editor.selection));
    const words = Array.from({ length: 150 }, (_, index) => `word${index} `);
    const before = { active: vscode.window.activeTextEditor, top: editor.visibleRanges[0]?.start.line };
    const { selection } = editor;
    await answerWith(streamed(words, { delayMs: 10 }));
    const redraws: number[] = [];
    const done = run('quillet.explain');
    const watching = setInterval(watch, 1);
    let last: unknown;
    let same = 0;
    function watch(): void {
      const drawn = ui.threads[0]?.comments;
      if (drawn === undefined || drawn === last) return;
      if (Array.isArray(last) && last.at(-1) === drawn.at(-1)) same += 1;
      last = drawn;
      redraws.push(performance.now());
    }
    await done;
    clearInterval(watching);
    assert.equal(commentText(0), words.join(''));
    assert.ok(redraws.length > 3, `${redraws.length} redraws`);
    const span = (redraws.at(-1) ?? 0) - (redraws[0] ?? 0);
    // The placeholder, the phases and the end are drawn immediately.
    assert.ok(redraws.length <= span / 150 + 6, `${redraws.length} redraws in ${span} ms`);
    assert.ok(same >= redraws.length - 3, `${redraws.length - same} comments for one answer`);
    assert.equal(vscode.window.activeTextEditor, before.active);
    assert.ok(editor.selection.isEqual(selection));
    assert.equal(editor.visibleRanges[0]?.start.line, before.top);
    assert.equal(ui.threads.length, 1);
  });

  it('bring the end of an answer into view, unless the user has scrolled since the question', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `const line${index} = ${index};`);
    const long = Array.from({ length: 40 }, (_, index) => `Line ${index}.\n\n`);
    for (const hasScrolled of [false, true]) {
      const editor = await openFile(lines.join('\n'));
      const visible = await eventually(() => editor.visibleRanges[0]);
      const line = visible.end.line - 2;
      placeCaret(editor, line, 0);
      editor.selection = new vscode.Selection(line, 0, line, 5);
      await answerWith(inTwoParts(long.slice(0, 20), long.slice(20)));
      const done = run('quillet.explain');
      await eventually(() => commentText(0, ui.threads.at(-1)).includes('Line 3.'));
      if (hasScrolled) {
        editor.revealRange(new vscode.Range(150, 0, 150, 0), vscode.TextEditorRevealType.AtTop);
        await eventually(() => (editor.visibleRanges[0]?.start.line ?? 0) > 100);
      }
      await continueAnswer();
      await done;
      if (!hasScrolled) await eventually(() => (editor.visibleRanges[0]?.end.line ?? 0) > line);
      // Wait for a later reveal, which must not come.
      await new Promise((resolve) => setTimeout(resolve, hasScrolled ? 600 : 0));
      if (hasScrolled) assert.ok((editor.visibleRanges[0]?.start.line ?? 0) > line);
      assert.equal(vscode.window.activeTextEditor, editor);
    }
  });

  it('replace the placeholder comment at the end, because its accessible name never changes', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    const first = thread().comments[0];
    await continueAnswer();
    await done;
    const last = thread().comments[0];
    assert.equal(commentText(0), 'One two');
    assert.notEqual(last, first);
    // A button drawn with the first comment still refers to this answer.
    await run('quillet.copyAnswer', first);
    assert.equal(await vscode.env.clipboard.readText(), 'One two');
  });

  it('keep the comment of an answer once it is long enough to scroll', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(inTwoParts(['line\n\n'.repeat(50)], ['the end']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0).includes('line\n\nline'));
    const first = thread().comments[0];
    await continueAnswer();
    await done;
    assert.equal(thread().comments[0], first);
    assert.match(commentText(0), /the end$/);
  });

  /** VS Code may still be reporting the initial expanded state, so collapse until it lasts. */
  async function fold(): Promise<void> {
    let since = 0;
    await eventually(() => {
      if (thread().collapsibleState !== Collapsed) {
        thread().collapsibleState = Collapsed;
        since = performance.now();
      }
      return performance.now() - since > 500;
    }, 'a folded thread');
  }

  it('stay collapsed if the user collapsed them', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await fold();
    await continueAnswer();
    await done;
    assert.equal(thread().collapsibleState, Collapsed);
    await run('quillet.regenerate', thread());
    assert.equal(thread().collapsibleState, Collapsed);
  });

  it('are collapsed by Resolve Thread and expanded by Reopen Thread', async () => {
    await explain();
    await run('quillet.resolveThread', thread());
    assert.equal(thread().state, vscode.CommentThreadState.Resolved);
    assert.equal(thread().collapsibleState, Collapsed);
    assert.equal(thread().contextValue, 'conversation idle resolved');
    await run('quillet.reopenThread', thread());
    assert.equal(thread().state, vscode.CommentThreadState.Unresolved);
    assert.equal(thread().collapsibleState, Expanded);
    assert.equal(thread().contextValue, 'conversation idle');
  });

  it('take their failure out of the status bar when they are closed', async () => {
    for (const scenario of [apiError(400, { message: 'no' }), inTwoParts(['// one'], ['never'])]) {
      const editor = await openFile(code);
      await select(editor, asked);
      await resetServer();
      await answerWith(scenario);
      const { length } = ui.threads;
      const done = run('quillet.explain');
      const shown = await eventually(() => ui.threads[length]);
      await eventually(() => commentText(0, shown) !== '' && !commentText(0, shown).startsWith('*Asking'));
      await run('quillet.stop', shown);
      await done;
      await eventually(() => /failed|stopped/.test(ui.statusText));
      await run('quillet.closeThread', shown);
      await eventually(() => ui.statusText === '$(edit-sparkle) quillet-test');
    }
  });

  it('leave nothing in the status bar if they are closed while the answer arrives', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(inTwoParts(['// one'], ['never']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0).includes('one'));
    await run('quillet.closeThread', thread());
    await done;
    await eventually(() => ui.statusText === '$(edit-sparkle) quillet-test');
  });

  it('are resolved and reopened from the keyboard, the nearest one that can be', async () => {
    const editor = await explain();
    await select(editor, 'const second = 2;');
    await run('quillet.explain');
    const states = () => [thread(0), thread(1)].map(({ state }) => state === vscode.CommentThreadState.Resolved);
    placeCaret(editor, 1, 0);
    await run('quillet.resolveThread');
    assert.deepEqual(states(), [false, true]);
    await run('quillet.resolveThread');
    assert.deepEqual(states(), [true, true]);
    await run('quillet.resolveThread');
    assert.match(ui.texts[0] ?? '', /^There is no answer here/);
    await run('quillet.reopenThread');
    assert.deepEqual(states(), [true, false]);
  });

  it('are closed by Close All Threads, which asks only if something would be lost', async () => {
    const editor = await explain();
    await select(editor, 'const second = 2;');
    await run('quillet.explain');
    await run('quillet.clearThreads');
    assert.deepEqual(ui.shown, []);
    await run('quillet.copyAnswer');
    assert.match(ui.texts[0] ?? '', /^There is no answer here/);
    ui.clear();
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await run('quillet.clearThreads');
    assert.deepEqual(
      ui.shown.map(({ isModal, text, detail }) => [isModal, text, detail]),
      [[true, 'Close all threads?', '1 answer is still in progress or not yet reviewed.']],
    );
    assert.equal(thread().contextValue, 'conversation running');
    ui.willPress('Close All');
    await run('quillet.clearThreads');
    await done;
    const ending = await eventually(async () => (await chats()).at(-1)?.ending);
    assert.equal(ending.by, 'client');
  });

  it('support Insert Below and Regenerate after the file was closed and reopened [D02]', async () => {
    const editor = await explain();
    const { uri } = editor.document;
    await close(editor.document);
    const again = await openUri(uri);
    assert.notEqual(again.document, editor.document);
    await run('quillet.regenerate', thread());
    assert.equal(commentText(0), '// one');
    await run('quillet.insertBelow', thread());
    assert.equal(again.document.getText(), 'const first = 1;\n// one\nconst second = 2;\n');
    assert.equal(ui.threads.length, 1);
    assert.deepEqual(ui.shown, []);
  });

  it('find code that moved while its file was closed [D02]', async () => {
    const editor = await explain();
    const { uri } = editor.document;
    await close(editor.document);
    await write(uri, `// new\n// lines\n${code}`);
    const again = await openUri(uri);
    await eventually(() => thread().range?.start.line === 2, 'the thread is where the code is');
    await run('quillet.insertBelow', thread());
    assert.equal(again.document.getText(), '// new\n// lines\nconst first = 1;\n// one\nconst second = 2;\n');
  });

  it('write nothing and show an error if the code is no longer in the file [D02]', async () => {
    const editor = await explain();
    const { uri } = editor.document;
    await close(editor.document);
    await write(uri, 'nothing of it\n');
    const again = await openUri(uri);
    await run('quillet.insertBelow', thread());
    assert.equal(again.document.getText(), 'nothing of it\n');
    assert.match(ui.texts[0] ?? '', /is no longer in the file/);
    assert.deepEqual(ui.shown[0]?.buttons.slice(0, 2), ['Copy Answer', 'Open Answer']);
  });

  it('follow a renamed file with their content and collapsed state [D04]', async () => {
    const editor = await explain();
    await reply('Why?');
    await fold();
    const to = inWorkspace(`renamed${Date.now()}.ts`);
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(editor.document.uri, to);
    await vscode.workspace.applyEdit(edit);
    const moved = await eventually(() => ui.threads[1]);
    const again = await openUri(to);
    assert.equal(moved.uri.toString(), to.toString());
    assert.deepEqual(
      [0, 1, 2].map((index) => commentText(index, moved)),
      ['// one', 'Why?', '// one'],
    );
    assert.equal(moved.label, 'Explain · quillet-test');
    assert.equal(moved.collapsibleState, Collapsed);
    await run('quillet.insertBelow', moved);
    assert.equal(again.document.getText(), 'const first = 1;\n// one\nconst second = 2;\n');
  });

  it('follow code that is cut and pasted elsewhere', async () => {
    const editor = await explain();
    const { document } = editor;
    const edit = new vscode.WorkspaceEdit();
    edit.delete(document.uri, new vscode.Range(0, 0, 1, 0));
    await vscode.workspace.applyEdit(edit);
    placeCaret(editor, 1, 0);
    await type(`${asked}\n`);
    await eventually(() => thread().range?.start.line === 1, 'the thread is where the code is');
    await run('quillet.insertBelow', thread());
    assert.equal(document.getText(), 'const second = 2;\nconst first = 1;\n// one\n');
  });

  it('show a queued follow-up immediately, and Stop prevents it from being sent', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await run('quillet.reply', { thread: thread(), text: 'And then?' });
    await eventually(() => commentText(-1) === 'And then?');
    assert.equal(thread().comments.at(-1)?.label, 'queued');
    await run('quillet.stop', thread());
    await done;
    await eventually(() => thread().comments.at(-1)?.label === 'not sent');
    assert.equal(commentText(-1), 'And then?');
    assert.equal((await chats()).length, 1);
    await answerText('Then this.');
    await run('quillet.regenerate', thread());
    assert.equal(commentText(-1), 'Then this.');
    assert.equal(thread().comments.at(-2)?.label, undefined);
    const messages = (await chats())[1]?.json.messages ?? [];
    assert.deepEqual(
      messages.slice(2).map(({ content }) => content),
      ['One', 'And then?'],
    );
  });

  it('keep a follow-up that cannot be sent, and Regenerate sends it', async () => {
    await explain();
    await setSettings({ model: 'missing/model' });
    await reply('Why?');
    assert.equal(commentText(-1), 'Why?');
    assert.equal(thread().comments.at(-1)?.label, 'not sent');
    await eventually(() => ui.errors.length === 1, 'the reason');
    await setSettings({ model: 'test/quillet-test' });
    await answerText('Because.');
    await run('quillet.regenerate', thread());
    assert.equal(commentText(-1), 'Because.');
    assert.equal((await chats())[1]?.json.messages.at(-1)?.content, 'Why?');
  });

  it('can be copied and opened as Markdown with the shown answers', async () => {
    const editor = await openFile(code);
    await select(editor, asked);
    ui.willType('What is it?');
    await answerNext(streamed(['```ts\nlet']), streamed(['Never shown again.']), streamed(['Because.']));
    await run('quillet.ask');
    await run('quillet.regenerate', thread());
    await run('quillet.previousAnswer', thread());
    await reply('Why?');
    await run('quillet.copyConversation', thread());
    const name = vscode.workspace.asRelativePath(editor.document.uri);
    const expected = `# Ask · quillet-test

\`${name}\`, line 1

\`\`\`typescript
const first = 1;
\`\`\`

## You

What is it?

## Quillet · fake-model

\`\`\`ts
let
\`\`\`

## You

Why?

## Quillet · fake-model

Because.
`;
    assert.equal(await vscode.env.clipboard.readText(), expected);
    await run('quillet.openConversation', thread());
    const opened = vscode.window.activeTextEditor?.document;
    assert.equal(opened?.isUntitled, true);
    assert.equal(opened?.languageId, 'markdown');
    assert.equal(opened?.getText(), expected);
  });
});
