import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, html, json, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  baseUrl,
  chat,
  chats,
  continueAnswer,
  GATE,
  listModelsNext,
  listModelsWith,
  otherBaseUrl,
} from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';
const key = 'sk-canary-0123456789abcdefghij';

/** Accepts an item of the nth quick pick as soon as it appears. */
async function pick(index: number, label: string): Promise<void> {
  const picker = await eventually(() => ui.pickers[index], `list ${index}`);
  const item = await eventually(() => picker.items.find((candidate) => candidate.label === label), label);
  picker.accept(item);
}

async function selectCode(): Promise<void> {
  const editor = await openFile(code);
  await select(editor, 'let one = 1;');
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
    assert.equal(configuration.get('model'), '127.0.0.1/two');
    assert.deepEqual(configuration.get('providers'), { '127.0.0.1': { preset: 'custom', baseUrl: baseUrl() } });
    assert.equal((await chat()).json.model, 'two');
    assert.equal(commentText(0), 'It is one.');
    assert.equal(ui.statusText, '$(edit-sparkle) two · 55 tokens');
  });

  it('numbers the name of a second provider instead of asking for one', async () => {
    await setSettings({ model: undefined, providers: { '127.0.0.1': { baseUrl: otherBaseUrl() } } });
    await selectCode();
    await listModelsWith(json({ data: [{ id: 'one' }] }));
    await answerText('It is one.');
    ui.willPick('$(add) Add Provider…');
    ui.willType(baseUrl());
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await pick(1, 'one');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), '127.0.0.1-2/one');
    assert.equal(ui.inputs.length, 1);
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
    const checks: (readonly [text: string, message: RegExp])[] = [
      ['http://127.0.0.1:1234/v1/', /^fine$/],
      ['localhost:1234/v1', /http:\/\/localhost:1234\/v1\? Press Enter to use it\.$/],
      ['http://models.example.com/v1', /https:\/\/models\.example\.com\/v1/],
      ['ftp://127.0.0.1/v1', /Only http and https/],
      ['https://me:hunter2@example.com/v1', /^The address can't contain a user name/],
      [`https://example.com/v1?key=${key}`, /^The address can't contain an API key/],
    ];
    const messages: (string | undefined)[] = [];
    ui.willType(() => {
      messages.push(...checks.map(([text]) => ui.boxes[0]?.check(text)));
      return undefined;
    });
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await done;
    for (const [index, [text, message]] of checks.entries()) assert.match(messages[index] ?? '', message, text);
    assert.deepEqual(await allRequests(), []);
  });

  it('uses a suggested base URL on Enter, and keeps the box open for one that cannot be used', async () => {
    await setSettings({ model: undefined, providers: {} });
    await selectCode();
    ui.willType(async () => {
      const [box] = ui.boxes;
      await box?.enter('');
      assert.equal(box?.validationMessage, 'The address is empty.');
      await box?.enter('ftp://127.0.0.1/v1');
      assert.equal(ui.pickers.length, 1);
      return baseUrl().replace('http://', '');
    });
    const done = run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await pick(1, 'echo');
    await done;
    const providers = { '127.0.0.1': { preset: 'custom', baseUrl: baseUrl() } };
    assert.deepEqual(vscode.workspace.getConfiguration('quillet').get('providers'), providers);
  });

  it('takes an address typed into the first box, and saves nothing if no model is chosen', async () => {
    await setSettings({ model: undefined, providers: {} });
    await selectCode();
    const done = run('quillet.explain');
    const picker = await eventually(() => ui.pickers[0]);
    await eventually(() => !picker.busy);
    const typed = (text: string) => {
      picker.type(text);
      const { label, detail } = picker.items.at(-1) ?? {};
      return [label, detail];
    };
    assert.deepEqual(typed('openai'), ['OpenAI-compatible server', undefined]);
    assert.deepEqual(typed('localhost:1234'), ['Use http://localhost:1234/v1', undefined]);
    assert.deepEqual(typed('http://llm.example.com')[0], 'Use https://llm.example.com/v1');
    assert.match(typed('http://llm.example.com')[1] ?? '', /^Plain http would expose/);
    assert.deepEqual(typed('llm.example.com')[0], 'Use https://llm.example.com/v1');
    assert.match(typed('ftp://127.0.0.1/v1')[0] ?? '', /Only http and https/);
    assert.match(typed(key)[0] ?? '', /This looks like an API key/);
    assert.match(typed(`${baseUrl()}?api_key=${key}`)[0] ?? '', /can't contain an API key/);
    picker.selectedItems = [];
    picker.accept({ label: 'a problem' });
    typed(`${baseUrl()}/chat/completions`);
    await pick(0, `Use ${baseUrl()}`);
    const models = await eventually(() => ui.pickers[1]);
    await eventually(() => !models.busy);
    models.hide();
    await done;
    const configuration = vscode.workspace.getConfiguration('quillet');
    assert.deepEqual([configuration.get('providers'), configuration.get('model')], [{}, '']);
    assert.deepEqual(ui.shown, []);
  });

  it('refuses a model ID that looks like an API key', async () => {
    ui.willPick('Test Server');
    const done = run('quillet.selectModel');
    const picker = await eventually(() => ui.pickers[0]);
    await eventually(() => !picker.busy);
    picker.type(key);
    const last = picker.items.at(-1);
    assert.ok(last);
    assert.match(last.label, /This looks like an API key, not a model ID\./);
    picker.accept(last);
    picker.hide();
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/quillet-test');
  });
});

