import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, frame, send, streamed } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { answerNext, answerText, baseUrl, chats, otherBaseUrl } from '../support/modelServer';
import { deletePrompts, promptText, writePrompt } from '../support/prompts';
import { commentText, reply, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** Nothing listens there. */
const down = 'http://127.0.0.1:47113/v1';
const overloaded = apiError(503, { message: 'Overloaded.' });

async function models(): Promise<unknown[]> {
  return (await chats()).map(({ json }) => json.model);
}

async function explain(): Promise<void> {
  await select(await openFile('let one = 1;\n'), 'let one = 1;');
  await run('quillet.explain');
}

describe('a fallback', () => {
  useQuillet();
  afterEach(deletePrompts);

  function setProvider(fields: object, settings: object = {}): Promise<void> {
    const providers = { first: { baseUrl: baseUrl(), label: 'First', ...fields }, second: { baseUrl: otherBaseUrl() } };
    return setSettings({ providers, model: 'first/a', ...settings });
  }

  it('answers if the first model is overloaded, and the user is told', async () => {
    await setProvider({ fallback: ['second/b', 'second/c'] });
    await answerNext(overloaded, streamed(['From ', 'b.']));
    await explain();
    assert.deepEqual(await models(), ['a', 'b']);
    assert.equal(commentText(-1), 'From b.');
    assert.equal(ui.shown.length, 1);
    assert.match(ui.texts[0] ?? '', /^"First".* Overloaded\. Asking b instead\.$/);
    await answerText('Again.');
    await reply('And now?');
    assert.deepEqual(await models(), ['a', 'b', 'a']);
  });

  it('answers if the first model is unreachable, after the second one is, too', async () => {
    await setSettings({
      providers: {
        first: { baseUrl: down, fallback: ['second/b', 'third/c'] },
        second: { baseUrl: baseUrl() },
        third: { baseUrl: baseUrl() },
      },
      model: 'first/a',
    });
    await answerNext(overloaded, streamed(['From c.']));
    await explain();
    assert.deepEqual(await models(), ['b', 'c']);
    assert.equal(commentText(-1), 'From c.');
  });

  it('answers if the first model says in its stream that it is overloaded', async () => {
    await setProvider({ fallback: ['second/b'] });
    const error = { code: 503, type: 'overloaded_error', message: 'The model is overloaded.' };
    await answerNext(streamed([], { then: [send(frame({ error }))] }), streamed(['From b.']));
    await explain();
    assert.deepEqual(await models(), ['a', 'b']);
    assert.equal(commentText(-1), 'From b.');
  });

  it('is the last one: its error is the one that is shown', async () => {
    await setProvider({ fallback: ['second/b'] });
    await answerNext(overloaded, apiError(429, { message: 'Slow down.' }));
    await explain();
    assert.deepEqual(await models(), ['a', 'b']);
    assert.equal(ui.errors.length, 1);
    assert.match(ui.errors[0] ?? '', /second.*limiting requests/);
  });

  it('is passed over, with a message, if it is not a provider', async () => {
    await setProvider({ fallback: ['nowhere/x', 'second/c'] });
    await answerNext(overloaded, streamed(['From c.']));
    await explain();
    assert.deepEqual(await models(), ['a', 'c']);
    assert.match(ui.errors[0] ?? '', /Unknown provider "nowhere"/);
    assert.equal(commentText(-1), 'From c.');
  });

  it('leaves the first failure to the thread if none can be asked', async () => {
    await setProvider({ fallback: ['nowhere/x'] });
    await answerNext(overloaded);
    await explain();
    assert.match(commentText(-1) ?? '', /Overloaded/);
    assert.match(ui.errors.join('\n'), /Unknown provider "nowhere"/);
  });

  it('is not asked at an address that the user refuses', async () => {
    await setProvider({ fallback: ['third/c'] });
    const settings = vscode.workspace.getConfiguration('quillet').get<object>('providers');
    await setSettings({
      providers: { ...settings, third: { baseUrl: 'https://third.test/v1' } },
      model: 'first/a',
    });
    await answerNext(overloaded);
    await explain();
    assert.match(ui.texts.join('\n'), /third\.test/);
    assert.deepEqual(await models(), ['a']);
    assert.match(commentText(-1) ?? '', /Overloaded/);
  });

  it('can be named by a prompt, which overrides that of the provider', async () => {
    await setProvider({ fallback: ['second/b'] });
    await writePrompt('fallback.prompt.md', promptText('Look: ${selection}', 'fallback: second/c'));
    await answerNext(overloaded, streamed(['From c.']));
    await select(await openFile('let one = 1;\n'), 'let one = 1;');
    ui.willPress('Use Prompt');
    await run('quillet.run', { prompt: 'fallback' });
    assert.deepEqual(await models(), ['a', 'c']);
  });

  it('is not asked about a faulty request, or after text has arrived', async () => {
    await setProvider({ fallback: ['second/b'] });
    await answerNext(apiError(400, { message: 'Bad.' }));
    await explain();
    await answerNext(streamed(['Half'], { then: [{ do: 'reset' }] }));
    await explain();
    assert.deepEqual(await models(), ['a', 'a']);
  });

  it('is not asked after text that turned out to be reasoning', async () => {
    await setProvider({ fallback: ['second/b'] });
    await answerNext(streamed(['Let me think. ', 'Done.</think>'], { then: [{ do: 'reset' }] }), streamed(['From b.']));
    await explain();
    assert.deepEqual(await models(), ['a']);
  });

  it('is not asked for a model that the user asked for', async () => {
    await setProvider({ fallback: ['second/b'] });
    await answerText('Fine.');
    await explain();
    await answerNext(overloaded);
    const done = run('quillet.askOtherModels', ui.threads.at(-1));
    const picker = await eventually(() => ui.pickers[0], 'the list of models');
    picker.type('first/x');
    picker.acceptSelected();
    await done;
    assert.deepEqual(await models(), ['a', 'x']);
  });

  it('is not asked if the user wants to see each request', async () => {
    await setProvider({ fallback: ['second/b'] }, { preview: true });
    await answerNext(overloaded, streamed(['Never asked.']));
    const done = explain();
    await eventually(() => vscode.window.activeTextEditor?.document.uri.scheme === 'quillet-request', 'the preview');
    await run('quillet.sendRequest');
    await done;
    assert.deepEqual(await models(), ['a']);
  });

  it('is not asked to answer a request that the user saw in a preview', async () => {
    await setProvider({ fallback: ['second/b'] });
    await answerNext(overloaded, streamed(['Never asked.']));
    await select(await openFile('let one = 1;\n'), 'let one = 1;');
    ui.willPick('Explain');
    const done = run('quillet.previewRequest');
    await eventually(() => vscode.window.activeTextEditor?.document.uri.scheme === 'quillet-request', 'the preview');
    await run('quillet.sendRequest');
    await done;
    assert.deepEqual(await models(), ['a']);
  });

  it('is checked for secrets again, because it is another server', async () => {
    await setProvider({ fallback: ['second/b'] });
    const code = `const key = 'ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}';\n`;
    await select(await openFile(code), code.trim());
    await answerNext(overloaded, streamed(['Fine.']));
    ui.willPress('Send Anyway');
    await run('quillet.explain');
    assert.deepEqual(await models(), ['a']);
    assert.equal(ui.shown.filter(({ text }) => text.includes('may contain a secret')).length, 2);
  });
});
