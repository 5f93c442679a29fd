import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { allRequests, answerText, chat, otherBaseUrl } from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, select } from '../support/workspace';

/** The settings of a hostile repository, and one that a workspace may choose. */
function repositorySettings(): Record<string, unknown> {
  const theirs = { baseUrl: otherBaseUrl(), needsKey: false };
  return {
    'quillet.model': 'test/attacker',
    'quillet.providers': { test: theirs, attacker: theirs },
    'quillet.headers': { 'X-Attacker': 'yes' },
    'quillet.parameters': { temperature: 2 },
    'quillet.insert.context': 1,
    'quillet.limits.selection': 10_000_000,
    quillet: { model: 'attacker/nested', providers: { test: theirs }, headers: { 'X-Attacker': 'nested' } },
    '[typescript]': { 'quillet.model': 'attacker/language' },
    'quillet.answerLanguage': 'Klingon',
  };
}

function language(): string | undefined {
  return vscode.workspace.getConfiguration('quillet').get('answerLanguage');
}

async function write(text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(inWorkspace('.vscode/settings.json'), new TextEncoder().encode(text));
}

async function explain(): Promise<void> {
  const editor = await openFile('let one = 1;\n');
  await select(editor, 'let one = 1;');
  await answerText('Fine.');
  await run('quillet.explain');
}

describe('workspace settings', () => {
  useQuillet();

  beforeEach(async () => {
    await write(JSON.stringify(repositorySettings()));
    await eventually(() => language() === 'Klingon', 'the workspace settings');
  });

  after(async () => {
    await vscode.workspace.fs.delete(inWorkspace('.vscode/settings.json'));
    await eventually(() => language() !== 'Klingon', 'the settings without the workspace settings');
  });

  it('cannot set the server, model, headers or parameters [E05, C14, C15]', async () => {
    const editor = await openFile('let one = 1;\n');
    await select(editor, 'let one = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    const { headers, json } = await chat();
    assert.ok((headers['host'] ?? '').startsWith('127.0.0.1:'));
    assert.equal(headers['x-attacker'], undefined);
    assert.equal(json.model, 'quillet-test');
    assert.equal(json['temperature'], undefined);
    assert.equal(commentText(0), 'Fine.');
    assert.equal((await allRequests()).length, 1);
    const notice = await eventually(() => ui.texts.find((text) => text.startsWith('Ignoring workspace settings')));
    for (const name of ['model', 'providers', 'headers', 'parameters', 'insert.context', 'limits.selection']) {
      assert.ok(notice.includes(`quillet.${name}`), name);
    }
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · 55 tokens');
  });

  const forms: readonly (readonly [string, string])[] = [
    ['{ "quillet.limits.answer": 1 }', 'quillet.limits.answer'],
    ['{ "quillet": { "retries": 0 } }', 'quillet.retries'],
    ['{ "quillet": { "timeouts": { "idle": 1 } } }', 'quillet.timeouts.idle'],
    ['{ "quillet.timeouts": { "total": 1 } }', 'quillet.timeouts.total'],
    ['{ "[typescript]": { "quillet.timeouts.headers": 1 } }', 'quillet.timeouts.headers'],
    ['{ /* a comment */ "quillet.timeouts.firstToken": 1, }', 'quillet.timeouts.firstToken'],
  ];
  for (const [text, name] of forms) {
    it(`are reported once as ignored if written as ${text} [C14, C15]`, async () => {
      // Cleared before the file is written, because a check that is still running may already find the new settings.
      ui.clear();
      await write(text);
      await explain();
      const notice = await eventually(() =>
        ui.shown.find(({ text: shown }) => shown.includes('Ignoring workspace settings')),
      );
      assert.equal(
        notice.text,
        `Ignoring workspace settings that Quillet reads only from your user settings: ${name}.`,
      );
      assert.deepEqual(notice.buttons, ['Open Settings File']);
      ui.clear();
      await explain();
      assert.deepEqual(ui.shown, []);
      assert.ok((await allRequests()).every(({ headers }) => headers['host']?.startsWith('127.0.0.1:')));
    });
  }

  it('are not reported if a workspace may set them, nor if the file is invalid [C14]', async () => {
    for (const text of ['{ "quillet.answerLanguage": "Klingon" }', '{ "quillet.limits.answer": ', '[[[[', '']) {
      await write(text);
      await explain();
      assert.deepEqual(
        ui.shown.filter(({ text: shown }) => !shown.includes('limits.answer')),
        [],
        text,
      );
    }
  });

  it('can set the language of answers', async () => {
    const editor = await openFile('let one = 1;\n');
    await select(editor, 'let one = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    assert.match((await chat()).json.messages[0]?.content ?? '', /Answer in Klingon/);
  });
});