describe('a problem with the list of models', () => {
  useQuillet();
  // Restored after each test, which selects another model.
  beforeEach(() => setSettings({ model: 'test/quillet-test' }));
  afterEach(async () => {
    ui.willPick(new URL(baseUrl()).origin);
    await run('quillet.deleteKey');
  });

  const list = json({ data: [{ id: 'one' }, { id: 'two' }] });
  const unauthorized = apiError(401, { message: 'Incorrect API key provided.' });
  const forbidden = apiError(403, { message: 'Not allowed.' });

  function selectModel(): Promise<void> {
    ui.willPick('Test Server');
    return run('quillet.selectModel');
  }

  async function rows(index: number): Promise<(readonly [string, string | undefined])[]> {
    const picker = await eventually(() => ui.pickers[index], `list ${index}`);
    await eventually(() => !picker.busy);
    return picker.items.map(({ label, detail }) => [label, detail] as const);
  }

  async function keys(): Promise<readonly (string | undefined)[]> {
    return (await allRequests()).map(({ headers }) => headers['authorization']);
  }

  for (const refusal of [unauthorized, forbidden]) {
    it(`asks for the key on status ${refusal.status}, and then lists the models`, async () => {
      await listModelsNext(refusal, list, list);
      ui.willType(() => {
        assert.equal(ui.boxes[0]?.validationMessage, undefined);
        return key;
      });
      const done = selectModel();
      await pick(1, 'two');
      await done;
      assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/two');
      assert.deepEqual(await keys(), [undefined, `Bearer ${key}`, `Bearer ${key}`]);
      assert.equal(ui.inputs[0]?.title, 'API key for Test Server');
      assert.deepEqual(ui.shown, []);
    });
  }

  it('asks for another key if the server rejects the stored one, and says why', async () => {
    ui.willType(key);
    await run('quillet.setKey', 'test');
    ui.clear();
    await listModelsNext(unauthorized, list, list);
    let message: unknown;
    ui.willType(() => {
      message = ui.boxes[0]?.validationMessage;
      return 'sk-canary-another-0123456789';
    });
    const done = selectModel();
    await pick(1, 'one');
    await done;
    assert.match(String(message), /^"Test Server" rejected the API key: Incorrect API key provided\.$/);
    assert.equal((await keys()).at(-1), 'Bearer sk-canary-another-0123456789');
  });

  it('has ways out after the prompt for the key is dismissed', async () => {
    await listModelsWith(unauthorized);
    const done = selectModel();
    assert.deepEqual((await rows(1)).slice(0, 4), [
      ['$(warning) API key required', '"Test Server" requires an API key.'],
      ['$(key) Set API Key…', undefined],
      ['$(refresh) Try Again', undefined],
      ['$(edit) Change Address…', undefined],
    ]);
    assert.equal(ui.pickers[1]?.activeItems[0]?.label, '$(key) Set API Key…');
    await listModelsWith(list);
    ui.willType(key);
    await pick(1, '$(key) Set API Key…');
    await pick(2, 'one');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/one');
  });

  it('has ways out if a key has no right to list models', async () => {
    ui.willType(key);
    await run('quillet.setKey', 'test');
    ui.clear();
    await listModelsWith(forbidden);
    const done = selectModel();
    await eventually(() => ui.pickers[1]);
    assert.deepEqual(
      (await rows(1)).slice(0, 4).map(([label]) => label),
      ['$(warning) Access denied', '$(key) Set API Key…', '$(refresh) Try Again', '$(edit) Change Address…'],
    );
    ui.pickers[1]?.type('my-model');
    await pick(1, 'Use "my-model"');
    await done;
    assert.deepEqual(ui.inputs, []);
  });

  it('has ways out if the server has no models yet', async () => {
    await listModelsNext(json({ data: [] }), list);
    const done = selectModel();
    assert.deepEqual((await rows(1)).slice(0, 4), [
      [
        `$(warning) No models on ${new URL(baseUrl()).host}`,
        'Add a model to the server and try again, or type a model ID.',
      ],
      ['$(refresh) Try Again', undefined],
      ['$(edit) Change Address…', undefined],
      ['$(server) Choose Another Provider…', undefined],
    ]);
    await pick(1, '$(refresh) Try Again');
    await pick(2, 'two');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/two');
  });

  it('leads to another provider', async () => {
    const other = { baseUrl: baseUrl(), label: 'Other Server' };
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1', label: 'Test Server' }, other } });
    await listModelsWith(list);
    const done = selectModel();
    ui.willPick('Other Server');
    await pick(1, '$(server) Choose Another Provider…');
    await pick(2, 'one');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'other/one');
  });

  it('leads to the settings if the key comes from there', async () => {
    const test = { baseUrl: baseUrl(), label: 'Test Server', apiKeyEnv: 'QUILLET_TEST_UNSET' };
    await setSettings({ providers: { test } });
    await listModelsWith(unauthorized);
    const done = selectModel();
    const labels = (await rows(1)).map(([label]) => label);
    assert.ok(
      labels.includes('$(settings-gear) Open Settings') && !labels.includes('$(key) Set API Key…'),
      String(labels),
    );
    ui.pickers[1]?.hide();
    await done;
  });

  it('can be solved with another address, which keeps the other fields of the provider', async () => {
    const test = { baseUrl: 'http://127.0.0.1:2/v1', label: 'Test Server', contextWindow: 1000 };
    await setSettings({ providers: { test } });
    await listModelsWith(list);
    const done = selectModel();
    assert.deepEqual(
      (await rows(1)).slice(0, 3).map(([label]) => label),
      ["$(warning) Can't connect", '$(refresh) Try Again', '$(edit) Change Address…'],
    );
    assert.match((await rows(1))[0]?.[1] ?? '', /^Can't (?:connect to|reach) 127\.0\.0\.1:2\./);
    await pick(1, '$(refresh) Try Again');
    assert.equal((await rows(3))[0]?.[0], "$(warning) Can't connect");
    ui.willType(({ value }) => {
      assert.equal(value, 'http://127.0.0.1:2/v1');
      return baseUrl();
    });
    await pick(3, '$(edit) Change Address…');
    await pick(4, 'two');
    await done;
    const configuration = vscode.workspace.getConfiguration('quillet');
    assert.equal(configuration.get('model'), 'test/two');
    assert.deepEqual(configuration.get('providers'), {
      test: { preset: 'custom', label: 'Test Server', contextWindow: 1000, baseUrl: baseUrl() },
    });
  });

  it('does not interrupt a user who types a model', async () => {
    await listModelsWith({ ...unauthorized, steps: [GATE, ...(unauthorized.steps ?? [])] });
    const done = selectModel();
    const picker = await eventually(() => ui.pickers[0]);
    assert.match(picker.items[0]?.label ?? '', /Loading models…$/);
    picker.type('my-model');
    await continueAnswer();
    assert.equal((await eventually(() => ui.pickers[1])).value, 'my-model');
    await pick(1, 'Use "my-model"');
    await done;
    assert.deepEqual(ui.inputs, []);
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/my-model');
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

  it('show when they will be shut down, and warn once in the month before', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await listModelsWith(
      json({
        data: [
          { id: `soon-${Date.now()}`, shutdown_date: inDays(10) },
          { id: 'later', shutdown_date: inDays(100) },
          { id: 'never', shutdown_date: null },
        ],
      }),
    );
    ui.willPick('Test Server');
    const done = run('quillet.selectModel');
    const picker = await eventually(() => ui.pickers[0]);
    const listed = (start: string) => picker.items.find(({ label }) => label.startsWith(start));
    const soon = await eventually(() => listed('soon-'), 'the models of the server');
    assert.match(soon.description ?? '', /^shuts down on \w+ \d+, 20\d\d$/);
    assert.match(listed('later')?.description ?? '', /^shuts down on /);
    assert.equal(listed('never')?.description, undefined);
    picker.accept(soon);
    await done;
    await answerText('Fine.');
    await select(await openFile(code), 'let one = 1;');
    for (const _ of [1, 2]) await run('quillet.run', { prompt: 'explain', destination: 'clipboard' });
    const warnings = ui.shown.filter(({ text }) => text.includes('shuts down'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.text ?? '', /^Test Server shuts down soon-\d+ on \w+ \d+, 20\d\d\. Select another model/);
    assert.deepEqual(warnings[0]?.buttons, ['Select Model']);
  });

  it('can be typed if the list is unavailable, with the reason shown', async () => {
    await setSettings({ model: 'test/quillet-test' });
    await listModelsWith(apiError(404, { message: 'No such route.' }));
    ui.willPick('Test Server');
    const done = run('quillet.selectModel');
    await eventually(() => ui.pickers[1]?.items.some((item) => /No such route/.test(item.detail ?? '')));
    ui.pickers[1]?.type('typed');
    await pick(1, 'Use "typed"');
    await done;
    assert.equal(vscode.workspace.getConfiguration('quillet').get('model'), 'test/typed');
    assert.deepEqual(ui.errors, []);
  });

  it('are asked again after Select Model in an error message', async () => {
    await setSettings({ model: 'test/gone' });
    await selectCode();
    await listModelsWith(json({ data: [{ id: 'here' }] }));
    await answerNext(apiError(404, { message: "The model 'gone' does not exist." }), streamed(['It is one.']));
    ui.willPress('Select Model');
    ui.willPick('Test Server');
    await run('quillet.explain');
    await pick(0, 'here');
    await eventually(() => commentText(-1) === 'It is one.', 'the answer of the other model');
    const models = (await chats()).map(({ json: { model } }) => model);
    assert.deepEqual(models, ['gone', 'here']);
  });

  it('are asked again after Add Provider in an error message', async () => {
    await setSettings({ model: 'gone/one', providers: {} });
    await selectCode();
    await listModelsWith(json({ data: [{ id: 'here' }] }));
    await answerText('It is one.');
    ui.willPress('Add Provider');
    ui.willType(baseUrl());
    await run('quillet.explain');
    await pick(0, 'OpenAI-compatible server');
    await pick(1, 'here');
    await eventually(() => ui.threads.length === 1 && commentText(-1) === 'It is one.', 'the answer');
    const models = (await chats()).map(({ json: { model } }) => model);
    assert.deepEqual(models, ['here']);
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
    await select(editor, large);
    await answerText('Long.');
    ui.willPress('Send');
    await run('quillet.insert');
    assert.deepEqual((await chat()).json.messages.at(-1), { role: 'user', content: large });
    assert.equal(editor.document.getText(), `${large}\nLong.\n`);
  });

  it('stop an answer that is too long and keep the received text', async () => {
    await setSettings({ 'limits.answer': 10 });
    const editor = await openFile(code);
    await select(editor, 'let one = 1;');
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
