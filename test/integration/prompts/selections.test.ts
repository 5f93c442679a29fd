import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, deltaFrame, neverAnswers, type Scenario, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, chats, continueAnswer } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, redo, type, undo, untilText } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\nlet three = 3;\n';
const EACH = 'Each Selection Separately';
const PRIMARY = 'Primary Selection Only';
const words = ['one', 'two', 'three'];

/** Opens the code and selects the words; the first one is the primary selection. */
async function open(selected: readonly string[] = ['three', 'one', 'two'], text = code): Promise<vscode.TextEditor> {
  const editor = await openFile(text);
  editor.selections = selected.map((word) => {
    const offset = text.indexOf(word);
    const { document } = editor;
    return new vscode.Selection(document.positionAt(offset), document.positionAt(offset + word.length));
  });
  return editor;
}

async function rewrite(choice: string | null = EACH): Promise<void> {
  if (choice !== null) ui.willPick(choice);
  ui.willType('louder');
  await run('quillet.rewriteInPlace');
}

function selectedTexts(editor: vscode.TextEditor): string[] {
  return editor.selections.map((selection) => editor.document.getText(selection));
}

/** The selected words that were sent, in document order. */
async function sentWords(): Promise<string[]> {
  const all = await chats();
  const texts = all.map(({ json }) => json.messages.at(-1)?.content.split('\n').at(-1) ?? '');
  return texts.sort((left, right) => words.indexOf(left) - words.indexOf(right));
}

