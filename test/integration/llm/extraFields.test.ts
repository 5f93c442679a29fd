import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { allRequests, answerNext, answerText, baseUrl, chat, chats } from '../support/modelServer';
import { deletePrompts, promptText, willDelete, writePrompt } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

function openedPrompt(id: string): Promise<vscode.TextDocument> {
  return eventually(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.path.endsWith(`/${id}.prompt.md`) === true ? document : undefined;
  }, `the prompt file ${id}`);
}

async function writeFile(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

async function openSelected(): Promise<void> {
  await select(await openFile('let one = 1;\n'), 'let one = 1;');
  await answerText('Fine.');
}

describe('extra fields', () => {
  useQuillet();
  afterEach(deletePrompts);

  function setProvider(fields: object): Promise<void> {
    const extra = { baseUrl: baseUrl(), label: 'Test Server', ...fields };
    return setSettings({ providers: { extra }, model: 'extra/some-model' });
  }

  it('of a provider and its model are sent and shown in the preview', async () => {
    await setProvider({
      parameters: { temperature: 0.5 },
      body: { top_k: 40, temperature: 0, chat_template_kwargs: { thinking: true, lang: null } },
      models: ['other', { id: 'some-model', body: { chat_template_kwargs: { thinking: false } } }],
      query: { 'api-version': '2025-04-01-preview' },
    });
    await openSelected();
    await run('quillet.explain');
    const [{ json, path } = { json: undefined, path: '' }] = await allRequests();
    assert.deepEqual([json?.['top_k'], json?.['temperature'], json?.['model']], [40, 0, 'some-model']);
    assert.deepEqual(json?.['chat_template_kwargs'], { thinking: false, lang: null });
    assert.match(path, /\/chat\/completions\?api-version=2025-04-01-preview$/);
    assert.deepEqual(ui.texts, []);

    ui.willPick('Explain');
    void run('quillet.previewRequest');
    const shown = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-request' ? document.getText() : undefined;
    }, 'the preview');
    assert.match(shown, /\?api-version=2025-04-01-preview/);
    assert.match(shown, /"chat_template_kwargs": \{\s+"thinking": false,\s+"lang": null\s+\}/);
    await run('quillet.sendRequest');
    const second = await eventually(async () => (await allRequests())[1], 'the second request');
    assert.deepEqual(second.json, json);
  });

  it("of the user's own prompt files are sent, and scanned for secrets", async () => {
    await openSelected();
    ui.willType('Extra Fields');
    ui.willPick('For Me');
    await run('quillet.newPrompt');
    const own = await openedPrompt('extra-fields');
    willDelete(own.uri);
    const key = `sk-proj-${'Ab3dEf9hIj'.repeat(4)}`;
    await writeFile(own.uri, promptText('Look: ${selection}', 'body: { top_k: 40, stream_options: { x: 1 } }'));
    await openSelected();
    await run('quillet.run', { prompt: 'extra-fields' });
    const { json } = await chat();
    assert.deepEqual([json['top_k'], json['stream_options']], [40, { include_usage: true, x: 1 }]);
    await run('quillet.repeat');
    assert.equal((await chat(1)).json['top_k'], 40);
    assert.deepEqual(ui.texts, []);

    await writeFile(own.uri, promptText('Look: ${selection}', `body: { note: "${key}" }`));
    ui.willPress('Replace with Placeholders');
    await run('quillet.run', { prompt: 'extra-fields' });
    assert.match(ui.texts[0] ?? '', /may contain a secret/);
    const { body } = await chat(2);
    assert.ok(body.includes('"note":') && !body.includes(key));
  });

  it('are refused in prompt files of the workspace', async () => {
    await openSelected();
    const file = await writePrompt('theirs.prompt.md', promptText('Look: ${selection}', 'body: { top_k: 40 }'));
    await run('quillet.run', { prompt: 'theirs' });
    const message = '"body" is allowed only in your own prompt files.';
    assert.deepEqual(ui.texts, [`Can't use this prompt: theirs.prompt.md:2:1: ${message}`]);
    await vscode.window.showTextDocument(file);
    const problems = await eventually(() => {
      const found = vscode.languages.getDiagnostics(file);
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(
      problems.map((problem) => problem.message),
      [message],
    );
    await run('quillet.tryPrompt', file);
    assert.equal(ui.texts.length, 2);
    assert.deepEqual(await allRequests(), []);
  });

  it('are recommended once for unknown parameters, with the most similar known name', async () => {
    await setSettings({ parameters: { tempersture: 1, top_k: 40 }, retries: 0 });
    await openSelected();
    await run('quillet.explain');
    await setSettings({ retries: 1 });
    await run('quillet.explain');
    const names = '"temperature"?), quillet.parameters.top_k';
    const expected = `Ignoring unknown settings: quillet.parameters.tempersture (did you mean ${names}. To send other fields, use "body" in a provider.`;
    assert.deepEqual(ui.texts, [expected]);
    assert.deepEqual(ui.shown[0]?.buttons, ['Open Settings']);
    assert.equal((await chat(1)).json['tempersture'], undefined);

    ui.clear();
    await setProvider({ modells: ['m'] });
    await run('quillet.explain');
    assert.deepEqual(ui.texts, [
      'Ignoring unknown settings: quillet.providers.extra.modells (did you mean "models"?).',
    ]);
  });

  it('that the server rejects are left out', async () => {
    await setProvider({ body: { top_k: 40, min_p: 0.1 } });
    await openSelected();
    await answerNext(
      apiError(400, { message: "Unsupported parameter: 'top_k'.", param: 'top_k' }),
      streamed(['Fine.']),
    );
    await run('quillet.explain');
    const [first, second] = await chats();
    assert.deepEqual([first?.json['top_k'], second?.json['top_k'], second?.json['min_p']], [40, undefined, 0.1]);
    assert.deepEqual(ui.texts, []);
  });

  for (const [fields, message] of [
    [{ body: { messages: [] } }, '"body" of provider "extra" can\'t set "messages".'],
    [{ body: [1] }, '"body" of provider "extra" must be a JSON object.'],
    [{ models: [{ id: 'm', body: { x: 'x'.repeat(70_000) } }] }, '"models.m.body" of provider "extra" is too long.'],
    [{ query: { key: 'x' } }, '"query" of provider "extra" can\'t set "key".'],
  ] as const) {
    it(`are reported if they are invalid, and nothing is sent: ${message}`, async () => {
      await setProvider(fields);
      await openSelected();
      await run('quillet.explain');
      assert.deepEqual(ui.texts, [message]);
      assert.ok(ui.shown[0]?.buttons.includes('Open Settings'));
      assert.deepEqual(await allRequests(), []);
    });
  }
});
