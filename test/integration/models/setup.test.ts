import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, html, json } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  baseUrl,
  chat,
  chats,
  listModelsWith,
  otherBaseUrl,
} from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';

/** Accepts an item of the nth quick pick as soon as it appears. */
async function pick(index: number, label: string): Promise<void> {
  const picker = await eventually(() => ui.pickers[index], `list ${index}`);
  const item = await eventually(() => picker.items.find((candidate) => candidate.label === label), label);
  picker.accept(item);
}

async function selectCode(): Promise<void> {
  const editor = await openFile(code);
  select(editor, 'let one = 1;');
}

describe('the first command', () => {
  useQuillet();

  it('sets up a provider and a model, and then sends the request', async () => {
    await setSettings({ model: undefined, providers: {} });
    await selectCode();
    await listModelsWith(json({ data: [{ id: 'one' }, { id: 'two' }] }));
    await answerText('It is one.');
    ui.willType(baseUrl());
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await pick(1, 'two');
    await done;
    const configuration = vscode.workspace.getConfiguration('quillet');
    assert.equal(configuration.get('model'), 'local/two');
    assert.deepEqual(configuration.get('providers'), { local: { preset: 'custom', baseUrl: baseUrl() } });
    assert.equal((await chat()).json.model, 'two');
    assert.equal(commentText(0), 'It is one.');
    assert.equal(ui.statusText, '$(edit-sparkle) two · 55 tokens');
  });

  it('asks for a provider name if the suggested one is taken', async () => {
    await setSettings({ model: undefined, providers: { local: { baseUrl: otherBaseUrl() } } });
    await selectCode();
    await listModelsWith(json({ data: [{ id: 'one' }] }));
    await answerText('It is one.');
    ui.willPick('$(add) Add Provider…');
    ui.willType(baseUrl());
    ui.willType('mine');
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await pick(1, 'one');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'mine/one');
    assert.equal(String(await ui.inputs[1]?.validateInput?.('local')), 'A provider with this name already exists.');
    assert.equal((await chats()).length, 1);
  });

  it('sends nothing if the picker is dismissed', async () => {
    await setSettings({ model: undefined, providers: {} });
    await selectCode();
    const done = run('quillet.explain');
    const picker = await eventually(() => ui.pickers[0]);
    picker.hide();
    await done;
    assert.deepEqual(await chats(), []);
    assert.deepEqual(ui.threads, []);
    assert.deepEqual(ui.errors, []);
    assert.equal(ui.statusText, '$(edit-sparkle) Quillet');
  });

  it('validates a base URL while typing', async () => {
    await setSettings({ model: undefined, providers: {} });
    await selectCode();
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    const options = await eventually(() => ui.inputs[0]);
    await done;
    const check = async (value: string) => String((await options.validateInput?.(value)) ?? 'fine');
    assert.equal(await check('http://127.0.0.1:1234/v1/'), 'fine');
    assert.match(await check('localhost:1234/v1'), /http:\/\/localhost:1234\/v1/);
    assert.match(await check('http://models.example.com/v1'), /https:\/\/models\.example\.com\/v1/);
    assert.match(await check('ftp://127.0.0.1/v1'), /Only http and https/);
    assert.match(await check('https://me:hunter2@example.com/v1'), /^The address can't contain a user name/);
    assert.deepEqual(await allRequests(), []);
  });
});

