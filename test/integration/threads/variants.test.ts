import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, baseUrl, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';

async function explain(): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, 'const first = 1;');
  await run('quillet.explain');
  return editor;
}

function label(index = -1): string | undefined {
  return thread().comments.at(index)?.label;
}

async function askOthers(...models: readonly string[]): Promise<void> {
  const asked = run('quillet.askOtherModels', thread());
  const picker = await eventually(() => ui.pickers[0]);
  picker.acceptSelected(...models);
  await asked;
}

describe('Several answers to one question', () => {
  useQuillet();

  it('Regenerate sends the same request again and keeps the previous answer', async () => {
    await answerNext(streamed(['One.']), streamed(['Another.']));
    await explain();
    assert.equal(thread().contextValue, 'conversation idle');
    await run('quillet.regenerate', thread().comments[0]);
    const [first, second] = await chats();
    assert.deepEqual(second?.json, first?.json);
    assert.equal(thread().comments.length, 1);
    assert.equal(commentText(0), 'Another.');
    assert.equal(label(), '2 of 2 · fake-model · 55 tokens');
    assert.equal(thread().contextValue, 'conversation idle several');
    await run('quillet.previousAnswer', thread());
    assert.equal(commentText(0), 'One.');
    assert.equal(label(), '1 of 2 · fake-model · 55 tokens');
    await run('quillet.previousAnswer');
    assert.equal(commentText(0), 'Another.');
    await run('quillet.nextAnswer', thread());
    assert.equal(commentText(0), 'One.');
    assert.equal((await chats()).length, 2);
  });

  it('follow-ups, Copy and Insert use the shown answer', async () => {
    await answerNext(streamed(['// one']), streamed(['// another']), streamed(['Because.']));
    const editor = await explain();
    await run('quillet.regenerate', thread());
    await run('quillet.previousAnswer', thread());
    await run('quillet.copyAnswer', thread());
    assert.equal(await vscode.env.clipboard.readText(), '// one');
    await run('quillet.insertBelow', thread());
    assert.match(editor.document.getText(), /\n\/\/ one\n/);
    await reply('Why?');
    const messages = (await chats())[2]?.json.messages ?? [];
    assert.deepEqual(
      messages.slice(2).map(({ content }) => content),
      ['// one', 'Why?'],
    );
    assert.equal(thread().contextValue, 'conversation idle');
    await run('quillet.previousAnswer', thread());
    assert.equal(commentText(0), '// one');
    assert.equal(commentText(-1), 'Because.');
  });

  describe('Edit Question', () => {
    async function ask(question: string): Promise<vscode.TextEditor> {
      const editor = await openFile(code);
      await select(editor, 'const first = 1;');
      ui.willType(question);
      await run('quillet.ask');
      return editor;
    }

    function lastQuestion(): vscode.Comment {
      const found = thread().comments.findLast(({ contextValue }) => contextValue === 'question conversation');
      assert.ok(found);
      return found;
    }

    /** Does what VS Code does when Send is pressed: it puts the text into the comment. */
    async function editQuestion(text: string): Promise<void> {
      await run('quillet.editQuestion', lastQuestion());
      assert.equal(lastQuestion().mode, vscode.CommentMode.Editing);
      lastQuestion().body = text;
      await run('quillet.sendEditedQuestion', lastQuestion());
    }

    async function lastPrompt(count: number): Promise<string[]> {
      await eventually(async () => (await chats()).length === count, `request ${count}`);
      await eventually(() => thread().contextValue?.includes('idle'), 'the end of the answer');
      return (await chats())[count - 1]?.json.messages.map(({ content }) => content) ?? [];
    }

    it('asks a follow-up in other words, and Previous Answer goes back to the old one', async () => {
      await answerNext(...['One.', 'Old.', 'New.', 'More.'].map((text) => streamed([text])));
      await explain();
      await reply('Why?');
      await editQuestion('Since when?');
      assert.deepEqual((await lastPrompt(3)).slice(2), ['One.', 'Since when?']);
      assert.deepEqual([commentText(-2), commentText(-1)], ['Since when?', 'New.']);
      assert.equal(label(), '2 of 2 · fake-model · 55 tokens');
      await run('quillet.previousAnswer', thread());
      assert.deepEqual([commentText(-2), commentText(-1)], ['Why?', 'Old.']);
      await reply('And?');
      assert.deepEqual((await lastPrompt(4)).slice(2), ['One.', 'Why?', 'Old.', 'And?']);
    });

    it('renders the prompt of Ask again, and copies the shown wording', async () => {
      await answerNext(...['Old.', 'New.', 'Newer.'].map((text) => streamed([text])));
      await ask('Why?');
      await editQuestion('Since when?\nAnd why?');
      const [before, after] = [(await chats())[0]?.json.messages.at(-1)?.content, (await lastPrompt(2)).at(-1)];
      assert.equal(after, before?.replace('Why?', 'Since when?\nAnd why?'));
      await run('quillet.copyConversation', thread());
      assert.match(await vscode.env.clipboard.readText(), /## You\n\nSince when\?\nAnd why\?\n\n## Quillet.*\n\nNew\./);
      await run('quillet.previousAnswer', thread());
      assert.deepEqual([commentText(0), commentText(1)], ['Why?', 'Old.']);
      await run('quillet.regenerate', thread());
      assert.equal((await lastPrompt(3)).at(-1), before);
    });

    it('keeps the question if it is canceled or emptied', async () => {
      await answerText('Fine.');
      await ask('Why?');
      await run('quillet.editQuestion', lastQuestion());
      lastQuestion().body = 'Half';
      await run('quillet.cancelEditing');
      assert.equal(lastQuestion().mode, vscode.CommentMode.Preview);
      await editQuestion(' ');
      assert.deepEqual([commentText(0), lastQuestion().mode], ['Why?', vscode.CommentMode.Preview]);
      assert.equal((await chats()).length, 1);
    });

    it('keeps the text in its box if a reference in it cannot be read', async () => {
      await answerText('Fine.');
      await ask('Why?');
      for (const comments of [2, 4]) {
        await editQuestion('Like @missing.ts:3?');
        await eventually(() => lastQuestion().mode === vscode.CommentMode.Editing, 'the box');
        assert.equal(lastQuestion().body, 'Like @missing.ts:3?');
        await eventually(() => ui.texts.length === comments / 2, 'the message');
        assert.match(ui.texts.at(-1) ?? '', /missing\.ts/);
        assert.equal(thread().comments.length, comments);
        await run('quillet.cancelEditing');
        if (comments === 2) await reply('And?');
      }
      assert.equal((await chats()).length, 2);
      assert.equal(commentText(-2), 'And?');
      assert.equal(commentText(-1), 'Fine.');
    });

    it('stops the answer in progress, and keeps its text', async () => {
      await answerNext(inTwoParts(['Half of it'], ['whole']), streamed(['New.']));
      const asked = ask('Why?');
      await eventually(() => commentText(-1, ui.threads[0]).startsWith('Half'));
      await editQuestion('How?');
      await asked;
      await lastPrompt(2);
      await eventually(() => commentText(-1) === 'New.');
      await run('quillet.previousAnswer', thread());
      assert.deepEqual([commentText(0), label()], ['Why?', '1 of 2 · fake-model · stopped']);
    });

    it('works only for the last question', async () => {
      await answerText('Fine.');
      await ask('Why?');
      await reply('And?');
      const [first] = thread().comments;
      await run('quillet.editQuestion', first);
      assert.equal(first?.mode, vscode.CommentMode.Preview);
      assert.deepEqual(ui.texts, ['Only the last question in a thread can be edited.']);
    });
  });

  it('Accept writes the shown proposal', async () => {
    const editor = await openFile(code);
    await select(editor, 'const first = 1;');
    ui.willType('larger');
    await answerNext(streamed(['const first = 11;']), streamed(['const first = 111;']));
    await run('quillet.rewrite');
    await run('quillet.regenerate', thread());
    assert.match(commentText(-1), /\+const first = 111;/);
    await run('quillet.previousAnswer', thread());
    assert.match(commentText(-1), /\+const first = 11;/);
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), 'const first = 11;\nconst second = 2;\n');
  });

  it('an answer without text is replaced by the next one', async () => {
    await answerNext({ status: 500 }, streamed(['Fine.']));
    await explain();
    await run('quillet.regenerate', thread());
    assert.equal(commentText(-1), 'Fine.');
    assert.equal(thread().comments.length, 1);
    assert.equal(label(), 'fake-model · 55 tokens');
  });

  it('other models get the same request in parallel, without replacing the shown answer', async () => {
    const test = { baseUrl: baseUrl(), label: 'Test Server', models: ['second', 'third'] };
    await setSettings({ providers: { test } });
    await answerNext(streamed(['One.']), inTwoParts(['Some'], ['thing.']), inTwoParts(['Some'], ['thing.']));
    await explain();
    const asked = askOthers('test/second', 'test/third');
    await eventually(async () => (await chats()).length === 3, 'both are asked before either has answered');
    const [first, ...others] = await chats();
    for (const { json } of others) assert.deepEqual(json.messages, first?.json.messages);
    assert.deepEqual(others.map(({ json }) => json.model).sort(), ['second', 'third']);
    await eventually(() => label() === '1 of 3 · fake-model · 55 tokens');
    assert.equal(thread().contextValue, 'conversation running several');
    assert.equal(commentText(0), 'One.');
    await run('quillet.nextAnswer', thread());
    await eventually(() => commentText(0) === 'Some', 'the answer that is still on its way');
    assert.match(thread().label ?? '', /^Explain · (second|third)$/);
    await run('quillet.previousAnswer', thread());
    await continueAnswer();
    await asked;
    assert.equal(commentText(0), 'One.');
    assert.equal(label(), '1 of 3 · fake-model · 55 tokens');
    assert.equal(thread().contextValue, 'conversation idle several');
    await run('quillet.nextAnswer', thread());
    assert.equal(commentText(0), 'Something.');
    assert.equal(label(), '2 of 3 · fake-model · 55 tokens');
    await run('quillet.copyAnswer', thread());
    assert.equal(await vscode.env.clipboard.readText(), 'Something.');
  });

  it('Stop cancels all of them and keeps their partial text', async () => {
    await answerNext(streamed(['One.']), inTwoParts(['Half'], ['whole']), inTwoParts(['Half'], ['whole']));
    await explain();
    const asked = run('quillet.askOtherModels', thread());
    const picker = await eventually(() => ui.pickers[0]);
    picker.type('test/second');
    picker.acceptSelected();
    await eventually(async () => (await chats()).length === 2);
    await run('quillet.nextAnswer', thread());
    // The last characters may be held back, because an echoed key could start with them.
    await eventually(() => commentText(0).startsWith('Hal'));
    await run('quillet.stop', thread());
    await asked;
    assert.equal(commentText(0), 'Half');
    assert.equal(label(), '2 of 2 · fake-model · stopped');
    assert.deepEqual(ui.errors, []);
    await run('quillet.previousAnswer', thread());
    assert.equal(commentText(0), 'One.');
  });

  it('a typed ID belongs to the current provider, and at most three models can be selected', async () => {
    const models = ['a', 'b', 'c', 'd'];
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', models } } });
    await answerText('Fine.');
    await explain();
    const typed = run('quillet.askOtherModels', thread());
    const picker = await eventually(() => ui.pickers[0]);
    picker.type('some/new-model');
    picker.acceptSelected();
    await typed;
    assert.equal((await chats())[1]?.json.model, 'some/new-model');
    ui.pickers.length = 0;
    await askOthers(...models.map((model) => `test/${model}`));
    const asked = (await chats()).slice(2).map(({ json }) => json.model);
    assert.deepEqual(asked.sort(), ['a', 'b', 'c']);
    assert.ok(
      ui.pickers[0]?.items.some((item) => item.label === 'test/quillet-test'),
      'the default is not on the list',
    );
  });

  it("the list shows the provider's models when they arrive, and keeps what is selected", async () => {
    await answerText('Fine.');
    await explain();
    const asked = run('quillet.askOtherModels', thread());
    const picker = await eventually(() => ui.pickers[0]);
    await eventually(() => !picker.busy);
    const { size } = new Set(picker.items.map((item) => item.label));
    assert.equal(size, picker.items.length, 'a model is listed twice');
    const listed = picker.items.map((item) => item.label).filter((item) => item.startsWith('test/'));
    assert.ok(listed.length > 1, listed.join());
    picker.acceptSelected(listed.at(-1) ?? '');
    await asked;
    assert.equal((await chats())[1]?.json.model, listed.at(-1)?.slice('test/'.length));
  });

  it('dismissing the list sends nothing', async () => {
    await answerText('Fine.');
    await explain();
    const asked = run('quillet.askOtherModels', thread());
    (await eventually(() => ui.pickers[0])).hide();
    await asked;
    assert.equal((await chats()).length, 1);
    assert.equal(label(), 'fake-model · 55 tokens');
  });

  it('Regenerate and follow-ups use the currently selected model', async () => {
    await answerNext({ status: 404 }, streamed(['Found.']), streamed(['Because.']));
    await explain();
    await setSettings({ model: 'other/new-model' });
    await run('quillet.regenerate', thread());
    assert.equal(commentText(0), 'Found.');
    assert.equal(thread().label, 'Explain · new-model');
    await reply('Why?');
    const all = await chats();
    assert.deepEqual(
      all.map(({ json }) => json.model),
      ['quillet-test', 'new-model', 'new-model'],
    );
    assert.match(all[2]?.headers['host'] ?? '', /^localhost:/);
  });

  it('a follow-up to the answer of an explicitly chosen model goes to that model', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), models: ['second'] } } });
    await answerText('Fine.');
    await explain();
    await askOthers('test/second');
    await reply('To the first');
    await setSettings({ model: 'test/newest' });
    ui.pickers.length = 0;
    await askOthers('test/second');
    await run('quillet.nextAnswer', thread());
    await reply('To the second');
    await run('quillet.regenerate', thread());
    assert.deepEqual(
      (await chats()).map(({ json }) => json.model),
      ['quillet-test', 'second', 'quillet-test', 'second', 'second', 'second'],
    );
  });
});