describe('several selections', () => {
  useQuillet({ model: 'test/shout' });

  it('need one question and one instruction, are edited in one undo step and stay selected', async () => {
    const editor = await open();
    let edits = 0;
    const subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document === editor.document && contentChanges.length > 0) edits += 1;
    });
    await rewrite();
    subscription.dispose();
    const written = 'let ONE = 1;\nlet TWO = 2;\nlet THREE = 3;\n';
    assert.equal(editor.document.getText(), written);
    assert.equal(edits, 1);
    assert.deepEqual(selectedTexts(editor), ['THREE', 'ONE', 'TWO']);
    assert.equal(ui.lists.length, 1);
    assert.equal(ui.lists[0]?.title, 'Rewrite Without Review');
    assert.equal(ui.lists[0]?.placeHolder, 'You have 3 selections. Which should Quillet use?');
    assert.deepEqual(
      ui.lists[0]?.items.map(({ label, description }) => `${label}: ${description}`),
      [`${EACH}: 3 requests`, `${PRIMARY}: 1 request`],
    );
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(await sentWords(), words);
    assert.deepEqual(ui.shown, []);
    assert.match(ui.statusText, /165 tokens$/);
    await undo();
    assert.equal(editor.document.getText(), code);
    await redo();
    assert.equal(editor.document.getText(), written);
  });

  it('send their own surroundings with the same instruction', async () => {
    await open(['two', 'one']);
    await rewrite();
    const all = (await chats()).map(({ json }) => json.messages.at(-1)?.content ?? '');
    const [one, two] = all.sort((left, right) => left.indexOf('let one') - right.indexOf('let one'));
    for (const text of all) assert.match(text, /^Instruction: louder\n/);
    const textBefore = (text = '') => /for context only:\n\n([\s\S]*?)\n\nThe code after/.exec(text)?.[1];
    assert.deepEqual([textBefore(one), textBefore(two)].sort(), ['let ', 'let one = 1;\nlet ']);
  });

  it('can be reduced to the primary one', async () => {
    const editor = await open();
    await rewrite(PRIMARY);
    assert.equal(editor.document.getText(), code.replace('three', 'THREE'));
    assert.deepEqual(await sentWords(), ['three']);
    assert.deepEqual(selectedTexts(editor), ['THREE', 'one', 'two']);
  });

  it('send nothing and ask nothing more after Escape [X01]', async () => {
    const editor = await open();
    await rewrite(null);
    assert.deepEqual(await chats(), []);
    assert.equal(ui.inputs.length, 1, 'the instruction is asked for first');
    assert.equal(editor.document.getText(), code);
    assert.deepEqual(ui.shown, []);
  });

  it('show the last instruction in the next question', async () => {
    await open(['one']);
    await rewrite(null);
    await open(['one']);
    await rewrite(null);
    const [first, second] = ui.inputs as readonly { readonly prompt?: string; readonly placeholder?: string }[];
    assert.equal(first?.prompt, 'Describe the change, e.g. "make it async"');
    assert.match(second?.placeholder ?? '', /"louder"/);
  });

  it('are ignored if they contain only whitespace', async () => {
    const editor = await open();
    const blank = new vscode.Selection(0, 3, 0, 4);
    editor.selections = [...editor.selections.slice(0, 1), blank];
    ui.willType('louder');
    await run('quillet.rewriteInPlace');
    assert.equal(ui.lists.length, 0);
    assert.equal(editor.document.getText(), code.replace('three', 'THREE'));
  });

  it('ask only once if the key is pressed twice', async () => {
    const editor = await open();
    ui.willPick(EACH);
    ui.willType('louder');
    await Promise.all([run('quillet.rewriteInPlace'), run('quillet.rewriteInPlace')]);
    assert.equal(ui.lists.length, 1);
    assert.equal((await chats()).length, 3);
    assert.equal(
      editor.document.getText(),
      code.replace(/one|two|three/g, (word) => word.toUpperCase()),
    );
  });

  it('are tracked through edits during the questions and the answers', async () => {
    const editor = await open();
    await answerWith(gated('X'));
    ui.willPick(EACH);
    ui.willType(async () => {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'first;\n'));
      return 'louder';
    });
    const done = run('quillet.rewriteInPlace');
    await eventually(async () => (await chats()).length === 3);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'between;\n'));
    await continueAnswer();
    await done;
    assert.equal(editor.document.getText(), 'first;\nlet X = 1;\nbetween;\nlet X = 2;\nlet X = 3;\n');
  });

  it('are written in one undo step if another tab is active', async () => {
    const editor = await open();
    await answerWith(gated('X'));
    const done = rewrite();
    await eventually(async () => (await chats()).length === 3);
    const other = await openFile('other');
    await continueAnswer();
    await done;
    assert.equal(editor.document.getText(), 'let X = 1;\nlet X = 2;\nlet X = 3;\n');
    assert.equal(other.document.getText(), 'other');
    assert.equal(vscode.window.activeTextEditor?.document, other.document);
    await vscode.window.showTextDocument(editor.document);
    await undo();
    assert.equal(editor.document.getText(), code);
  });

  it('ask once to confirm the total size', async () => {
    await setSettings({ 'limits.selection': 1500 });
    const editor = await open();
    await rewrite();
    assert.equal(ui.shown.length, 1);
    assert.match(ui.texts[0] ?? '', /^Send [1-9],\d{3} characters \(≈ [\d,]+ tokens\) to Test Server in 3 requests\?$/);
    assert.equal(ui.shown[0]?.isModal, true);
    assert.deepEqual(await chats(), []);
    ui.clear();
    ui.willPress('Send');
    await rewrite();
    assert.equal((await chats()).length, 3);
    assert.equal(
      editor.document.getText(),
      code.replace(/one|two|three/g, (word) => word.toUpperCase()),
    );
  });

  const joined: Readonly<Record<string, () => string | Thenable<string>>> = {
    thread: () => commentText(0),
    document: () => vscode.workspace.textDocuments.find(({ isUntitled }) => isUntitled)?.getText() ?? '',
    clipboard: () => vscode.env.clipboard.readText(),
  };
  for (const [destination, answer] of Object.entries(joined)) {
    it(`are sent as one request in document order to "${destination}", without a question`, async () => {
      const editor = await open();
      await answerText('It ', 'is one.');
      await run('quillet.run', { prompt: 'explain', destination });
      assert.equal(ui.lists.length, 0);
      const sent = await chats();
      assert.equal(sent.length, 1);
      assert.ok(sent[0]?.json.messages.at(-1)?.content.includes('one\n\ntwo\n\nthree'));
      assert.equal(await answer(), 'It is one.');
      assert.equal(editor.document.getText(), code);
      assert.deepEqual(ui.shown, []);
    });
  }

  it('open one thread each for review', async () => {
    const editor = await open();
    ui.willPick(EACH);
    ui.willType('louder');
    await run('quillet.rewrite');
    assert.equal(ui.threads.length, 3);
    for (const index of [2, 0, 1]) await run('quillet.accept', thread(index));
    assert.equal(
      editor.document.getText(),
      code.replace(/one|two|three/g, (word) => word.toUpperCase()),
    );
  });
});

