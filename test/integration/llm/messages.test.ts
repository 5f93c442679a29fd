import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { messageStart, messagesError, messagesEvent, messagesStream, textDelta } from '../../support/otherApis';
import { framesOf, json } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { allRequests, answerWith, baseUrl, listModelsWith } from '../support/modelServer';
import { commentText, reply, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const code = 'let one = 1;\n';
const mark = { cache_control: { type: 'ephemeral' } };

async function sentBodies(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const requests = (await allRequests()).filter(({ path }) => path.endsWith('/messages'));
  return requests.map(({ json: body }) => body ?? {});
}

/** The content of the last message with the mark for the cache. */
function markedContent(body: Readonly<Record<string, unknown>> | undefined): unknown {
  return (body?.['messages'] as readonly { readonly content: unknown }[] | undefined)?.at(-1)?.content;
}

describe('A provider with the Messages API', () => {
  useQuillet();

  beforeEach(async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), api: 'messages' } } });
    await select(await openFile(code), 'let one = 1;');
  });

  it('answers in a thread, whose conversation is marked for the cache', async () => {
    await answerWith(messagesStream(['It ', 'counts.']), 'messages');
    await run('quillet.explain');
    assert.equal(commentText(0), 'It counts.');
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · 55 tokens');
    await reply('Why?');
    assert.equal(commentText(2), 'It counts.');
    const [first, second] = await sentBodies();
    assert.equal(typeof first?.['system'], 'string');
    assert.match(JSON.stringify(markedContent(first)), /let one = 1;.*"cache_control":\{"type":"ephemeral"\}/);
    assert.deepEqual(markedContent(second), [{ type: 'text', text: 'Why?', ...mark }]);
    assert.deepEqual(ui.shown, []);
  });

  it('sends no mark where no follow-up can come', async () => {
    await answerWith(messagesStream(['let two = 2;']), 'messages');
    ui.willType('rename it');
    await run('quillet.rewriteInPlace');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'let two = 2;\n');
    assert.equal(typeof markedContent((await sentBodies())[0]), 'string');
  });

  it("shows the model's own limit in the preview once its list is known", async () => {
    // Lists are remembered by address until the window closes.
    const address = `${new URL(baseUrl()).origin}/limits/v1`;
    await setSettings({ providers: { test: { baseUrl: address, api: 'messages' } } });
    await listModelsWith(json({ data: [{ id: 'quillet-test', max_input_tokens: 200_000, max_tokens: 64_000 }] }));
    await run('quillet.testConnection');
    ui.willPick('Explain');
    void run('quillet.previewRequest');
    const preview = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-request' ? document.getText() : undefined;
    }, 'the preview');
    assert.match(preview, /^\/\/ POST http:\/\/.*\/messages$/m);
    assert.match(preview, /^ {2}"max_tokens": 64000,$/m);
    assert.match(preview, /"cache_control": \{\n\s+"type": "ephemeral"/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('is set up by a pasted address of its requests', async () => {
    await setSettings({ model: undefined, providers: {} });
    await listModelsWith(json({ data: [{ id: 'claude' }] }));
    await answerWith(messagesStream(['It counts.']), 'messages');
    const done = run('quillet.explain');
    const providers = await eventually(() => ui.pickers[0], 'the list of providers');
    await eventually(() => !providers.busy, 'the local servers');
    providers.type(`${baseUrl()}/messages`);
    const typed = providers.items.at(-1);
    assert.equal(typed?.label, `Use ${baseUrl()}`);
    providers.accept(typed);
    const models = await eventually(() => ui.pickers[1], 'the list of models');
    models.accept(await eventually(() => models.items.find(({ label }) => label === 'claude'), 'the model'));
    await done;
    assert.deepEqual(vscode.workspace.getConfiguration('quillet').get('providers'), {
      '127.0.0.1': { preset: 'custom', api: 'messages', baseUrl: baseUrl() },
    });
    assert.equal(commentText(0), 'It counts.');
  });

  it('keeps the text before an overloaded server, and says so [S18]', async () => {
    const overloaded = messagesEvent('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    await answerWith(framesOf(messageStart(), textDelta('It '), overloaded), 'messages');
    await run('quillet.explain');
    assert.equal(commentText(0), 'It ');
    assert.match(ui.errors[0] ?? '', /Overloaded/);
  });

  it('leaves the code alone if the answer reached the token limit', async () => {
    await answerWith(messagesStream(['let two'], { finishReason: 'max_tokens' }), 'messages');
    ui.willType('rename it');
    await run('quillet.rewriteInPlace');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), code);
    assert.equal(ui.shown.length, 1);
  });

  it('asks for a key after a 401', async () => {
    await answerWith(messagesError(401, 'authentication_error', 'invalid x-api-key'), 'messages');
    await run('quillet.explain');
    assert.ok(ui.shown[0]?.buttons.includes('Set API Key'), JSON.stringify(ui.shown));
    assert.equal(thread().comments.length, 1);
  });
});
