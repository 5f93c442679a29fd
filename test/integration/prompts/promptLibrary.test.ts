import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chats } from '../support/modelServer';
import { deletePrompts, listedPrompts, openSelected, promptText, willDelete, writePrompt } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { placeCaret, select } from '../support/workspace';

/** The prompt file that a command opened. It is deleted after the test. */
async function openedFile(): Promise<vscode.TextDocument> {
  const editor = await eventually(() => {
    const active = vscode.window.activeTextEditor;
    return active?.document.uri.path.endsWith('.prompt.md') === true ? active : undefined;
  }, 'the editor of a prompt file');
  willDelete(editor.document.uri);
  return editor.document;
}

describe('prompt library commands', () => {
  useQuillet();
  afterEach(deletePrompts);

  it('New Prompt writes a user prompt that does something, with a link to the reference', async () => {
    ui.willType('  Translate It ');
    ui.willPick('For Me');
    await run('quillet.newPrompt');
    const document = await openedFile();
    assert.ok(document.uri.path.endsWith('/prompts/translate-it.prompt.md'));
    const text = document.getText();
    const reference = '# Keys and variables: https://github.com/quillet/quillet/blob/main/docs/prompts.md';
    const instruction = 'Explain the selected code to a beginner:';
    const user = `${instruction}\n\n\${selection}\n`;
    assert.equal(text, promptText(user, 'name: Translate It', 'destination: thread', reference));
    assert.equal(document.getText(vscode.window.activeTextEditor?.selection), instruction);
    await openSelected();
    await run('quillet.run', { prompt: 'translate-it' });
    assert.deepEqual(ui.shown, [], 'user prompts need no consent');
    assert.equal((await chats())[0]?.json.messages.at(-1)?.content, `${instruction}\n\nlet one = 1;`);
  });

  it('New Prompt avoids existing names and can save in the workspace', async () => {
    await writePrompt('mine.prompt.md', 'first ${selection}');
    ui.willType('Mine');
    ui.willPick('.quillet/prompts');
    await run('quillet.newPrompt');
    assert.ok((await openedFile()).uri.path.endsWith('/.quillet/prompts/mine-2.prompt.md'));
    for (const typed of [undefined, '  ']) {
      ui.willType(typed);
      await run('quillet.newPrompt');
    }
    assert.equal(ui.lists.length, 1, 'canceling the name skips the folder question');
  });

  it('Save as Prompt saves the last request with its inputs and destination', async () => {
    const editor = await openSelected();
    await run('quillet.run', {
      text: 'Say ${input:what} of ${selection}',
      destination: 'document',
      model: 'other/m',
      parameters: { temperature: 0 },
      input: { what: 'all ${file}' },
    });
    ui.willType('Say It');
    ui.willPick('For Me');
    await run('quillet.saveAsPrompt');
    const document = await openedFile();
    assert.equal(
      document.getText(),
      promptText(
        'Say all \\${file} of ${selection}\n',
        'name: Say It',
        'destination: document',
        'model: other/m',
        'parameters:',
        '  temperature: 0',
      ),
    );
    await vscode.window.showTextDocument(editor.document);
    await select(editor, 'let one = 1;');
    await run('quillet.run', { prompt: 'say-it', destination: 'thread' });
    assert.equal((await chats())[1]?.json.messages[0]?.content, 'Say all ${file} of let one = 1;');
  });

  it('Save as Prompt saves the instruction of a rewrite', async () => {
    await openSelected();
    await answerText('let one = 1n;');
    ui.willType('use a bigint');
    await run('quillet.rewrite');
    ui.willType((box) => {
      assert.equal(box.value, 'Rewrite');
      return 'Use Bigints';
    });
    ui.willPick('For Me');
    await run('quillet.saveAsPrompt');
    const text = (await openedFile()).getText();
    assert.match(text, /^---\nname: Use Bigints\n[\s\S]*\nInstruction: use a bigint\n/);
    assert.ok(text.includes('${selection}') && !text.includes('${input'));
  });

  it('Edit Prompt opens the file of a prompt, or a copy that overrides a built-in one', async () => {
    const uri = await writePrompt('mine.prompt.md', 'x ${selection}');
    ui.willPick('mine');
    await run('quillet.editPrompt');
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    ui.willPick('Simplify');
    await run('quillet.editPrompt');
    assert.match(ui.shown[0]?.text ?? '', /^"Simplify" is a built-in prompt\. Your copy overrides it/);
    ui.willPick('Simplify');
    ui.willPress('Edit a Copy');
    await run('quillet.editPrompt');
    const document = await openedFile();
    assert.ok(document.uri.path.endsWith('/simplify.prompt.md'));
    await run('quillet.editPrompt');
    assert.ok(
      listedPrompts().some((line) =>
        line.startsWith('Simplify | Proposes a change for review · User (overrides Built-in) |'),
      ),
    );
    assert.deepEqual(await allRequests(), []);
  });

  it('Assign Keyboard Shortcut to Prompt copies a keybinding that runs the prompt, and opens the file to paste it in', async () => {
    await openSelected();
    ui.willPick('Write Tests');
    await run('quillet.copyPromptKeybinding');
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /^\n {2}\{\n[\s\S]*\n {2}\},$/, 'another rule may follow');
    const rule = JSON.parse(copied.replace(/,$/, '')) as Record<string, unknown>;
    assert.match(String(rule['key']), /^(ctrl|cmd)\+k 1$/);
    assert.deepEqual(
      { ...rule, key: '' },
      { key: '', command: 'quillet.run', when: 'editorTextFocus', args: { prompt: 'tests' } },
    );
    assert.match(ui.texts[0] ?? '', /^Keyboard shortcut copied/);
    const keybindings = vscode.window.activeTextEditor;
    assert.match(keybindings?.document.uri.path ?? '', /\/keybindings\.json$/);
    assert.equal(
      keybindings?.document.getText().slice(0, keybindings.document.offsetAt(keybindings.selection.active)).at(-1),
      '[',
    );
    await run('workbench.action.closeActiveEditor');
    await eventually(() => vscode.window.activeTextEditor?.selection.isEmpty === false, 'the selection');
    await run(String(rule['command']), rule['args']);
    assert.equal((await chats()).length, 1);
  });

  it('Run Prompt groups prompts by where they come from, the last three used first', async () => {
    await writePrompt('ours.prompt.md', promptText('${selection}', 'name: Ours'));
    await writePrompt('plain.prompt.md', 'Tell me a joke.\n');
    const editor = await openSelected();
    for (const prompt of ['review', 'name', 'simplify', 'tests']) {
      await select(editor, 'let one = 1;');
      await run('quillet.run', { prompt, destination: 'clipboard' });
    }
    await run('quillet.run');
    const labels = listedPrompts().map((line) => line.split(' | ')[0]);
    const start = ['recently used', 'Write Tests', 'Simplify', 'Suggest Names'];
    assert.deepEqual(labels.slice(0, 8), [...start, 'workspace prompts', 'Ours', 'plain', 'built-in prompts']);
    assert.equal(labels.filter((label) => label === 'Simplify').length, 1);
    assert.ok(listedPrompts().includes("plain | Opens a thread · Workspace | Sends only the prompt's own text"));
    assert.ok(ui.lists.at(-1)?.matchOnDetail === true && ui.lists.at(-1)?.matchOnDescription === true);
  });

  it('Run Prompt lists prompts that need a selection apart if there is none, and asks for one', async () => {
    await writePrompt('plain.prompt.md', 'Tell me a joke.\n');
    const editor = await openSelected();
    await run('quillet.run', { prompt: 'review', destination: 'clipboard' });
    placeCaret(editor, 0, 0);
    ui.willPick('Explain');
    await run('quillet.run');
    const listed = listedPrompts().map((line) => line.split(' | '));
    const labels = listed.map(([label]) => label);
    const start = labels.indexOf('require a selection');
    assert.deepEqual(labels.slice(0, start), [
      'workspace prompts',
      'plain',
      'built-in prompts',
      'Commit Message',
      'Explain Last Terminal Output',
      'Insert Completion',
      'Review Staged Changes',
    ]);
    for (const label of ['Ask', 'Explain', 'Review', 'Rewrite']) assert.ok(labels.indexOf(label) > start, label);
    assert.ok(listed.slice(start + 1).every(([, description]) => description?.endsWith(' · Select some text first')));
    assert.deepEqual(ui.texts, ['Select some text first.']);
    assert.equal((await chats()).length, 1);
  });

  it('Up and Down step through earlier answers to the same question and back to the current text', async () => {
    const editor = await openSelected();
    for (const question of ['first?', 'second?']) {
      await select(editor, 'let one = 1;');
      ui.willType(question);
      await run('quillet.ask');
    }
    const seen: string[] = [];
    await select(editor, 'let one = 1;');
    ui.willType(async (options) => {
      const box = options as { value: string };
      box.value = 'third';
      for (const command of ['previous', 'previous', 'next', 'next', 'next']) {
        await run(`quillet.${command}Input`);
        seen.push(box.value);
      }
      return undefined;
    });
    await run('quillet.ask');
    assert.deepEqual(seen, ['second?', 'first?', 'second?', 'third', 'third']);
    assert.equal((await chats()).length, 2);
    await run('quillet.previousInput');
    assert.deepEqual(ui.errors, []);
  });
});
