import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, chat, chats } from '../support/modelServer';
import {
  code,
  deletePrompts,
  listedPrompts,
  openSelected,
  promptText,
  untilCodeActions,
  writePrompt,
} from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { inWorkspace, select } from '../support/workspace';

function users(requests: readonly { readonly json: { readonly messages: readonly { readonly content: string }[] } }[]) {
  return requests.map(({ json }) => json.messages.at(-1)?.content);
}

describe('workspace prompt files', () => {
  useQuillet();
  afterEach(deletePrompts);

  it('are shown for consent before first use and after each change [R30]', async () => {
    await openSelected();
    await writePrompt('mine.prompt.md', promptText('First: ${selection}', 'name: Mine'));
    await run('quillet.run', { prompt: 'mine' });
    assert.deepEqual(await allRequests(), [], 'Cancel sends nothing');
    const [question] = ui.shown;
    assert.equal(question?.text, 'Do you want to use the prompt "Mine" from this workspace?');
    assert.ok(question.isModal);
    assert.equal(question.detail, '---\nname: Mine\n---\nFirst: ${selection}\n\nSends the selection.');
    assert.deepEqual(question.buttons, ['Open File', 'Use Prompt']);

    ui.willPress('Use Prompt');
    await run('quillet.run', { prompt: 'mine' });
    await run('quillet.run', { prompt: 'mine' });
    assert.equal(ui.shown.length, 2, 'consent is remembered');
    assert.deepEqual(users(await chats()), ['First: let one = 1;', 'First: let one = 1;']);

    await writePrompt('mine.prompt.md', promptText('Second: ${selection}', 'name: Mine'));
    await run('quillet.run', { prompt: 'mine' });
    assert.match(ui.texts.at(-1) ?? '', /^The prompt "Mine" in this workspace has changed since you last used it\./);
    assert.equal((await chats()).length, 2);
    ui.willPress('Use Prompt');
    await run('quillet.run', { prompt: 'mine' });
    assert.equal(users(await chats())[2], 'Second: let one = 1;');
  });

  it('can be opened from the consent dialog, which sends nothing [R30]', async () => {
    await openSelected();
    const uri = await writePrompt('mine.prompt.md', 'Open ${selection}');
    ui.willPress('Open File');
    await run('quillet.run', { prompt: 'mine' });
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    assert.deepEqual(await allRequests(), []);
  });

  it('have invisible characters escaped in the list and in the consent dialog [R24, U21]', async () => {
    await openSelected();
    const tags = [...'evil'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    await writePrompt(
      'hidden.prompt.md',
      promptText(`Look${tags} at ${'x'.repeat(300)}\u{202e} \${selection}`, 'name: "H\u{202e}n"'),
    );
    ui.willPick((items) => items.find(({ label }) => label.startsWith('H')));
    await run('quillet.run');
    assert.ok(
      listedPrompts().some(
        (line) => line.startsWith('H\\u{202e}n |') && line.includes('Contains invisible characters'),
      ),
    );
    const { detail = '' } = ui.shown[0] ?? {};
    assert.ok(!/[\u{202e}\u{e0000}-\u{e007f}]/u.test(detail), detail);
    assert.match(detail, /It contains invisible characters, shown here as escape sequences\./);
    assert.deepEqual(await allRequests(), []);
  });

  it('override others by ID, and the list shows source, contents and destination', async () => {
    await openSelected();
    await writePrompt(
      'explain.prompt.md',
      promptText('Ours: ${selection} ${file}', 'name: Explain Ours', 'model: other/m'),
    );
    await writePrompt('review.prompt.md', promptText('GitHub: ${selection}', 'name: Review Theirs'), '.github/prompts');
    await writePrompt(
      'review.prompt.md',
      promptText('Quillet: ${selection}', 'name: Review Ours', 'destination: clipboard'),
    );
    await run('quillet.run');
    const lines = listedPrompts();
    assert.ok(
      lines.includes(
        'Explain Ours | Opens a thread · Workspace (overrides Built-in) | Sends the selection, file path · Model: other/m',
      ),
      lines.join('\n'),
    );
    assert.ok(
      lines.includes('Review Ours | Copies to clipboard · Workspace (overrides Built-in) | Sends the selection'),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) =>
        /^Rewrite \| Proposes a change for review \| Sends the selection, your input, surrounding text, file name, language · /.test(
          line,
        ),
      ),
      lines.join('\n'),
    );
    assert.ok(!lines.some((line) => /^(Explain|Review|Review Theirs) \|/.test(line)));
    ui.willPress('Use Prompt');
    await run('quillet.explain');
    const { json } = await chat();
    assert.equal(json.messages.length, 1);
    assert.equal(json.model, 'm');
    assert.match(json.messages[0]?.content ?? '', /^Ours: let one = 1; file\d+\.ts$/);
    assert.match(ui.shown[0]?.detail ?? '', /It overrides another prompt with the same ID\./);
  });

  it('are listed with their first error if broken, and other prompts still work [U16, U17, U18]', async () => {
    await openSelected();
    await writePrompt('a-good.prompt.md', promptText('${selection}', 'name: A Good One'));
    await writePrompt('b-unclosed.prompt.md', '---\nname: x\ntext');
    await writePrompt('c-bytes.prompt.md', new Uint8Array([0xff, 0xfe, 0x41, 0x00]));
    await writePrompt('d-large.prompt.md', 'x'.repeat(10_000_000));
    await writePrompt('e-empty.prompt.md', '');
    await writePrompt('f-keys.prompt.md', promptText('${selection}', 'name: x', 'baseUrl: https://attacker.invalid'));
    await writePrompt('g-tag.prompt.md', promptText('${selection}', 'name: !!js/function "x"'));
    await writePrompt('h-folder.prompt.md/inner.txt', 'x');
    await writePrompt('i-variable.prompt.md', 'a\n  ${nope}');
    await writePrompt('j-notes.md', 'no prompt');
    await writePrompt('explain.prompt.md', '---\n');
    ui.willPick(/i-variable/);
    await run('quillet.run');
    assert.deepEqual(
      listedPrompts().filter((line) => line.includes('.prompt.md')),
      [
        '$(warning) b-unclosed.prompt.md:1:1: The front matter has no closing --- line. | Workspace',
        '$(warning) c-bytes.prompt.md:1:1: Prompt files must be encoded in UTF-8. | Workspace',
        '$(warning) d-large.prompt.md:1:1: Prompt files are limited to 64 KiB. | Workspace',
        '$(warning) e-empty.prompt.md:1:1: The prompt is empty. | Workspace',
        '$(warning) explain.prompt.md:1:1: The front matter has no closing --- line. | Workspace',
        '$(warning) f-keys.prompt.md:3:1: "baseUrl" is not allowed in prompt files. | Workspace',
        '$(warning) g-tag.prompt.md:2:7: YAML tags, which start with "!", are not supported in prompt files. | Workspace',
        '$(warning) i-variable.prompt.md:2:3: Unknown variable "nope". For literal text, write \\${nope}. | Workspace',
      ],
    );
    assert.ok(listedPrompts().some((line) => line.startsWith('A Good One |')));
    const opened = await eventually(() => vscode.window.activeTextEditor);
    assert.ok(opened.document.uri.path.endsWith('/i-variable.prompt.md'));
    assert.deepEqual([opened.selection.active.line, opened.selection.active.character], [1, 2]);
    assert.deepEqual(await allRequests(), []);

    await openSelected();
    await run('quillet.explain');
    assert.equal((await chats()).length, 1, 'the built-in prompt still works');
    ui.clear();
    await run('quillet.run', { prompt: 'f-keys' });
    assert.deepEqual(ui.errors, [
      'Can\'t use this prompt: f-keys.prompt.md:3:1: "baseUrl" is not allowed in prompt files.',
    ]);
    assert.ok(ui.shown[0]?.buttons.includes('Open File'));
    assert.equal((await chats()).length, 1);
  });

  it('are sent as shown if they change or disappear during the consent dialog [U20]', async () => {
    const editor = await openSelected();
    const uri = await writePrompt('mine.prompt.md', promptText('Before ${selection}', 'name: Mine'));
    const isAsked = eventually(() => ui.shown.length > 0, 'the question');
    ui.willPress(
      'Use Prompt',
      isAsked.then(() => writePrompt('mine.prompt.md', 'After ${selection}')),
    );
    await run('quillet.run', { prompt: 'mine' });
    assert.deepEqual(users(await chats()), ['Before let one = 1;']);
    await select(editor, 'let one = 1;');
    ui.willPick((items) => {
      void vscode.workspace.fs.delete(uri);
      return items.find(({ label }) => label === 'mine');
    });
    const isDeleted = eventually(async () => (await vscode.workspace.findFiles('.quillet/prompts/mine*')).length === 0);
    ui.willPress('Use Prompt', isDeleted);
    await run('quillet.run');
    assert.ok((await chats()).length === 2 || ui.errors[0] === 'Can\'t find the prompt "mine".', ui.texts.join());
  });

  it('are never read from another folder through an ID [R28, U19]', async () => {
    await openSelected();
    await writePrompt('secret.prompt.md', 'Secret ${selection}', 'elsewhere');
    for (const id of ['../../elsewhere/secret', '..\\..\\elsewhere\\secret', '/etc/passwd', 'a\0b', '.']) {
      ui.clear();
      await run('quillet.run', { prompt: id });
      assert.match(ui.errors[0] ?? '', /^Can't find the prompt "/);
    }
    assert.deepEqual(await allRequests(), []);
  });

  it('are read from configured folders inside the workspace only [R28, U19]', async () => {
    await openSelected();
    await writePrompt('mine.prompt.md', 'Docs ${selection}', 'docs/prompts');
    await writePrompt('other.prompt.md', 'Default ${selection}');
    const folders = vscode.workspace.getConfiguration('quillet');
    const names = async () => {
      await run('quillet.run');
      return listedPrompts()
        .filter((line) => /^(mine|other) \|/.test(line))
        .map((line) => line.slice(0, 5).trim());
    };
    assert.deepEqual(await names(), ['other']);
    await folders.update('promptFolders', ['docs/prompts', '../..', '/etc'], vscode.ConfigurationTarget.Workspace);
    await eventually(async () => (await names()).join() === 'mine', 'the folder of the workspace settings');
    await folders.update('promptFolders', undefined, vscode.ConfigurationTarget.Workspace);
    await eventually(async () => (await names()).join() === 'other', 'the default folders again');
  });

  it('are offered only in their languages, with notes for them', async () => {
    const file = promptText(
      '${selection}',
      'name: Scripts',
      'system: Be brief.',
      'languages: [python]',
      'languageNotes:',
      '  python: In ${languageId}.',
      '  typescript: Never.',
    );
    await writePrompt('scripts.prompt.md', file);
    await openSelected('ts');
    await run('quillet.run');
    assert.ok(!listedPrompts().some((line) => line.startsWith('Scripts')));
    await openSelected('py');
    ui.willPick('Scripts');
    ui.willPress('Use Prompt');
    await run('quillet.run');
    assert.deepEqual((await chat()).json.messages, [
      { role: 'system', content: 'Be brief.\n\nIn python.' },
      { role: 'user', content: 'let one = 1;' },
    ]);
  });

  it('update code actions and menu when created, changed, renamed or deleted [U16, U20]', async () => {
    const editor = await openSelected();
    await run('quillet.stopAll');
    await untilCodeActions(editor, 'Explain');
    const uri = await writePrompt(
      'bulb.prompt.md',
      promptText('Bulb: ${selection}', 'name: Bulb', 'lightbulb: true', 'menu: true'),
    );
    await untilCodeActions(editor, 'Explain', 'Bulb');
    await writePrompt(
      'bulb.prompt.md',
      promptText('Bulb: ${selection}', 'name: Bulb Two', 'lightbulb: true', 'menu: true'),
    );
    await untilCodeActions(editor, 'Explain', 'Bulb Two');
    await run('quillet.runMenuPrompt');
    assert.deepEqual(listedPrompts().slice(1), ['Bulb Two | Opens a thread · Workspace | Sends the selection']);
    const moved = await writePrompt('moved.prompt.md', 'to be replaced');
    await vscode.workspace.fs.rename(uri, moved, { overwrite: true });
    await writePrompt('python.prompt.md', promptText('P', 'name: P', 'lightbulb: true', 'languages: python'));
    await eventually(async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        editor.selection,
      );
      const bulb = actions.find(({ title }) => title === 'Bulb Two with Quillet');
      return (bulb?.command?.arguments?.[0] as { prompt?: string } | undefined)?.prompt === 'moved';
    }, 'the renamed prompt in the code actions');
    await untilCodeActions(editor, 'Explain', 'Bulb Two');
    await vscode.workspace.fs.delete(inWorkspace('.quillet'), { recursive: true });
    await untilCodeActions(editor, 'Explain');
  });

  it('run from a keybinding without a picker, with an overridden destination', async () => {
    const editor = await openSelected();
    await writePrompt('mine.prompt.md', promptText('${selection}', 'destination: thread'));
    ui.willPress('Use Prompt');
    await run('quillet.run', { prompt: 'mine', destination: 'replace' });
    assert.deepEqual(ui.lists, []);
    assert.equal(editor.document.getText(), code.replace('let one = 1;', 'Fine.'));
  });

  it('send the answer language only if they use it', async () => {
    await openSelected();
    await writePrompt('mine.prompt.md', 'In ${answerLanguage}: ${selection}');
    await setUserSetting('quillet.answerLanguage', 'Esperanto');
    ui.willPress('Use Prompt');
    await run('quillet.run', { prompt: 'mine' });
    ui.willType('shorter');
    await run('quillet.rewrite');
    const [mine, rewrite] = await chats();
    assert.equal(mine?.json.messages[0]?.content, 'In Esperanto: let one = 1;');
    assert.ok(!JSON.stringify(rewrite?.json).includes('Esperanto'));
  });
});
