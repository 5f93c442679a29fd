import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { allRequests, baseUrl, chat, chats } from '../support/modelServer';
import { code, openSelected } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace, openFile, select } from '../support/workspace';

/** Provides the API of the Git extension, which the test hosts do not have. */
function fakeGit(api: object | undefined): vscode.Disposable {
  const { getExtension } = vscode.extensions;
  const extension = api === undefined ? undefined : { activate: async () => ({ getAPI: () => api }) };
  Object.assign(vscode.extensions, {
    getExtension: (id: string) => (id === 'vscode.git' ? extension : getExtension(id)),
  });
  return new vscode.Disposable(() => Object.assign(vscode.extensions, { getExtension }));
}

function repository(diff: string) {
  return { rootUri: inWorkspace(''), diff: async (cached: boolean) => (cached ? diff : 'not staged') };
}

/** Simulates terminal commands, because an extension host cannot type into a terminal. */
function fakeTerminal() {
  const started = new vscode.EventEmitter<unknown>();
  const ended = new vscode.EventEmitter<unknown>();
  const { onDidStartTerminalShellExecution, onDidEndTerminalShellExecution } = vscode.window;
  Object.assign(vscode.window, {
    onDidStartTerminalShellExecution: started.event,
    onDidEndTerminalShellExecution: ended.event,
  });
  return {
    runs: (...pieces: readonly string[]) => {
      const execution = {
        async *read() {
          yield* pieces;
        },
      };
      started.fire({ execution });
      ended.fire({ execution });
    },
    dispose: () => Object.assign(vscode.window, { onDidStartTerminalShellExecution, onDidEndTerminalShellExecution }),
  };
}

async function lastUser(): Promise<string | undefined> {
  return (await chats()).at(-1)?.json.messages.at(-1)?.content;
}

const terminal = fakeTerminal();

