import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { baseUrl, otherBaseUrl } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';

const setting = (name: string): unknown => vscode.workspace.getConfiguration('quillet').get(name);

async function remove(provider: string): Promise<void> {
  ui.willPick(provider);
  ui.willPress('Remove');
  await run('quillet.removeProvider');
}

describe('Remove Provider', () => {
  useQuillet();

  it('removes the provider, the selected model and the API key, after a question', async () => {
    const providers = { first: { baseUrl: baseUrl() }, second: { baseUrl: otherBaseUrl() } };
    await setSettings({ providers, model: 'first/one' });
    ui.willType('sk-canary-0123456789abcdefghij');
    await run('quillet.setKey', 'first');
    ui.clear();
    await remove('first');
    assert.deepEqual(setting('providers'), { second: { baseUrl: otherBaseUrl() } });
    assert.equal(setting('model'), '');
    assert.deepEqual(ui.texts, ['Remove "first" from your settings?', 'Removed "first".']);
    assert.equal(ui.shown[0]?.isModal, true);
    assert.equal(ui.shown[0]?.detail, `This also deletes the API key for ${new URL(baseUrl()).origin}.`);
    ui.clear();
    await run('quillet.deleteKey');
    assert.deepEqual(ui.texts, ['There are no stored API keys.']);
  });

  it('removes the secrets of its headers, too', async () => {
    const headers = { 'X-Gateway-Token': '${secret:gateway}' };
    await setSettings({ providers: { first: { baseUrl: baseUrl(), headers } }, model: 'first/one' });
    ui.willType('sk-canary-header-0123456789');
    await run('quillet.setSecret');
    ui.clear();
    await remove('first');
    assert.equal(ui.shown[0]?.detail, `This also deletes the secrets for ${new URL(baseUrl()).origin}.`);
    ui.clear();
    await run('quillet.deleteKey');
    assert.deepEqual(ui.texts, ['There are no stored API keys.']);
  });

  it('keeps a key that another provider uses, and the model of another provider', async () => {
    const providers = { first: { baseUrl: baseUrl() }, twin: { baseUrl: baseUrl() } };
    await setSettings({ providers, model: 'first/one' });
    ui.willType('sk-canary-0123456789abcdefghij');
    await run('quillet.setKey', 'first');
    ui.clear();
    await remove('twin');
    assert.deepEqual(setting('providers'), { first: { baseUrl: baseUrl() } });
    assert.equal(setting('model'), 'first/one');
    ui.willPick(/^All keys \(1\)$/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
    assert.equal(ui.texts.at(-1), 'Deleted all API keys.');
  });

  it('changes nothing if the question is dismissed, and says so if there is no provider', async () => {
    ui.willPick('Test Server');
    await run('quillet.removeProvider');
    assert.equal(setting('model'), 'test/quillet-test');
    await setSettings({ providers: {} });
    ui.clear();
    await run('quillet.removeProvider');
    assert.deepEqual(ui.texts, ['There are no providers to remove.']);
  });
});
