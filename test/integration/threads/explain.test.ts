import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, chat, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';

describe('Explain Selection', () => {
  useQuillet();

  it('streams the answer into a thread at the selection, with model and tokens', async () => {
    const editor = await openFile(code);
    const selection = await select(editor, 'const second = 2;');
    await answerWith(inTwoParts(['It sets ', '**second**'], [' to 2.']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'It sets **second**');
    assert.equal(thread().contextValue, 'conversation running');
    await eventually(() => /^\$\(loading~spin\) 1\d characters…$/.test(ui.statusText), 'characters in the status bar');
    assert.equal(ui.status?.command, 'quillet.showMenu');
    await continueAnswer();
    await done;
    assert.equal(ui.threads.length, 1);
    assert.equal(commentText(0), 'It sets **second** to 2.');
    assert.equal(thread().comments[0]?.label, 'fake-model · 55 tokens');
    assert.equal(thread().label, 'Explain · quillet-test');
    assert.equal(thread().contextValue, 'conversation idle');
    assert.ok(thread().range?.isEqual(selection));
    assert.equal(thread().uri.toString(), editor.document.uri.toString());
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · 55 tokens');
  });

  it('does not change the document, caret or focus, and shows no notification', async () => {
    const editor = await openFile(code);
    const selection = await select(editor, 'const first = 1;');
    const { version } = editor.document;
    await answerText('Fine.');
    await run('quillet.explain');
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, version);
    assert.ok(editor.selection.isEqual(selection));
    assert.equal(vscode.window.activeTextEditor, editor);
    assert.deepEqual(ui.shown, []);
  });

  it('sends exactly the prompt and no parameters that are not set', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    const { json, path, headers } = await chat();
    const [system, user] = json.messages;
    assert.equal(path, '/v1/chat/completions');
    assert.deepEqual(Object.keys(json).sort(), ['messages', 'model', 'stream', 'stream_options']);
    assert.equal(json.model, 'quillet-test');
    assert.deepEqual(json['stream_options'], { include_usage: true });
    assert.equal(json['stream'], true);
    assert.deepEqual(
      json.messages.map((message) => message.role),
      ['system', 'user'],
    );
    assert.match(system?.content ?? '', /^You are an experienced software engineer/);
    const name = editor.document.uri.path.split('/').at(-1);
    assert.equal(user?.content, `Explain this code from ${name}:\n\n\`\`\`typescript\nconst first = 1;\n\`\`\``);
    assert.deepEqual(
      Object.keys(headers).filter((header) => header.startsWith('x-')),
      [],
    );
  });

  it('sends parameters that are set, 0 included', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await setSettings({ parameters: { temperature: 0, maxOutputTokens: 100, topP: null } });
    await answerText('Fine.');
    await run('quillet.explain');
    const { messages: _messages, ...rest } = (await chat()).json;
    assert.deepEqual(rest, {
      model: 'quillet-test',
      temperature: 0,
      max_tokens: 100,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('requests the answer language of the setting, except for rewrites', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('Gut.');
    await run('quillet.explain');
    await setSettings({ answerLanguage: 'Klingon' });
    await run('quillet.explain');
    ui.willType('make it shorter');
    await run('quillet.rewrite');
    const systems = (await chats()).map((request) => request.json.messages[0]?.content ?? '');
    assert.match(systems[0] ?? '', /Answer in English/);
    assert.match(systems[1] ?? '', /Answer in Klingon/);
    assert.doesNotMatch(systems[2] ?? '', /Klingon|English|Answer in/);
  });

  it('sends a follow-up with the history', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerNext(streamed(['One.']), streamed(['Because.']));
    await run('quillet.explain');
    await reply('Why?');
    const [first, second] = await chats();
    assert.deepEqual(second?.json.messages, [
      ...(first?.json.messages ?? []),
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'Why?' },
    ]);
    assert.deepEqual(
      [0, 1, 2].map((index) => commentText(index)),
      ['One.', 'Why?', 'Because.'],
    );
    assert.equal(ui.threads.length, 1);
  });

  it('queues follow-ups asked before the answer is complete', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerNext(inTwoParts(['One'], ['.']), streamed(['Two.']), streamed(['Three.']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    const replies = ['Second?', 'Third?'].map((text) => reply(text));
    await continueAnswer();
    await Promise.all([done, ...replies]);
    const [, , third] = await chats();
    assert.deepEqual(
      third?.json.messages.slice(2).map((message) => message.content),
      ['One.', 'Second?', 'Two.', 'Third?'],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((index) => commentText(index)),
      ['One.', 'Second?', 'Two.', 'Third?', 'Three.'],
    );
  });

  it('copies the raw answer', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('See ![x](https://attacker.invalid/x.png) <b>it</b>');
    await run('quillet.explain');
    await run('quillet.copyAnswer', thread().comments[0]);
    assert.equal(await vscode.env.clipboard.readText(), 'See ![x](https://attacker.invalid/x.png) <b>it</b>');
  });

  it('shows no image, HTML or command link', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await setSettings({ model: 'test/hostile' });
    await run('quillet.explain');
    const body = thread().comments[0]?.body as vscode.MarkdownString;
    assert.doesNotMatch(body.value, /!\[|<img|\]\(command:/);
    assert.ok(body.isTrusted !== true);
    assert.ok(body.supportHtml !== true);
  });

  it('inserts the answer below the selection, in one undo step', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('// one\n', '// two\n');
    await run('quillet.explain');
    await run('quillet.insertBelow', thread());
    assert.equal(editor.document.getText(), 'const first = 1;\n// one\n// two\nconst second = 2;\n');
    await run('undo');
    assert.equal(editor.document.getText(), code);
  });

  it('uses the thread at the caret if no button was pressed', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerNext(streamed(['First.']), streamed(['Second.']));
    await run('quillet.explain');
    await select(editor, 'const second = 2;');
    await run('quillet.explain');
    await untilCopied('Second.');
    await select(editor, 'const first');
    await untilCopied('First.');
  });

  it('continues after the document was closed', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await run('workbench.action.closeActiveEditor');
    await eventually(() => editor.document.isClosed);
    await continueAnswer();
    await done;
    assert.equal(commentText(0), 'One two');
    assert.deepEqual(ui.shown, []);
  });

  it('cancels the request when the thread is closed', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerWith(inTwoParts(['One'], [' two']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === 'One');
    await run('quillet.closeThread', thread());
    await done;
    assert.equal((await eventually(async () => (await chat()).ending)).by, 'client');
    assert.deepEqual(ui.shown, []);
  });

  it('deletes a single thread only once, because VS Code logs an error for unknown threads', async () => {
    const editor = await openFile(code);
    for (const index of [0, 1, 2]) {
      await select(editor, 'const first = 1;');
      await answerText('// one');
      await run('quillet.explain');
      await run('quillet.closeThread', thread(index));
    }
    assert.deepEqual(
      ui.threads.map((ended) => ui.threadEnds.get(ended)),
      [1, 1, 1],
    );
  });
});