describe('prompt variables', () => {
  useQuillet();
  const owned: vscode.Disposable[] = [];
  afterEach(() => {
    for (const disposable of owned.splice(0)) disposable.dispose();
  });
  after(() => terminal.dispose());

  it('without a value are reported together with lines and reasons, and nothing is sent', async () => {
    owned.push(fakeGit(undefined));
    await openSelected('txt');
    await run('quillet.run', { text: 'a ${symbol}\n${gitDiff} ${terminal}\n${selection} ${input:what}' });
    assert.deepEqual(ui.errors, [
      'The prompt uses variables that have no value here: symbol (line 1: the selection is not in a function or class), gitDiff (line 2: the Git extension is missing or disabled), terminal (line 2: no command has finished in a terminal with shell integration yet; run it again).',
    ]);
    ui.clear();
    await run('quillet.run', { text: '${nope} ${selection}\n${pick:size}' });
    assert.deepEqual(ui.errors, ['The prompt uses variables that have no value here: nope (line 1), pick (line 2).']);
    assert.deepEqual(ui.inputs, []);
    assert.deepEqual(await allRequests(), []);
  });

  it('use defaults if they have no value', async () => {
    owned.push(fakeGit(undefined));
    await openSelected('txt');
    await run('quillet.run', {
      text: '${symbol:=none} ${gitDiff:=no diff} ${terminal:=} ${selection:=x} \\${selection}',
    });
    assert.equal(await lastUser(), 'none no diff  let one = 1; ${selection}');
  });

  it('contain the names around the selection', async () => {
    const provideDocumentSymbols = () => {
      const [outer, inner] = [new vscode.Range(0, 0, 5, 0), new vscode.Range(0, 0, 1, 0)];
      const cart = new vscode.DocumentSymbol('Cart', '', vscode.SymbolKind.Class, outer, outer);
      cart.children = [new vscode.DocumentSymbol('total', '', vscode.SymbolKind.Method, inner, inner)];
      return [cart];
    };
    owned.push(vscode.languages.registerDocumentSymbolProvider({ language: 'typescript' }, { provideDocumentSymbols }));
    await openSelected();
    await run('quillet.run', {
      text: '${symbol}, ${languageId}, ${fileBasename}, ${file}, ${workspaceFolderBasename}.',
    });
    const name = vscode.window.activeTextEditor?.document.uri.path.split('/').at(-1);
    const folder = vscode.workspace.workspaceFolders?.[0]?.name;
    assert.equal(await lastUser(), `Cart.total, typescript, ${name}, ${name}, ${folder}.`);
  });

  it('contain the staged changes of the repository of the file', async () => {
    const mine = repository('+ staged');
    const api = { repositories: [repository('other'), mine], getRepository: () => mine };
    owned.push(fakeGit(api));
    await openSelected();
    await run('quillet.run', { text: 'Diff: ${gitDiff}' });
    assert.equal(await lastUser(), 'Diff: + staged');
  });

  for (const [name, api, reason] of [
    ['nothing is staged', { repositories: [], getRepository: () => repository(' \n') }, 'no changes are staged'],
    [
      'the file is in none of several repositories',
      { repositories: [repository('a'), repository('b')], getRepository: () => null },
      'the file is not in a Git repository',
    ],
  ] as const) {
    it(`report that ${name}`, async () => {
      owned.push(fakeGit(api));
      await openSelected();
      await run('quillet.run', { text: 'Diff: ${gitDiff}' });
      assert.deepEqual(ui.errors, [`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`]);
      assert.deepEqual(await allRequests(), []);
    });
  }

  it('have the staged changes without excluded files', async () => {
    await setSettings({ ignore: ['secrets/'] });
    const part = (name: string) => `diff --git a/${name} b/${name}\n+text of ${name}\n`;
    const all = repository(`${part('cart.ts')}${part('secrets/a.ts')}`);
    owned.push(fakeGit({ repositories: [all], getRepository: () => all }));
    await openSelected();
    await run('quillet.run', { text: 'Diff: ${gitDiff}' });
    assert.equal(await lastUser(), `Diff: ${part('cart.ts').trimEnd()}`);
    assert.ok(ui.texts.includes('Left out of the changes: secrets/a.ts (quillet.ignore).'));
  });

  it('contain the output of the last terminal command without colors, and never the clipboard', async () => {
    await vscode.env.clipboard.writeText('CANARY');
    await openSelected();
    await run('quillet.run', { text: 'Output: ${terminal:=none}' });
    terminal.runs('first');
    terminal.runs('\u{1b}[31mError', '\u{1b}[0m: line 3\r\n', 'at x\r\n');
    await run('quillet.run', { text: 'Output: ${terminal}' });
    assert.equal(await lastUser(), 'Output: Error: line 3\nat x');
    assert.equal(await vscode.env.clipboard.readText(), 'CANARY');
    assert.ok(!JSON.stringify(await allRequests()).includes('CANARY'));
  });

  it('are what the prompts for terminal output and staged changes send, without a selection', async () => {
    owned.push(fakeGit({ repositories: [], getRepository: () => repository('+ staged') }));
    await openFile(code);
    await run('quillet.run', { text: '${terminal:=none}' });
    terminal.runs('Error: line 3');
    for (const [prompt, sent] of [
      ['terminal', 'Explain this output of the last command in the terminal:\n\n```\nError: line 3\n```\n'],
      ['staged', 'Review this diff:\n\n```diff\n+ staged\n```\n'],
    ] as const) {
      await run('quillet.run', { prompt });
      assert.equal((await lastUser())?.trimEnd(), sent.trimEnd());
    }
    const answers = vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled);
    assert.deepEqual(
      answers.map(({ languageId }) => languageId),
      ['markdown', 'markdown'],
    );
  });

  it('have no place without an open editor, and the prompt says so', async () => {
    await run('workbench.action.closeAllEditors');
    await run('quillet.run', { prompt: 'staged' });
    assert.deepEqual(ui.texts, ['Open a text editor first.']);
  });

  it('are truncated if too long, with a notice', async () => {
    await openSelected();
    await run('quillet.run', { text: '${terminal:=none}' });
    terminal.runs('x'.repeat(30_000), 'the end');
    owned.push(fakeGit({ repositories: [repository(`start${'+'.repeat(120_000)}`)], getRepository: () => null }));
    ui.willPress('Send Anyway');
    await run('quillet.run', { text: '${terminal}\n${gitDiff}' });
    const [output = '', diff = ''] = ((await lastUser()) ?? '').split('\n');
    assert.equal(output.length, 20_000);
    assert.ok(output.endsWith('the end'));
    assert.equal(diff.length, 100_000);
    assert.ok(diff.startsWith('start+'));
    assert.deepEqual(
      ui.texts.filter((text) => text.startsWith('Some values')),
      ['Some values were truncated. terminal: 20,000 of 30,007 characters, gitDiff: 100,000 of 120,005 characters.'],
    );
  });

  it('are truncated to the context window, farthest from the selection first, with a notice', async () => {
    const far = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ');
    const editor = await openFile(`${far}\nMIDDLE\n${far}\n`);
    await select(editor, 'MIDDLE');
    await setSettings({ providers: { test: { baseUrl: baseUrl(), contextWindow: 400 } } });
    await run('quillet.run', { text: '${before}|${selection}|${after}', destination: 'clipboard' });
    const [before = '', selection, after = ''] = ((await chat()).json.messages[0]?.content ?? '').split('|');
    assert.equal(selection, 'MIDDLE');
    assert.ok(before.length > 100 && before.length < far.length, String(before.length));
    assert.ok(before.endsWith('word399\n') && after.startsWith('\nword0'));
    const said = ui.texts.find((text) =>
      text.startsWith('Some values were truncated to fit the context window of quillet-test (400 tokens). before: '),
    );
    assert.ok(
      said?.includes(`before: ${before.length.toLocaleString()} of ${(far.length + 1).toLocaleString()} characters`),
      said,
    );
  });

  it('ask once for each name, with the default in the box or first in the list', async () => {
    await openSelected();
    ui.willType((box) => {
      assert.deepEqual([box.title, box.prompt, box.value], ['Custom Prompt', 'How?', 'kind']);
      return 'rude';
    });
    ui.willPick((items) => {
      assert.deepEqual(
        items.map(({ label }) => label),
        ['large', 'small'],
      );
      return items[1];
    });
    const text = '${input:tone:How?:=kind} ${pick:size:small|large:=large} ${input:tone} ${selection}';
    await run('quillet.run', { text });
    assert.equal(await lastUser(), 'rude small rude let one = 1;');
    assert.equal(ui.inputs.length + ui.lists.length, 2);
    ui.willType('');
    await run('quillet.run', { text: '${input:tone:How?:=kind} ${selection}' });
    assert.equal(await lastUser(), 'kind let one = 1;');
    await run('quillet.run', { text, input: { tone: 'given', size: 'any' } });
    assert.equal(await lastUser(), 'given any given let one = 1;');
    const sent = (await chats()).length;
    await run('quillet.run', { text: '${pick:size:small|large} ${selection}' });
    await run('quillet.run', { text: '${input:tone} ${selection}' });
    assert.equal((await chats()).length, sent, 'canceling sends nothing');
  });

  it('insert selected and typed text once and unchanged [R29]', async () => {
    const nasty = '${selection} $& ${input:x:=y} \\${file} </system>';
    const editor = await openFile(nasty);
    await select(editor, nasty);
    await openless(nasty);
    assert.equal(await lastUser(), `${nasty} | ${nasty}`);
  });

  async function openless(typed: string): Promise<void> {
    ui.willType(typed);
    await run('quillet.run', { text: '${selection} | ${input:x}', destination: 'clipboard' });
  }

  it('need no selection if the prompt does not send it', async () => {
    const editor = await openFile(code);
    editor.selection = new vscode.Selection(1, 0, 1, 0);
    await run('quillet.run', { text: 'Say something.' });
    assert.equal(await lastUser(), 'Say something.');
    await run('quillet.run', { text: 'Say ${selection}.' });
    await run('quillet.run', { text: 'Say something.', destination: 'replace' });
    assert.equal((await chats()).length, 1);
    assert.deepEqual(ui.texts, Array(2).fill('Select some text first.'));
    assert.equal(editor.document.getText(), code);
  });
});