describe('providers and models', () => {
  useQuillet();

  it('can be chosen from the list of the server or typed', async () => {
    await listModelsWith(json({ data: [{ id: 'small' }, { id: 'large' }] }));
    ui.willPick('Test Server');
    const first = run('quillet.selectModel');
    await pick(0, 'large');
    await first;
    const model = () => vscode.workspace.getConfiguration('quillet').get('model');
    assert.equal(model(), 'test/large');
    await setSettings({ model: 'test/large' });

    ui.willPick('Test Server');
    const second = run('quillet.selectModel');
    (await eventually(() => ui.pickers[1])).type('my/own model');
    await pick(1, 'Use "my/own model"');
    await second;
    assert.equal(model(), 'test/my/own model');
  });

  it('can be typed if the list is unavailable, with the reason shown', async () => {
    await setSettings({ model: 'test/quillet-test' });
    await listModelsWith(apiError(404, { message: 'No such route.' }));
    ui.willPick('Test Server');
    const done = run('quillet.selectModel');
    await eventually(() => ui.pickers[0]?.items.some((item) => /No such route/.test(item.detail ?? '')));
    ui.pickers[0]?.type('typed');
    await pick(0, 'Use "typed"');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/typed');
    assert.deepEqual(ui.errors, []);
  });

  it('are tested by Test Connection, which reports the listed models', async () => {
    await run('quillet.testConnection');
    assert.match(
      ui.texts[0] ?? '',
      /^Connected to Test Server at http:\/\/127\.0\.0\.1:\d+\/v1\. It lists \d+ models\.$/,
    );
    ui.clear();
    await listModelsWith(json({ data: [{ id: 'another' }] }));
    await run('quillet.testConnection');
    assert.match(ui.texts[0] ?? '', /It lists 1 model, but not quillet-test\.$/);
    ui.clear();
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } } });
    await run('quillet.testConnection');
    assert.match(ui.errors[0] ?? '', /127\.0\.0\.1:2/);
  });

  for (const [name, script] of [
    ['is missing', json({ detail: 'Not Found' }, 404)],
    ['is guarded', apiError(403, { message: 'Missing scopes: api.model.read' })],
    ['wants other credentials', apiError(401, { message: 'Use a session token.' })],
    ['is a web page', html('<title>Console</title>')],
  ] as const) {
    it(`are asked by Test Connection if the list ${name}`, async () => {
      await listModelsWith(script);
      await run('quillet.testConnection');
      assert.deepEqual(ui.errors, []);
      assert.match(ui.texts[0] ?? '', /^Connected to Test Server at .* quillet-test responded, but the list .*\.$/);
    });
  }

  it('fail Test Connection with the error of a run if neither works', async () => {
    await listModelsWith(json({ detail: 'Not Found' }, 404));
    await answerNext(apiError(401, { message: 'Wrong key.' }));
    await run('quillet.testConnection');
    assert.match(ui.errors[0] ?? '', /requires an API key\.$/);
  });

  it('are rejected with a message if invalid', async () => {
    await selectCode();
    await setSettings({ model: 'missing/model' });
    await run('quillet.explain');
    assert.match(ui.errors[0] ?? '', /^Unknown provider "missing"\. Available: .*test/);
    ui.clear();
    await setSettings({ providers: { test: { baseUrl: '' } }, model: 'test/model' });
    await run('quillet.explain');
    assert.match(ui.errors[0] ?? '', /^The base URL of provider "test" is invalid/);
    assert.deepEqual(await allRequests(), []);
  });
});

describe('limits', () => {
  useQuillet();

  it('ask before a large request, and send nothing if dismissed', async () => {
    await setSettings({ 'limits.selection': 100 });
    await selectCode();
    await run('quillet.explain');
    assert.equal(ui.shown.length, 1);
    assert.equal(ui.shown[0]?.isModal, true);
    assert.match(ui.texts[0] ?? '', /^Send [\d,.]+ characters \(≈ [\d,.]+ tokens\) to Test Server\?$/);
    assert.deepEqual(ui.shown[0]?.buttons, ['Send']);
    assert.deepEqual(await allRequests(), []);
    assert.deepEqual(ui.threads, []);
    assert.ok(ui.isIdle);
  });

  it('send a large request in full after confirmation', async () => {
    await setSettings({ 'limits.selection': 100 });
    const large = `// ${'x'.repeat(50_000)}`;
    const editor = await openFile(`${large}\n`);
    select(editor, large);
    await answerText('Long.');
    ui.willPress('Send');
    await run('quillet.insert');
    assert.deepEqual((await chat()).json.messages, [{ role: 'user', content: large }]);
    assert.equal(editor.document.getText(), `${large}Long.\n`);
  });

  it('stop an answer that is too long and keep the received text', async () => {
    await setSettings({ 'limits.answer': 10 });
    const editor = await openFile(code);
    select(editor, 'let one = 1;');
    await answerText(' // 123456', '789');
    await run('quillet.insert');
    assert.equal(editor.document.getText(), code.replace('one = 1;', 'one = 1; // 123456'));
    assert.match(ui.errors[0] ?? '', /longer than 10 characters/);
  });

  it('answers in a document if comments are hidden', async () => {
    await setSettings({});
    await selectCode();
    await answerText('It is one.');
    await vscode.workspace.getConfiguration().update('comments.visible', false, vscode.ConfigurationTarget.Global);
    await run('quillet.explain');
    await vscode.workspace.getConfiguration().update('comments.visible', undefined, vscode.ConfigurationTarget.Global);
    assert.deepEqual(ui.threads, []);
    const opened = vscode.workspace.textDocuments.find(
      ({ languageId, isUntitled }) => isUntitled && languageId === 'markdown',
    );
    assert.equal(opened?.getText(), 'It is one.');
  });
});