describe('incomplete sets of answers', () => {
  // Sequential, so that answers arrive in document order.
  useQuillet({ 'limits.parallel': 1 });

  const cut = streamed(['HAL'], { then: [{ do: 'wait', ms: 200 }, { do: 'cut' }] });

  it('are not written; one notification says why and offers the answers that arrived', async () => {
    const editor = await open();
    await answerNext(streamed(['ONE']), cut, streamed(['THREE']));
    await rewrite();
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.equal(ui.shown.length, 1);
    assert.match(
      ui.texts[0] ?? '',
      /^Only 2 of 3 answers arrived, so nothing was written\. The connection to .* was lost/,
    );
    assert.deepEqual(ui.shown[0]?.buttons, ['Write the 2 That Arrived', 'Copy Answer', 'Show Log']);
    assert.match(ui.statusText, /1 of 3 failed$/);
  });

  it('are written in one step on request, at their current positions', async () => {
    const editor = await open();
    await answerNext(streamed(['ONE']), cut, streamed(['THREE']));
    let press = (): void => undefined;
    ui.willPress('Write the 2 That Arrived', new Promise<void>((resolve) => (press = resolve)));
    await rewrite();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'first;\n'));
    press();
    await untilText(editor, 'THREE');
    assert.equal(editor.document.getText(), 'first;\nlet ONE = 1;\nlet two = 2;\nlet THREE = 3;\n');
    await undo();
    assert.equal(editor.document.getText(), `first;\n${code}`);
  });

  it('are copied completely by Copy Answer', async () => {
    await open();
    await answerNext(streamed(['ONE']), cut, streamed(['THREE']));
    ui.willPress('Copy Answer');
    await rewrite();
    await eventually(async () => (await vscode.env.clipboard.readText()) === 'ONE\n\nHAL\n\nTHREE');
  });

  const missing: Readonly<Record<string, Scenario>> = {
    'a failure': apiError(500, { message: 'The server had an error.' }),
    'an empty answer': streamed(['  ']),
    'an answer cut at the token limit': streamed(['TW'], { finishReason: 'length' }),
    'two code blocks': streamed(['```ts\na\n```\n', 'or\n', '```ts\nb\n```\n']),
  };
  for (const [name, scenario] of Object.entries(missing)) {
    it(`are not written if one of them is ${name}`, async () => {
      const editor = await open();
      await answerNext(streamed(['ONE']), scenario, streamed(['THREE']));
      await rewrite();
      assert.equal(editor.document.getText(), code);
      assert.equal(ui.shown.length, 1);
      assert.ok(ui.shown[0]?.buttons.includes('Write the 2 That Arrived') || name === 'two code blocks');
    });
  }

  it('are not written if one target was edited, and the others are offered [D09]', async () => {
    await setSettings({ 'limits.parallel': 4 });
    const editor = await open();
    await answerWith(gated('X'));
    const done = rewrite();
    await eventually(async () => (await chats()).length === 3);
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 5), '!'));
    const edited = editor.document.getText();
    ui.willPress('Write the Other 2');
    await continueAnswer();
    await done;
    assert.match(ui.texts.join(), /^All 3 answers arrived, but nothing was written\. The text was edited where/);
    await eventually(() => editor.document.getText() === edited.replace('one', 'X').replace('three', 'X'));
  });

  it('are offered for copying if the document was closed [D02]', async () => {
    await setSettings({ 'limits.parallel': 4 });
    const editor = await open();
    await answerWith(gated('X'));
    const done = rewrite();
    await eventually(async () => (await chats()).length === 3);
    await run('workbench.action.closeActiveEditor');
    await eventually(() => editor.document.isClosed);
    await continueAnswer();
    await done;
    assert.equal(ui.shown.length, 1);
    assert.match(ui.texts[0] ?? '', /^All 3 answers arrived, but nothing was written\. The document was closed/);
    assert.ok(ui.shown[0]?.buttons.includes('Copy Answer'));
    assert.ok(!ui.shown[0]?.buttons.some((label) => label.startsWith('Write')));
  });

  it('are offered for copying if the file is read-only in this session [D14]', async () => {
    const editor = await open();
    await run('workbench.action.files.setActiveEditorReadonlyInSession');
    await answerText('X');
    ui.willPress('Copy Answer');
    await rewrite();
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.deepEqual(ui.texts, [
      'All 3 answers arrived, but nothing was written. This document is read-only, so nothing was written.',
    ]);
    await eventually(async () => (await vscode.env.clipboard.readText()) === 'X\n\nX\n\nX');
    await run('workbench.action.files.resetActiveEditorReadonlyInSession');
  });

  it('report a shared failure once, with the button that helps', async () => {
    const editor = await open();
    await answerWith(apiError(401, { message: 'Incorrect API key.' }));
    await rewrite();
    assert.equal(ui.shown.length, 1);
    assert.match(
      ui.texts[0] ?? '',
      /^Only 0 of 3 answers arrived, so nothing was written\. "Test Server" requires an API key\./,
    );
    assert.deepEqual(ui.shown[0]?.buttons, ['Set API Key', 'Show Log']);
    assert.equal(editor.document.getText(), code);
  });

  it('report failures of several reviews once, at the end', async () => {
    await open();
    await answerWith(apiError(500, { message: 'The server had an error.' }));
    ui.willPick(EACH);
    ui.willType('louder');
    await run('quillet.rewrite');
    assert.equal(ui.threads.length, 3);
    assert.equal(ui.shown.length, 1);
    assert.match(ui.texts[0] ?? '', /^3 requests failed\. "Test Server" returned a server error/);
  });
});