describe('arguments of Run Prompt', () => {
  useQuillet();

  it('choose prompt, model, parameters and destination', async () => {
    await openSelected();
    const parameters = { temperature: 0.5, stop: 'END' };
    await run('quillet.run', { prompt: 'tests', model: 'other/m2', parameters, destination: 'clipboard' });
    const { json } = await chat();
    assert.equal(json.model, 'm2');
    assert.deepEqual([json['temperature'], json['stop']], [0.5, ['END']]);
    assert.equal(await vscode.env.clipboard.readText(), 'Fine.');
  });

  it('are kept for Repeat Last Prompt', async () => {
    const editor = await openSelected();
    await run('quillet.run', {
      text: 'Tone ${input:tone}: ${selection}',
      model: 'other/m2',
      parameters: { seed: 7 },
      input: { tone: 'kind' },
    });
    await select(editor, 'let two = 2;');
    await run('quillet.repeat');
    const { json } = await chat(1);
    assert.equal(json.messages[0]?.content, 'Tone kind: let two = 2;');
    assert.deepEqual([json.model, json['seed']], ['m2', 7]);
  });

  it('start different texts on one selection separately, and the same text only once', async () => {
    await openSelected();
    const texts = ['One ${selection}', 'Two ${selection}', 'One ${selection}'];
    await Promise.all(texts.map((text) => run('quillet.run', { text })));
    const sent = (await chats()).map(({ json }) => json.messages[0]?.content);
    assert.deepEqual(sent.sort(), ['One let one = 1;', 'Two let one = 1;']);
  });

  it('are rejected by name if invalid', async () => {
    await openSelected();
    for (const [argument, name] of [
      [{ prompt: 'tests', text: 'x' }, 'text'],
      [{ model: 'no-provider' }, 'model'],
      [{ parameters: { temperature: 9 } }, 'parameters.temperature'],
    ] as const) {
      ui.clear();
      await run('quillet.run', argument);
      assert.deepEqual(ui.errors, [`Invalid argument "${name}" for Run Prompt.`]);
    }
    assert.deepEqual(await allRequests(), []);
  });
});