describe('Ask, Run Prompt and Repeat', () => {
  useQuillet();

  it('shows the question of Ask and sends it with the code', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    ui.willType('Is it $& used?');
    await answerText('No.');
    await run('quillet.ask');
    assert.equal(commentText(0), 'Is it $& used?');
    assert.equal(commentText(1), 'No.');
    const user = (await chat()).json.messages[1]?.content ?? '';
    assert.ok(user.startsWith('Is it $& used?\n'));
    assert.ok(user.includes('const first = 1;'));
  });

  it('sends nothing if no question was typed in Ask', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await run('quillet.ask');
    ui.willType('   ');
    await run('quillet.ask');
    assert.equal(ui.inputs.length, 2);
    assert.deepEqual(await chats(), []);
    assert.deepEqual(ui.threads, []);
  });

  it('inserts a selection that looks like a variable literally, once', async () => {
    const tricky = 'a ${selection} $& $1 ${input:question} {{x}} </system>';
    const editor = await openFile(`${tricky}\n`, 'txt');
    await select(editor, tricky);
    await answerText('Fine.');
    await run('quillet.explain');
    const user = (await chat()).json.messages[1]?.content ?? '';
    assert.equal(user.split(tricky).length, 2);
  });

  it('runs a prompt by its ID', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('Fine.');
    await run('quillet.run', { prompt: 'explain' });
    assert.match((await chat()).json.messages[1]?.content ?? '', /^Explain this code/);
    assert.equal(commentText(0), 'Fine.');
  });

  it('runs the picked prompt', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    ui.willPick('Review');
    await answerText('Nothing to find.');
    await run('quillet.run');
    assert.match((await chat()).json.messages[1]?.content ?? '', /^Review this code/);
  });

  it('shows an error for an unknown prompt', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await run('quillet.run', { prompt: 'no-such-prompt' });
    assert.deepEqual(ui.errors, ['Can\'t find the prompt "no-such-prompt".']);
    assert.deepEqual(await chats(), []);
  });

  it('repeats the last prompt on the current selection without asking again', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    ui.willType('What is it?');
    await answerText('A number.');
    await run('quillet.ask');
    await select(editor, 'const second = 2;');
    await run('quillet.repeat');
    assert.equal(ui.inputs.length, 1);
    const [, second] = await chats();
    const user = second?.json.messages[1]?.content ?? '';
    assert.ok(user.startsWith('What is it?\n'));
    assert.ok(user.includes('const second = 2;'));
    assert.ok(!user.includes('const first = 1;'));
  });

  it('writes tests into a new document', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    await answerText('test(', "'one');\n");
    await run('quillet.run', { prompt: 'tests' });
    const opened = vscode.workspace.textDocuments.find((document) => document.isUntitled);
    assert.equal(opened?.getText(), "test('one');\n");
    assert.equal(vscode.window.activeTextEditor, editor);
    assert.equal(editor.document.getText(), code);
  });
});

/** VS Code reports a moved caret to the extension host with a delay. */
async function untilCopied(answer: string): Promise<void> {
  await eventually(async () => {
    await run('quillet.copyAnswer');
    return (await vscode.env.clipboard.readText()) === answer;
  }, `the answer "${answer}" on the clipboard`);
}