describe('inserting at several positions', () => {
  useQuillet({ model: 'test/shout' });

  const places: Readonly<Record<string, string>> = {
    insert: 'let oneA = 1;\nlet twoA = 2;\nlet threeA = 3;\n',
    before: 'A\nlet one = 1;\nA\nlet two = 2;\nA\nlet three = 3;\n',
    after: 'let one = 1;\nA\nlet two = 2;\nA\nlet three = 3;\nA\n',
  };
  for (const [destination, text] of Object.entries(places)) {
    it(`writes all answers in one step with "${destination}" and keeps the selections`, async () => {
      const editor = await open();
      await answerText('<think>Hm.</think>', 'A');
      ui.willPick(EACH);
      await run('quillet.run', { prompt: 'explain', destination });
      assert.equal(editor.document.getText(), text);
      assert.deepEqual(selectedTexts(editor), ['three', 'one', 'two']);
      assert.deepEqual(ui.shown, []);
      await undo();
      assert.equal(editor.document.getText(), code);
    });
  }

  it('orders answers for one line by their selections', async () => {
    const editor = await open(['b', 'a'], 'a, b\n');
    ui.willPick(EACH);
    await setSettings({ 'limits.parallel': 1 });
    await answerNext(streamed(['first']), streamed(['second']));
    await run('quillet.run', { prompt: 'explain', destination: 'after' });
    assert.equal(editor.document.getText(), 'a, b\nfirst\nsecond\n');
  });

  it('sends each selection unchanged and inserts after it with Insert Completion', async () => {
    const editor = await open();
    ui.willPick(EACH);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), 'let oneONE = 1;\nlet twoTWO = 2;\nlet threeTHREE = 3;\n');
    assert.deepEqual(selectedTexts(editor), ['three', 'one', 'two']);
    const sent = (await chats()).map(({ json }) => json.messages);
    assert.deepEqual(
      sent.map((messages) => messages.length),
      [2, 2, 2],
    );
    assert.deepEqual(sent.map(([, message]) => message?.content).sort(), ['one', 'three', 'two']);
    assert.equal(ui.lists[0]?.title, 'Insert Completion');
    await undo();
    assert.equal(editor.document.getText(), code);
  });

  it('sends the text before each cursor with Insert Completion and moves the cursors behind the answers', async () => {
    const editor = await openFile('one\n\ntwo\n');
    const carets = [new vscode.Selection(2, 3, 2, 3), new vscode.Selection(0, 3, 0, 3)];
    editor.selections = carets;
    ui.willPick(EACH);
    await run('quillet.insert');
    assert.equal(editor.document.getText(), 'oneONE\n\ntwoTWO\n');
    const sent = (await chats()).map(({ json }) => json.messages[1]?.content);
    assert.deepEqual(sent.sort(), ['one', 'one\n\ntwo']);
    assert.deepEqual(
      editor.selections.map(({ active }) => [active.line, active.character]),
      [
        [2, 6],
        [0, 6],
      ],
    );
    await type('!');
    assert.equal(editor.document.getText(), 'oneONE!\n\ntwoTWO!\n');
  });

  it('ignores cursors without text before them', async () => {
    const editor = await openFile('one\n');
    editor.selections = [new vscode.Selection(0, 3, 0, 3), new vscode.Selection(0, 0, 0, 0)];
    await run('quillet.insert');
    assert.equal(ui.lists.length, 0);
    assert.equal(editor.document.getText(), 'oneONE\n');
  });
});

