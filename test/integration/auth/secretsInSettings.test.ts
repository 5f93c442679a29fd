import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually';
import { answerText, baseUrl, chat } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const canary = 'sk-canary-in-the-settings-0123456789';

async function explain(): Promise<void> {
  const editor = await openFile('let one = 1;\n');
  await select(editor, 'let one = 1;');
  await answerText('Fine.');
  await run('quillet.explain');
}

function readGlobalSetting(name: string): unknown {
  return vscode.workspace.getConfiguration('quillet').inspect(name)?.globalValue;
}

function waitForWarning(): Promise<string> {
  return eventually(() => ui.texts.find((text) => text.startsWith('Your settings contain an API key')));
}

describe('an API key in the settings [R15]', () => {
  useQuillet();
  afterEach(async () => {
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
  });

  it('is moved to secret storage on request and never shown', async () => {
    const server = { baseUrl: baseUrl(), label: 'Test Server' };
    await setSettings({ providers: { written: { ...server, apiKey: `Bearer ${canary}` } }, model: 'written/model' });
    ui.willPress('Move');
    await explain();
    assert.match(await waitForWarning(), /\(quillet\.providers\.written\.apiKey\)/);
    const origin = new URL(baseUrl()).origin;
    await eventually(() => ui.texts.includes(`API key moved to secure storage. It is sent only to ${origin}.`));
    assert.deepEqual(readGlobalSetting('providers'), { written: server });
    await explain();
    assert.equal((await chat(-1)).headers['authorization'], `Bearer ${canary}`);
    assert.ok(!JSON.stringify(ui.shown).includes('canary'));
  });

  it('is moved out of a header, which becomes keyHeader', async () => {
    const headers = { 'X-Api-Key': canary, 'X-Team': 'blue' };
    await setSettings({ providers: { headed: { baseUrl: baseUrl(), headers } }, model: 'headed/model' });
    ui.willPress('Move');
    await explain();
    await waitForWarning();
    const expected = { headed: { keyHeader: 'X-Api-Key', baseUrl: baseUrl(), headers: { 'X-Team': 'blue' } } };
    await eventually(() => JSON.stringify(readGlobalSetting('providers')) === JSON.stringify(expected));
    await explain();
    assert.equal((await chat(-1)).headers['x-api-key'], canary);
  });

  it('is moved out of the headers for all providers to the selected one', async () => {
    await setSettings({ headers: { authorization: `Bearer ${canary}` } });
    ui.willPress('Move');
    await explain();
    await waitForWarning();
    await eventually(() => readGlobalSetting('headers') === undefined);
    await explain();
    assert.equal((await chat(-1)).headers['authorization'], `Bearer ${canary}`);
  });

  it("is left in place if the selected model is one of VS Code's, which take no key", async () => {
    const headers = { 'api-key': canary };
    await setSettings({ headers, model: 'vscode/test/answers' });
    ui.willPress('Move');
    await explain();
    await waitForWarning();
    await eventually(() => ui.texts.find((text) => text.includes("doesn't say which server the API key is for")));
    assert.deepEqual(readGlobalSetting('headers'), headers);
  });

  it('is left in place if the warning is ignored, but never sent, and reported only once', async () => {
    const ignored = { baseUrl: baseUrl(), token: canary };
    await setSettings({ providers: { ignored }, model: 'ignored/model' });
    await explain();
    await waitForWarning();
    ui.clear();
    await explain();
    assert.deepEqual(ui.shown, []);
    assert.deepEqual(readGlobalSetting('providers'), { ignored });
    assert.equal((await chat(-1)).headers['authorization'], undefined);
  });
});
