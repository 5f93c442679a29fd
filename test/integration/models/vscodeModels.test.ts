import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EndpointConsent } from '../../../src/auth/endpointConsent';
import { Log } from '../../../src/platform/log';
import { resolveEndpoint } from '../../../src/providers/endpoint';
import { Redactor } from '../../../src/sanitize/redactor';
import { parseSettings } from '../../../src/settings/common/settings';
import { eventually } from '../support/eventually';
import { allRequests } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import type { FakeQuickPick } from '../support/ui';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\nlet two = 2;\n';
// Split, so that secret scanners do not report this file.
const secret = `ghp_${'0a1B2c3D4e5F'.repeat(3)}`;

/** A request as the second extension received it. */
interface ModelRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: number; readonly content: readonly unknown[] }[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly isStopped?: boolean;
}

function takeRequests(): Thenable<readonly ModelRequest[]> {
  return vscode.commands.executeCommand('testModels.takeRequests');
}

async function explain(model: string, text = code): Promise<void> {
  await setSettings({ model: `vscode/${model}` });
  const editor = await openFile(text);
  await select(editor, text.trim());
  await run('quillet.explain');
}

async function findPicker(index: number): Promise<FakeQuickPick> {
  const picker = await eventually(() => ui.pickers[index], `list ${index}`);
  await eventually(() => !picker.busy);
  return picker;
}

/** What Enter chooses. */
function firstChoice({ items, activeItems }: FakeQuickPick): vscode.QuickPickItem {
  const item = activeItems[0] ?? items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
  assert.ok(item);
  return item;
}