describe('parallel runs', () => {
  useQuillet();

  it('are limited in the whole window', async () => {
    await setSettings({ 'limits.parallel': 2 });
    await open();
    await answerWith(gated('X'));
    const done = rewrite();
    await eventually(async () => (await chats()).length === 2);
    const other = await open(['one'], 'one\n');
    const explained = run('quillet.explain');
    await eventually(() => thread().comments[0]?.label === 'queued…');
    await eventually(() => ui.statusText.endsWith('queued… (2)'));
    assert.equal((await chats()).length, 2);
    await continueAnswer();
    await Promise.all([done, explained]);
    assert.equal((await chats()).length, 4);
    assert.equal(commentText(0), 'X');
    assert.equal(other.document.getText(), 'one\n');
  });

  it('are counted in the status bar and stopped together', async () => {
    await setSettings({ 'limits.parallel': 2 });
    const editor = await open();
    await answerNext(streamed(['ONE']));
    await answerWith(neverAnswers);
    const done = rewrite();
    await eventually(() => ui.statusText.includes('1 of 3 done'));
    await eventually(async () => (await chats()).length === 3);
    assert.match(String(ui.status?.tooltip), /1 of 3 done$/);
    await run('quillet.stop');
    await done;
    assert.equal(editor.document.getText(), code);
    assert.ok(ui.isIdle);
    // Stopping needs no notification, except that one answer would be lost.
    assert.equal(ui.shown.length, 1);
    assert.equal(ui.texts[0], 'Only 1 of 3 answers arrived, so nothing was written.');
    assert.equal(ui.shown[0]?.buttons[0], 'Write the 1 That Arrived');
  });

  it('send nothing and show nothing if they are stopped while queued [X03]', async () => {
    await setSettings({ 'limits.parallel': 1 });
    const editor = await open();
    await answerWith(neverAnswers);
    const done = rewrite();
    await eventually(async () => (await chats()).length === 1);
    await run('quillet.stop');
    await done;
    assert.equal((await chats()).length, 1);
    assert.deepEqual(ui.shown, []);
    assert.equal(editor.document.getText(), code);
    assert.match(ui.statusText, /stopped$/);
    ui.clear();
    await answerWith(streamed(['X']));
    await rewrite();
    assert.equal(editor.document.getText(), 'let X = 1;\nlet X = 2;\nlet X = 3;\n');
  });

  it('are stopped by Stop only if they belong to the newest run of the focused editor', async () => {
    await answerWith(neverAnswers);
    await open(['one'], 'one\n');
    const explained = run('quillet.explain');
    await eventually(async () => (await chats()).length === 1);
    await open();
    const done = rewrite();
    await eventually(async () => (await chats()).length === 4);
    await run('quillet.stop');
    await done;
    assert.ok(!ui.isIdle);
    await run('quillet.stopAll');
    await explained;
  });
});

/** An answer that is sent when the test calls `continueAnswer`. */
function gated(text: string): Scenario {
  return streamed([], { then: [{ do: 'gate', name: 'go on' }, send(deltaFrame({ content: text }))] });
}
