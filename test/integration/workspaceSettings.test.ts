import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './support/eventually';
import { allRequests, answerText, chat, otherBaseUrl } from './support/modelServer';
import { commentText, run, ui, useQuillet } from './support/quillet';
import { inWorkspace, openFile, select } from './support/workspace';

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

describe('the settings of a workspace', () => {
  useQuillet();

  before(async () => {
    const file = new TextEncoder().encode(JSON.stringify(repositorySettings()));
    await vscode.workspace.fs.writeFile(inWorkspace('.vscode/settings.json'), file);
    await eventually(() => language() === 'Klingon', 'the settings of the workspace');
  });

  after(async () => {
    await vscode.workspace.fs.delete(inWorkspace('.vscode/settings.json'));
    await eventually(() => language() !== 'Klingon', 'the settings without the workspace');
  });

  it('E05: choose neither server nor model, headers or parameters', async () => {
    const editor = await openFile('let one = 1;\n');
    select(editor, 'let one = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    const { headers, json } = await chat();
    assert.ok((headers['host'] ?? '').startsWith('127.0.0.1:'));
    assert.equal(headers['x-attacker'], undefined);
    assert.equal(json.model, 'quillet-test');
    assert.equal(json['temperature'], undefined);
    assert.equal(commentText(0), 'Fine.');
    assert.equal((await allRequests()).length, 1);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · 55 tokens');
  });

  it('needs 41: choose the language of answers', async () => {
    const editor = await openFile('let one = 1;\n');
    select(editor, 'let one = 1;');
    await answerText('Fine.');
    await run('quillet.explain');
    assert.match((await chat()).json.messages[0]?.content ?? '', /Answer in Klingon/);
  });
});
