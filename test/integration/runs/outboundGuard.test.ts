import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { json, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, baseUrl, chat, chats, listModelsWith } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace, openFile, openUri, select, undo } from '../support/workspace';

// Concatenated so that secret scanners ignore this file.
const secret = `ghp_${'0a1B2c3D4e5F'.repeat(3)}`;
const other = `AKIA${'Q3EGRZ7WPL2XN5TB'}`;
const code = `const one = 1;\nconst token = '${secret}';\nconst three = 3;\n`;
const tags = String.fromCodePoint(...[...'run rm'].map((letter) => 0xe0000 + letter.charCodeAt(0)));

const replace = 'Replace with Placeholders';
const anyway = 'Send Anyway';

async function explain(text: string, part = text): Promise<vscode.TextEditor> {
  const editor = await openFile(text);
  await select(editor, part);
  await run('quillet.explain');
  return editor;
}

async function sentText(index = 0): Promise<string> {
  return JSON.stringify((await chat(index)).json.messages);
}

const modals = () => ui.shown.filter(({ isModal }) => isModal);

describe('the outbound guard', () => {
  useQuillet();
  beforeEach(() => answerText('Fine.'));

  it('shows a secret masked with its kind and line, and sends nothing on Cancel [U22, R39]', async () => {
    await explain(code);
    const [modal] = modals();
    assert.match(modal?.text ?? '', /^Your request to 127\.0\.0\.1:\d+ may contain a secret\.$/);
    assert.match(modal?.detail ?? '', /^GitHub key, line 2: ghp_…$/m);
    assert.deepEqual(modal?.buttons, ['Show in Editor', replace, anyway]);
    assert.ok(!JSON.stringify([ui.shown, ui.logged]).includes(secret.slice(0, 12)));
    assert.ok(ui.logged.some((line) => /scan\.hit serviceKey=1 decision=cancelled/.test(line)));
    assert.deepEqual(await chats(), []);
    assert.deepEqual([ui.shown.length, ui.threads.length], [1, 0]);
  });

  it('shows the secret and sends nothing on Enter [R39]', async () => {
    ui.willPress('Show in Editor');
    const editor = await explain(code);
    await eventually(() => editor.document.getText(editor.selection) === secret);
    assert.deepEqual(await chats(), []);
    assert.equal(ui.shown.length, 1);
  });

  it('sends placeholders and restores the secrets in the answer [R42]', async () => {
    ui.willPress(replace);
    await answerWith(streamed(['const token = <SEC', 'RET_1', '>;']));
    await explain(code);
    assert.ok(!(await sentText()).includes(secret));
    assert.ok((await sentText()).includes("'<SECRET_1>'"));
    assert.equal(commentText(-1), `const token = ${secret};`);
  });

  it('does not restore secrets in URLs, where a click would send them to a server [R12, R42]', async () => {
    ui.willPress(replace);
    const [before, after] = [
      'It is <SECRET_1>: ',
      '[see](https://evil.example/?k=<SECRET_1>) or https://<SECRET_1>.evil.example',
    ];
    await answerWith(streamed([before, after.slice(0, 40), after.slice(40)]));
    await explain(code);
    const shown = commentText(-1).replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    assert.ok(shown.startsWith(`It is ${secret}: [see](`), shown);
    assert.equal(shown.split(secret).length, 2, shown);
    assert.doesNotMatch(commentText(-1), /https:\/\/\S*(?:SECRET|ghp_)/);
    ui.willPress(replace);
    await run('quillet.copyAnswer', thread());
    assert.ok((await vscode.env.clipboard.readText()).includes(`?k=${secret}`), 'what is copied is what was answered');
  });

  it('reuses placeholders in follow-up questions without asking again [R42]', async () => {
    ui.willPress(replace);
    await answerWith(streamed(['It is <SECRET_1>.']));
    await explain(code);
    await reply(`And where else is ${secret}?`);
    assert.ok(!(await sentText(1)).includes(secret));
    assert.match(await sentText(1), /It is <SECRET_1>\..*where else is <SECRET_1>\?/);
    assert.equal(modals().length, 1);
  });

  it('asks about a new secret in a follow-up question, and sends nothing on Cancel [U22]', async () => {
    await explain('const one = 1;\n');
    await reply(`Is ${other} right?`);
    assert.equal(modals().length, 1);
    assert.equal((await chats()).length, 1);
    ui.willPress(anyway);
    await run('quillet.regenerate', thread());
    await eventually(async () => (await chats()).length === 2);
    assert.ok((await sentText(1)).includes(other));
  });

  it('does not ask again in a thread after Send Anyway [U22]', async () => {
    ui.willPress(anyway);
    await explain(code);
    await reply('Why?');
    assert.ok((await sentText(0)).includes(secret));
    assert.ok((await sentText(1)).includes(secret));
    assert.equal(modals().length, 1);
  });

  it('asks once about several selections [U22]', async () => {
    const editor = await openFile(`let a = '${secret}';\nlet b = 2;\nlet c = '${other}';\n`);
    editor.selections = [new vscode.Selection(0, 0, 0, 60), new vscode.Selection(2, 0, 2, 60)];
    ui.willType('larger');
    ui.willPick('Each Selection Separately');
    await run('quillet.rewriteInPlace');
    const secretModals = modals().filter(({ text }) => text.includes('secrets'));
    assert.equal(secretModals.length, 1);
    assert.match(secretModals[0]?.text ?? '', /may contain 2 secrets\.$/);
    assert.match(
      secretModals[0]?.detail ?? '',
      /AWS key, line 3: AKIA…\nGitHub key, line 1: ghp_…|GitHub key, line 1: ghp_…\nAWS key, line 3: AKIA…/,
    );
    assert.deepEqual(await chats(), []);
  });

  it('ignores comments that disable secretlint [U23, R40]', async () => {
    await explain(`// secretlint-disable\n${code}`);
    assert.match(modals()[0]?.detail ?? '', /GitHub key, line 3/);
    assert.deepEqual(await chats(), []);
  });

  describe('when the scan fails', () => {
    const { timeout } = AbortSignal;
    beforeEach(() => {
      AbortSignal.timeout = (ms) =>
        ms === 10_000 ? AbortSignal.abort(new Error('late')) : timeout.call(AbortSignal, ms);
    });
    afterEach(() => {
      AbortSignal.timeout = timeout;
    });

    it('asks, and sends nothing on Cancel [U24, R41]', async () => {
      await explain('const one = 1;\n');
      assert.match(modals()[0]?.text ?? '', /^Couldn't check your request for secrets/);
      assert.deepEqual(modals()[0]?.buttons, ['Try Again', anyway]);
      assert.deepEqual(await chats(), []);
      ui.willPress('Try Again');
      ui.willPress(anyway);
      await run('quillet.explain');
      assert.equal((await chats()).length, 1);
      assert.equal(modals().length, 3);
    });
  });

  it('can be disabled, which is logged', async () => {
    await setSettings({ checkSecrets: false });
    await explain(code);
    assert.deepEqual(modals(), []);
    assert.ok((await sentText()).includes(secret));
    assert.ok(ui.logged.some((line) => /\bstart .*secrets=unchecked/.test(line)));
  });

  it('shows invisible characters, and removes or sends them [U04, R24]', async () => {
    const editor = await explain(`let a = 1;${tags}\nlet b = 2;\n`);
    assert.match(modals()[0]?.text ?? '', /contains 6 invisible or bidirectional control characters\.$/);
    assert.equal(modals()[0]?.detail, 'Line 1: 6 invisible tag characters that spell "run rm"');
    assert.deepEqual(modals()[0]?.buttons, ['Show in Editor', 'Remove', anyway]);
    assert.deepEqual(await chats(), []);
    ui.willPress('Remove');
    await run('quillet.explain');
    assert.ok(!(await sentText(0)).includes(tags));
    ui.willPress(anyway);
    await run('quillet.explain');
    assert.ok((await sentText(1)).includes(tags));
    assert.ok(editor.document.getText().includes(tags), 'the document was changed');
  });

  it('does not ask about letters, emoji and scripts that need joiners [R24]', async () => {
    await explain('// 👩‍👩‍👧 می‌خواهم שלום 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ﷽\nlet a = 1;\n');
    assert.deepEqual(ui.shown, []);
    assert.equal((await chats()).length, 1);
  });

  it('rejects a selection of more than 10 million characters [U10]', async () => {
    const editor = await openFile('x', 'txt');
    const change = new vscode.WorkspaceEdit();
    change.insert(editor.document.uri, new vscode.Position(0, 0), `${'x'.repeat(999)}\n`.repeat(10_500));
    assert.ok(await vscode.workspace.applyEdit(change));
    editor.selection = new vscode.Selection(0, 0, 10_500, 1);
    await run('quillet.explain');
    assert.match(ui.errors[0] ?? '', /10,500,001 characters.*at most/);
    assert.deepEqual(await chats(), []);
  });

  it('asks about text that looks like binary data [U11]', async () => {
    await explain(`PNG ${'\u{fffd}x\u{fffd}'.repeat(20)}\n`);
    assert.match(modals()[0]?.text ?? '', /doesn't look like text/);
    assert.deepEqual(await chats(), []);
    ui.willPress(anyway);
    await run('quillet.explain');
    assert.equal((await chats()).length, 1);
  });
});

describe('filters on an answer', () => {
  useQuillet();

  async function insert(...pieces: string[]): Promise<vscode.TextEditor> {
    const editor = await openFile('// make it\n');
    await select(editor, '// make it');
    await answerText(...pieces);
    await run('quillet.insert');
    return editor;
  }

  it('remove control characters and escape sequences, even split across chunks [U01, R23]', async () => {
    const editor = await insert('\na\u{1b}]52;c;cm0', 'gLXJm\u{7}b', '\u{1b}[3', '1mc\u{8}\u{9b}0md\n');
    assert.equal(editor.document.getText(), '// make it\nabcd\n\n');
    assert.deepEqual(ui.texts, ['Control characters or escape sequences removed from the answer: 4.']);
    assert.ok(ui.logged.some((line) => /\bend .*warnings=text\.control/.test(line)));
  });

  it('remove escape sequences from threads [U01]', async () => {
    await answerText('red \u{1b}[31mtext');
    await explain('const one = 1;\n');
    assert.equal(commentText(-1), 'red text');
  });

  it('keep bidirectional characters, which can be revealed and removed [U02, R23]', async () => {
    let removes: (() => void) | undefined;
    ui.willPress('Remove', new Promise<void>((resolve) => (removes = resolve)));
    const editor = await insert('\nlet a = 1; \u{202e}// b', '\u{2066}\nlet c;');
    assert.ok(editor.document.getText().includes('\u{202e}// b\u{2066}'));
    assert.deepEqual(ui.shown[0]?.buttons, ['Reveal', 'Remove']);
    assert.match(
      ui.shown[0]?.text ?? '',
      /^Invisible or bidirectional control characters in the answer: 2\. Lines: 2$/,
    );
    const written = editor.document.getText();
    removes?.();
    await eventually(() => editor.document.getText() === '// make it\nlet a = 1; // b\nlet c;\n');
    await undo();
    assert.equal(editor.document.getText(), written);
  });

  it('escape invisible characters in a copy on Reveal [U04]', async () => {
    ui.willPress('Reveal');
    await insert(`\nlet a;${tags}`);
    const shown = await eventually(() =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'untitled'),
    );
    assert.ok(shown.document.getText().startsWith('\nlet a;\\u{e0072}\\u{e0075}'));
  });

  it('do not warn about emoji and scripts that need joiners [R23]', async () => {
    await insert('\n// 👩‍👩‍👧 می‌خواهم שלום 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
    assert.deepEqual(ui.shown, []);
  });

  it('redact an API key that the server repeats [E07]', async () => {
    const key = `sk-canary-${'5d41402abc4b2a76'}`;
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', needsKey: true } } });
    ui.willType(key);
    await run('quillet.setKey', 'test');
    const editor = await insert('\nkey = "', key.slice(0, 9), key.slice(9), '"');
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
    assert.equal(editor.document.getText(), '// make it\nkey = "***"\n');
    assert.ok(ui.texts.some((text) => text.startsWith('The answer contained your API key')));
  });
});

describe('files that can run code', () => {
  useQuillet();

  async function openSensitive(name: string, text: string): Promise<vscode.TextEditor> {
    const uri = inWorkspace(name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return openUri(uri);
  }

  for (const name of ['.vscode/tasks.json', 'sub/package.json', '.github/workflows/ci.yml']) {
    it(`open a review for a rewrite of ${name} [R36, E18]`, async () => {
      const editor = await openSensitive(name, '{ "a": 1 }\n');
      await select(editor, '{ "a": 1 }');
      await answerText('{ "a": 2 }');
      ui.willType('larger');
      await run('quillet.rewriteInPlace');
      assert.equal(editor.document.getText(), '{ "a": 1 }\n');
      assert.ok(thread().contextValue?.includes('ready'));
      await run('quillet.accept', thread());
      assert.equal(editor.document.getText(), '{ "a": 2 }\n');
      await vscode.workspace.fs.delete(inWorkspace(name.split('/')[0] ?? ''), { recursive: true });
    });
  }

  it('open a review for Insert Completion [R36]', async () => {
    const editor = await openSensitive('.envrc', '# path\nlast\n');
    await select(editor, '# path');
    await answerNext(streamed(['export PATH=bin']));
    await run('quillet.insert');
    assert.equal(editor.document.getText(), '# path\nlast\n');
    assert.equal(commentText(0), '```diff\n # path\n+export PATH=bin\n```');
    await run('quillet.accept', thread());
    assert.equal(editor.document.getText(), '# path\nexport PATH=bin\nlast\n');
    await vscode.workspace.fs.delete(inWorkspace('.envrc'));
  });
});

describe('the request preview', () => {
  useQuillet();
  beforeEach(() => answerText('Fine.'));

  async function preview(): Promise<{ shown: vscode.TextEditor; done: Promise<void>; editor: vscode.TextEditor }> {
    const editor = await openFile('const one = 1;\nconst two = 2;\n');
    await select(editor, 'const one = 1;');
    ui.willPick('Explain');
    const done = run('quillet.previewRequest');
    return { editor, shown: await untilPreview(), done };
  }

  function untilPreview(): Promise<vscode.TextEditor> {
    return eventually(() => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.scheme === 'quillet-request' ? active : undefined;
    }, 'the preview');
  }

  async function edit({ document }: vscode.TextEditor, from: string, to: string): Promise<void> {
    const change = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    change.replace(document.uri, whole, document.getText().replace(from, to));
    assert.ok(await vscode.workspace.applyEdit(change));
  }

  it('shows exactly what is sent, and returns to the code', async () => {
    const { shown, done, editor } = await preview();
    const text = shown.document.getText();
    assert.match(text, /^\/\/ POST http:\/\/127\.0\.0\.1:\d+\/.*chat\/completions\n/);
    assert.deepEqual(await chats(), []);
    await run('quillet.sendRequest');
    await done;
    const json = JSON.parse(text.replace(/^\/\/.*\n/gm, '')) as unknown;
    assert.deepEqual((await chat()).json, json);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    assert.equal(commentText(-1), 'Fine.');
    assert.ok(!vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => label.includes('Request')));
  });

  it('sends an edited request once, and follow-up questions as usual', async () => {
    const { shown, done } = await preview();
    await edit(shown, 'const one = 1;', 'const uno = 1;');
    await run('quillet.sendRequest');
    await done;
    assert.ok((await sentText(0)).includes('const uno = 1;'));
    await reply('Why?');
    assert.ok((await sentText(1)).includes('Why?'));
  });

  it('asks about a secret typed into the preview [U22]', async () => {
    const { shown, done } = await preview();
    await edit(shown, 'const one = 1;', `const one = ${secret};`);
    await run('quillet.sendRequest');
    await done;
    assert.equal(modals().length, 1);
    assert.deepEqual(await chats(), []);
  });

  it('stays open and sends nothing if the JSON is invalid', async () => {
    const { shown, done } = await preview();
    await edit(shown, '{', '');
    await run('quillet.sendRequest');
    assert.match(ui.errors[0] ?? '', /isn't a JSON object/);
    assert.deepEqual(await chats(), []);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await done;
    assert.deepEqual(await chats(), []);
  });

  it('sends nothing when closed', async () => {
    const { done } = await preview();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
    assert.deepEqual(await chats(), []);
    assert.deepEqual([ui.shown, ui.threads], [[], []]);
  });

  it('is shown again by the same command', async () => {
    const { editor, done, shown } = await preview();
    await vscode.window.showTextDocument(editor.document);
    await eventually(() => vscode.window.activeTextEditor?.document === editor.document);
    ui.willPick('Explain');
    await run('quillet.previewRequest');
    assert.equal((await untilPreview()).document, shown.document);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
  });

  it('shows placeholders and escaped invisible characters [R24, R42]', async () => {
    const editor = await openFile(`${code}let a;${tags}\n`);
    editor.selection = new vscode.Selection(0, 0, 5, 0);
    await setSettings({ preview: true });
    ui.willPress(anyway);
    ui.willPress(replace);
    const done = run('quillet.explain');
    const { document } = await untilPreview();
    assert.ok(document.getText().includes('<SECRET_1>'));
    assert.ok(!document.getText().includes(secret));
    assert.ok(document.getText().includes('let a;\\udb40\\udc72'));
    await run('quillet.sendRequest');
    await done;
    assert.ok((await sentText()).includes(tags));
    assert.equal(modals().length, 2);
  });

  it('works for Insert Completion', async () => {
    const editor = await openFile('// make it\n');
    await select(editor, '// make it');
    ui.willPick('Insert Completion');
    const done = run('quillet.previewRequest');
    await untilPreview();
    await run('quillet.sendRequest');
    await done;
    assert.equal(editor.document.getText(), '// make it\nFine.\n');
    assert.deepEqual(ui.shown, []);
  });

  it('is copied as edited and without a key by Copy Request As', async () => {
    const { shown, done } = await preview();
    await edit(shown, 'const one = 1;', 'const uno = 1;');
    ui.willPick(/^curl \(sh/);
    await run('quillet.copyAs');
    const copied = await vscode.env.clipboard.readText();
    assert.ok(copied.startsWith('curl ') && copied.includes('const uno = 1;'), copied);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await done;
    assert.deepEqual(await chats(), []);
  });

  it('is not required for Copy Request As, which uses the last request with its placeholders', async () => {
    ui.willPress(replace);
    await explain(code);
    ui.willPick('Python (requests)');
    await run('quillet.copyAs');
    const copied = await vscode.env.clipboard.readText();
    assert.ok(copied.includes('import requests') && copied.includes('<SECRET_1>'), copied);
    assert.ok(!copied.includes(secret));
  });

  it('estimates the tokens if the context limit is unknown', async () => {
    const { shown, done } = await preview();
    assert.match(shown.document.getText(), /^\/\/ ≈ \d+ tokens \(context limit unknown\)$/m);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
  });

  it('shows what sending costs if there is a price, also before a large request', async () => {
    await setSettings({
      prices: { 'quillet-test': { input: 1000, output: 1000 } },
      parameters: { maxOutputTokens: 2000 },
      'limits.selection': 10,
    });
    ui.willPress('Send');
    const { shown, done } = await preview();
    const cost = String.raw`≈ \d+ tokens, ≈ \$0\.\d+, at most \$2\.\d+ for 2,000 tokens of answer`;
    assert.match(shown.document.getText(), new RegExp(`^// ${cost} \\(context limit unknown\\)$`, 'm'));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
    assert.match(ui.texts[0] ?? '', new RegExp(`^Send [\\d,]+ characters \\(${cost}\\) to Test Server\\?$`));
  });

  it('shows the context limit if the server reports it, and warns if it is exceeded', async () => {
    await listModelsWith(json({ data: [{ id: 'quillet-test', context_length: 20 }] }));
    await run('quillet.testConnection');
    ui.clear();
    ui.willPress('Send');
    const { shown, done } = await preview();
    assert.match(shown.document.getText(), /^\/\/ ≈ \d+ tokens \(context limit 20\)$/m);
    assert.match(
      shown.document.getText(),
      /^\/\/ quillet-test has a context limit of 20 tokens for prompt and answer together/m,
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await done;
    assert.match(ui.texts[0] ?? '', /^Send [\d,]+ characters \(≈ \d+ tokens\) to Test Server\?$/);
    assert.match(
      ui.shown[0]?.detail ?? '',
      /^quillet-test has a context limit of 20 tokens .*may reject or truncate the request\.$/,
    );
    ui.clear();
    await explain(code);
    assert.deepEqual(ui.texts.length, 1);
    assert.deepEqual(await chats(), []);
    await listModelsWith(json({ data: [{ id: 'quillet-test', context_length: 20_000 }] }));
    await run('quillet.testConnection');
    ui.clear();
    ui.willPress(anyway);
    await explain(code);
    assert.equal((await chats()).length, 1);
    await listModelsWith(json({ data: [] }));
    await run('quillet.testConnection');
  });

  it('is required for Send Request [E16]', async () => {
    await openFile('const one = 1;\n');
    await run('quillet.sendRequest', { body: {} });
    assert.match(ui.texts[0] ?? '', /no request here/);
    assert.deepEqual(await chats(), []);
  });
});
