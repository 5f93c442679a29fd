import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { json } from '../../support/scenario';
import { eventually } from '../support/eventually';
import { allRequests, answerText, baseUrl, listModelsWith, otherBaseUrl } from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const secret = 'sk-canary-header-0123456789';

async function explain(): Promise<void> {
  await select(await openFile('let one = 1;\n'), 'let one = 1;');
  await answerText('Fine.');
  await run('quillet.explain');
}

async function sentHeaders(): Promise<(string | undefined)[]> {
  return (await allRequests()).map(({ headers }) => headers['x-gateway-token']);
}

describe('secrets in headers', () => {
  useQuillet();

  const headers = { 'X-Gateway-Token': 'Token ${secret:gateway}' };

  beforeEach(() => setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', headers } } }));
  afterEach(async () => {
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
  });

  it('are asked for at first use, and sent to their own origin only', async () => {
    ui.willType(secret);
    await explain();
    assert.equal(commentText(-1), 'Fine.');
    const [box] = ui.inputs;
    assert.equal(box?.title, 'Secret "gateway" for Test Server');
    assert.match(String(box?.prompt), /sends it only to http:\/\/127\.0\.0\.1:\d+\.$/);
    assert.equal(box?.password, true);
    assert.deepEqual(await sentHeaders(), [`Token ${secret}`]);

    const other = { baseUrl: otherBaseUrl(), label: 'Other', headers };
    await setSettings({ providers: { other }, model: 'other/m' });
    await explain();
    assert.equal(ui.inputs.length, 2);
    assert.deepEqual(await sentHeaders(), [`Token ${secret}`]);
  });

  it('are sent with requests for the model list, too', async () => {
    ui.willType(secret);
    await listModelsWith(json({ data: [{ id: 'one' }] }));
    ui.willPick('Test Server');
    const done = run('quillet.selectModel');
    const picker = await eventually(() => ui.pickers[0]);
    await eventually(() => picker.items.find(({ label }) => label === 'one'), 'the list');
    picker.hide();
    await done;
    assert.deepEqual(await sentHeaders(), [`Token ${secret}`]);
  });

  it('are placeholders in the request log and in previews', async () => {
    ui.willType(secret);
    await explain();
    await run('quillet.copyAs');
    const done = run('quillet.showRequests');
    const picker = await eventually(() => ui.pickers.at(-1));
    const [item] = picker.items;
    assert.ok(item);
    picker.accept(item);
    await done;
    const log = await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'quillet-log' ? document.getText() : undefined;
    }, 'the request');
    assert.match(log, /X-Gateway-Token: Token \$\{secret:gateway\}/i);
    assert.doesNotMatch(log, /canary/);
  });

  it('are replaced by Set Secret and listed by Delete API Key', async () => {
    ui.willType(secret);
    await run('quillet.setSecret');
    assert.match(ui.texts[0] ?? '', /^Secret "gateway" saved for http:\/\/127\.0\.0\.1:\d+\.$/);
    ui.willType('sk-canary-second-header-0123456789');
    await run('quillet.setSecret');
    await explain();
    assert.deepEqual(await sentHeaders(), ['Token sk-canary-second-header-0123456789']);
    ui.willPick(/ gateway$/);
    await run('quillet.deleteKey');
    await explain();
    assert.equal((await allRequests()).length, 1);
  });

  it('are not sent if the question for them is dismissed', async () => {
    await explain();
    assert.deepEqual(await allRequests(), []);
    assert.deepEqual(ui.texts, []);
  });

  it('are explained if no header uses one', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl() } } });
    await run('quillet.setSecret');
    assert.match(ui.texts[0] ?? '', /^No header uses a secret\. Write it as \$\{secret:name\} in the headers/);
  });

  it('are recommended for a header that looks like a credential, once', async () => {
    const plain = { 'Ocp-Apim-Subscription-Key': '0123456789abcdef', 'X-Team': 'blue-blue-blue-blue' };
    await setSettings({ providers: { plain: { baseUrl: baseUrl(), headers: plain } }, model: 'plain/m' });
    for (const _ of [1, 2]) await explain();
    const notices = ui.shown.filter(({ text }) => text.startsWith('A header in your settings'));
    assert.equal(notices.length, 1);
    assert.match(notices[0]?.text ?? '', /\(quillet\.providers\.plain\.headers\.Ocp-Apim-Subscription-Key\)/);
  });
});