describe("VS Code's own models", () => {
  useQuillet({ providers: {}, model: 'vscode/test/answers' });
  beforeEach(async () => {
    await setUserSetting('chat.disableAIFeatures', false);
    await takeRequests();
  });

  it('answer the first command after Enter twice, without a key or an address', async () => {
    await setSettings({ model: undefined });
    const editor = await openFile(code);
    await select(editor, 'let one = 1;');
    const done = run('quillet.explain');
    const providers = await findPicker(0);
    const { label, description } = firstChoice(providers);
    assert.equal(label, 'Use the models VS Code already has');
    assert.match(description ?? '', /^\d+ models, requests go through VS Code$/);
    providers.accept(firstChoice(providers));
    const models = await findPicker(1);
    assert.equal(models.title, 'Choose a model from VS Code');
    const items = models.items.map((item) => item.label);
    assert.ok(items.includes('test/throws') && items.includes('guarded/answers'), String(items));
    models.accept(models.items.find((item) => item.label === 'test/answers') ?? firstChoice(models));
    await done;
    assert.equal(commentText(0), 'It adds one and two.');
    assert.equal(ui.statusText, '$(edit-sparkle) test/answers · token count unavailable');
    assert.deepEqual([ui.inputs, ui.shown, await allRequests()], [[], [], []]);
    const configuration = vscode.workspace.getConfiguration('quillet');
    assert.equal(configuration.get('model'), 'vscode/test/answers');
  });

  it('get instructions in front of the question, parameters as options, and follow-ups', async () => {
    const vscodeProvider = { body: { thinking: false }, parameters: { temperature: 0.5, maxOutputTokens: 300 } };
    await setSettings({ providers: { vscode: vscodeProvider }, answerLanguage: 'German' });
    await explain('test/answers');
    const [first] = await takeRequests();
    assert.deepEqual(first?.options, { temperature: 0.5, max_tokens: 300, thinking: false });
    const { User, Assistant } = vscode.LanguageModelChatMessageRole;
    assert.deepEqual(
      first?.messages.map(({ role }) => role),
      [User],
    );
    assert.match(String(first?.messages[0]?.content), /German[\s\S]*let one = 1;/);
    await reply('And then?');
    const [second] = await takeRequests();
    assert.deepEqual(
      second?.messages.map(({ role }) => role),
      [User, Assistant, User],
    );
    assert.deepEqual(second?.messages[1]?.content, ['It adds one and two.']);
  });

  it('are stopped by Stop, which keeps the text', async () => {
    const done = explain('test/waits');
    await eventually(() => ui.threads.length > 0 && commentText(0).includes('It adds one'), 'the first text');
    const [request] = await takeRequests();
    await run('quillet.stopAll');
    await done;
    // VS Code 1.105 doesn't tell the model.
    if (!vscode.version.startsWith('1.105.')) await eventually(() => request?.isStopped, 'the end of the model');
    assert.match(commentText(0), /^It adds one/);
    assert.match(String(thread().comments[0]?.label), /stopped/);
    assert.deepEqual(ui.errors, []);
  });

  const failures: readonly (readonly [model: string, message: string, button: string])[] = [
    ['throws', '"VS Code" stopped with an error: The model has exploded.', 'Try Again'],
    [
      'is-not-allowed',
      'VS Code doesn\'t allow Quillet to use "test/is-not-allowed". Try again and allow it, or select another model.',
      'Try Again',
    ],
    [
      'is-blocked',
      'VS Code blocked the request to "test/is-blocked": Too many requests from this extension.',
      'Select Model',
    ],
    ['is-gone', 'VS Code has no model "test/is-gone". Select another model.', 'Select Model'],
    ['is-unknown', 'VS Code has no model "test/is-unknown". Select another model.', 'Select Model'],
    [
      'has-no-quota',
      'Your quota for "test/has-no-quota" in VS Code is used up: You have no premium requests left.',
      'Select Model',
    ],
    ['is-limited', '"VS Code" is limiting requests: Slow down.', 'Try Again'],
  ];
  for (const [model, message, button] of failures) {
    it(`report in one sentence that a model ${model.replaceAll('-', ' ')}`, async () => {
      await explain(`test/${model}`);
      assert.deepEqual(ui.errors, [message]);
      assert.equal(ui.shown[0]?.buttons[0], button);
    });
  }

  const lateFailures: readonly (readonly [model: string, message: string])[] = [
    ['throws-later', '"VS Code" stopped with an error: The model has exploded.'],
    ['is-revoked', 'VS Code no longer allows Quillet to use "test/is-revoked", so the answer is incomplete.'],
  ];
  for (const [model, message] of lateFailures) {
    it(`keep the text of a model that ${model.replaceAll('-', ' ')}`, async () => {
      const done = explain(`test/${model}`);
      await eventually(() => ui.threads.length > 0 && commentText(0).includes('It adds one'), 'the first text');
      await vscode.commands.executeCommand('testModels.continue');
      await done;
      assert.match(commentText(0), /^It adds/);
      assert.match(
        JSON.stringify([commentText(0), ui.errors]),
        new RegExp(JSON.stringify(message).slice(1, -1).replaceAll('\\"', '.{1,2}')),
      );
    });
  }

  it('send nothing if VS Code asks and the user refuses', async () => {
    await explain('guarded/answers');
    assert.deepEqual(ui.errors, [
      'VS Code doesn\'t allow Quillet to use "guarded/answers". Try again and allow it, or select another model.',
    ]);
    assert.deepEqual(await takeRequests(), []);
  });

  // With an empty memory: consent in another test is remembered.
  it('need consent if they replace a server of the same name', async () => {
    const memory = new Map<string, unknown>();
    const memento = {
      get: <T>(name: string, fallback?: T) => (memory.get(name) ?? fallback) as T,
      update: async (name: string, value: unknown) => void memory.set(name, value),
    };
    const consent = new EndpointConsent(memento, new Log(new Redactor()));
    const endpointOf = (provider: object) =>
      resolveEndpoint(parseSettings({ providers: { moving: provider } }).settings, 'moving');
    await consent.require(endpointOf({ baseUrl: 'http://127.0.0.1:47113/v1' }));
    await assert.rejects(consent.require(endpointOf({ preset: 'vscode', label: 'Moving' })), { kind: 'cancelled' });
    assert.match(ui.texts.join('\n'), /^Moving has moved from http:\/\/127\.0\.0\.1:47113 to VS Code\./);
    assert.deepEqual(ui.shown[0]?.buttons, ['Open Settings', 'Send to VS Code']);
  });

  it('can have a fallback if their quota is used up', async () => {
    await setSettings({ providers: { vscode: { fallback: ['vscode/test/answers'] } } });
    await explain('test/has-no-quota');
    assert.deepEqual(
      (await takeRequests()).map(({ model }) => model),
      ['has-no-quota', 'answers'],
    );
    assert.equal(commentText(-1), 'It adds one and two.');
    assert.match(String(ui.texts), /is used up: You have no premium requests left\. Asking test\/answers instead\.$/);
  });

  for (const model of ['never-answers', 'sends-only-empty-parts']) {
    it(`end by a timeout if a model ${model.replaceAll('-', ' ')}`, async () => {
      await setSettings({ 'timeouts.firstToken': 0.5 });
      await explain(`test/${model}`);
      assert.match(String(ui.errors), /^VS Code accepted the request but sent no text within 0\.5 seconds/);
    });
  }

  it('are stopped if the answer is too long', async () => {
    await setSettings({ 'limits.answer': 5 });
    await explain('test/waits');
    const [request] = await takeRequests();
    assert.match(String(ui.errors), /^Stopped\. The answer is longer than 5 characters/);
    // VS Code 1.105 doesn't tell the model.
    if (!vscode.version.startsWith('1.105.')) await eventually(() => request?.isStopped, 'the end of the model');
  });

  it('may send 100,000 empty parts before the answer', async () => {
    await explain('test/sends-empty-parts');
    assert.equal(commentText(0), 'It adds.');
    assert.deepEqual(ui.errors, []);
  });

  it("are not used if VS Code's AI features are turned off", async () => {
    await setUserSetting('chat.disableAIFeatures', true);
    await explain('test/answers');
    assert.deepEqual(ui.errors, [
      "VS Code's AI features are turned off (chat.disableAIFeatures), so its models can't be used.",
    ]);
    assert.equal(ui.shown[0]?.buttons[0], 'Open Settings');
    assert.deepEqual(await takeRequests(), []);
    await setSettings({ model: undefined });
    const done = run('quillet.addProvider');
    const providers = await findPicker(0);
    assert.ok(providers.items.every(({ label }) => label !== 'Use the models VS Code already has'));
    providers.accept(providers.items.find(({ label }) => label === 'VS Code') ?? firstChoice(providers));
    await eventually(() => ui.pickers[1]);
    const problem = await eventually(() => ui.pickers[2], 'the reason');
    assert.equal(problem.items[0]?.label, '$(warning) No models in VS Code');
    assert.match(problem.items[0]?.detail ?? '', /chat\.disableAIFeatures/);
    problem.hide();
    await done;
  });

  it('are missing without a dead end', async () => {
    const { selectChatModels } = vscode.lm;
    Object.assign(vscode.lm, { selectChatModels: () => Promise.resolve([]) });
    try {
      ui.willPick('VS Code');
      const done = run('quillet.selectModel');
      const problem = await eventually(() => ui.pickers[1], 'the reason');
      assert.deepEqual(
        problem.items.slice(0, 3).map(({ label }) => label),
        ['$(warning) No models in VS Code', '$(refresh) Try Again', '$(server) Choose Another Provider…'],
      );
      problem.hide();
      await done;
    } finally {
      Object.assign(vscode.lm, { selectChatModels });
    }
  });

  it('pass the scan for secrets first', async () => {
    await explain('test/answers', `const token = '${secret}';\n`);
    const [question] = ui.shown;
    assert.equal(question?.text, 'Your request to VS Code may contain a secret.');
    assert.deepEqual(await takeRequests(), []);
  });

  it('count by estimate in a budget', async () => {
    await explain('test/answers');
    await setSettings({ budget: { daily: { hard: { tokens: 500 } } } });
    await takeRequests();
    await explain('test/answers');
    assert.match(String(ui.errors), /budget/i);
    assert.deepEqual(await takeRequests(), []);
  });

  it('show their request in the preview, and are not offered as programs', async () => {
    const editor = await openFile(code);
    await select(editor, 'let one = 1;');
    ui.willPick('Explain');
    void run('quillet.previewRequest');
    const shown = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.getText().includes('Nothing has been sent yet') === true ? document : undefined;
    }, 'the preview');
    assert.match(shown.getText(), /^\/\/ Goes through VS Code's language model API/);
    assert.match(shown.getText(), /"model": "test\/answers"/);
    assert.doesNotMatch(shown.getText(), /vscode:\/\/|POST|"stream"/);
    await run('quillet.copyAs');
    assert.deepEqual(ui.texts, [
      'This request goes through VS Code, so there is no HTTP request that a program could send.',
    ]);
    const edit = new vscode.WorkspaceEdit();
    const start = shown.getText().indexOf('let one');
    edit.replace(shown.uri, new vscode.Range(shown.positionAt(start), shown.positionAt(start + 7)), 'let ten');
    await vscode.workspace.applyEdit(edit);
    await run('quillet.sendRequest');
    const [request] = await eventually(async () => {
      const requests = await takeRequests();
      return requests.length > 0 && requests;
    }, 'the request');
    assert.match(String(request?.messages[0]?.content), /let ten = 1;/);
    await eventually(() => ui.isIdle);
  });

  it('are tested by Test Connection, and ask for no key', async () => {
    await run('quillet.testConnection');
    assert.match(String(ui.texts), /^Connected to VS Code\. It lists \d+ models\.$/);
    await run('quillet.setKey', 'vscode');
    const labels = ui.lists[0]?.items.map(({ label }) => label) ?? [];
    assert.ok(labels.includes('OpenAI') && !labels.includes('VS Code'), String(labels));
    assert.deepEqual(ui.inputs, []);
  });
});
