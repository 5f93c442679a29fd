import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, framesOf, json, streamed } from '../../support/scenario';
import { runSettings } from '../runner/runSettings';
import { eventually } from '../support/eventually';
import { answerNext, answerText, answerWith, baseUrl, chats, continueAnswer, inTwoParts } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import type { FakeQuickPick } from '../support/ui';
import { openFile, select } from '../support/workspace';

const code = 'const one = 1;\n';
const none = 'No requests sent in this window yet.';
/** Split, so that secret scanners do not report this file. */
const secret = `ghp_${'0a1B2c3D4e5F'.repeat(3)}`;

/** Uses the clipboard, so that there is nothing to clean up. */
async function send(text = code): Promise<void> {
  const editor = await openFile(text);
  await select(editor, text.trim());
  await run('quillet.run', { prompt: 'explain', destination: 'clipboard' });
}

async function list(): Promise<FakeQuickPick> {
  const before = ui.pickers.length;
  void run('quillet.showRequests');
  return eventually(() => ui.pickers[before], 'the list of requests');
}

async function openRequest(index = 0): Promise<vscode.TextDocument> {
  const picker = await list();
  const item = picker.items[index];
  assert.ok(item, 'There is no such request.');
  picker.accept(item);
  return untilOpen();
}

function untilOpen(holds: (text: string) => boolean = () => true): Promise<vscode.TextDocument> {
  return eventually(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'quillet-log' && holds(document.getText()) ? document : undefined;
  }, 'the document of a request');
}

describe('The request log', () => {
  useQuillet();
  beforeEach(async () => {
    await answerText('Fine.');
    await forgetAll();
  });

  /** Earlier tests sent requests in the same window. */
  async function forgetAll(): Promise<void> {
    const before = ui.pickers.length;
    const done = run('quillet.showRequests');
    await eventually(() => ui.pickers.length > before || ui.texts.includes(none), 'the list, or that there is none');
    ui.pickers[before]?.press('Forget All Requests');
    await done;
    ui.clear();
  }

  it('says that it is empty', async () => {
    await run('quillet.showRequests');
    assert.deepEqual(ui.texts, [none]);
  });

  it('opens a request as a read-only document with the exact request and response', async () => {
    await send();
    const document = await openRequest();
    const text = document.getText();
    assert.equal(document.languageId, 'markdown');
    assert.match(text, /^# Explain · test\/quillet-test\n/);
    assert.match(text, /^ok, finish reason: stop$/m);
    assert.match(text, /^55 tokens \(21 input, 34 output\)$/m);
    assert.match(
      text,
      /^started after [\d.]+ s, headers after [\d.]+ s, first token after [\d.]+ s, ended after [\d.]+ s$/m,
    );
    assert.match(text, /## Answer\n\n```text\nFine\.\n```/);
    assert.match(text, /## Request\n\n```http\nPOST http:\/\/127\.0\.0\.1:\d+\/.*chat\/completions\n/);
    assert.ok(text.includes('const one = 1;'), text);
    assert.match(text, /## Response\n\n```http\nHTTP 200\n[\s\S]*content-type: text\/event-stream/);
    assert.match(text, /```text\ndata: \{"id"[\s\S]*"content":"Fine\."[\s\S]*\n\ndata: \[DONE\]\n\n```\n$/);
    const [request] = await chats();
    const sent = /## Request[\s\S]*?```json\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
    assert.deepEqual(JSON.parse(sent), request?.json);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'x');
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(document.getText(), text);
    assert.ok(!document.isDirty);
  });

  it('shows retries as attempts of one request, with status, delay and error', async () => {
    await setSettings({ retries: 1 });
    await answerNext(apiError(503, { message: 'busy' }, { 'retry-after': '0' }), streamed(['Fine.']));
    await send();
    const picker = await list();
    assert.equal(picker.items.length, 1);
    picker.hide();
    const text = (await openRequest()).getText();
    assert.match(text, /## Attempt 1: 503\n\n```text\n.*busy.*\nretried after [\d.]+ s\n/);
    assert.match(text, /HTTP 503\n[\s\S]*retry-after: 0/);
    assert.match(text, /## Attempt 2: 200\n[\s\S]*Same as in attempt 1\./);
  });

  it('shows adapted parameters and both requests', async () => {
    await setSettings({ parameters: { maxOutputTokens: 7 }, model: 'test/wants-another-name' });
    const refusal = apiError(400, { param: 'max_tokens', code: 'unsupported_parameter', message: 'Use another.' });
    await answerNext(refusal, streamed(['Fine.']));
    await send();
    const text = (await openRequest()).getText();
    assert.match(text, /^adapted to the server: max_tokens$/m);
    assert.match(text, /retried immediately with max_tokens changed or removed/);
    assert.match(text, /"max_tokens": 7[\s\S]*"max_completion_tokens": 7/);
  });

  it('lists requests newest first and searches their full text', async () => {
    await answerNext(streamed(['It is the first.']), streamed(['It is the second, in a walrus.']));
    await send('let first = 1;\n');
    await send('let second = 2;\n');
    const picker = await list();
    assert.deepEqual(
      picker.items.map(({ detail }) => /let \w+/.exec(detail ?? '')?.[0]),
      ['let second', 'let first'],
    );
    assert.equal(picker.items[0]?.label, 'Explain · test/quillet-test');
    assert.match(picker.items[0]?.description ?? '', /^ok · .* · [\d.]+ s · 55 tokens$/);
    assert.ok(picker.matchOnDescription && picker.matchOnDetail);
    picker.type('WALRUS');
    assert.deepEqual(
      picker.items.map(({ alwaysShow }) => alwaysShow === true),
      [true, false],
    );
    picker.hide();
  });

  it('never contains a key, even if the server echoes it [R19, E07]', async () => {
    const key = `sk-canary-${'5d41402abc4b2a76'}`;
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server', needsKey: true } } });
    ui.willType(key);
    await run('quillet.setKey', 'test');
    await answerWith(apiError(400, { message: `Wrong: ${key}` }, { 'x-seen': `Bearer ${key}`, 'set-cookie': 'a=b1' }));
    await send();
    const failed = (await openRequest()).getText();
    await answerWith(streamed(['It is ', key.slice(0, 9), key.slice(9)]));
    await send();
    const repeated = (await openRequest()).getText();
    ui.willPick(/^All keys/);
    ui.willPress('Delete All');
    await run('quillet.deleteKey');
    for (const text of [failed, repeated]) {
      assert.ok(!text.includes(key) && !text.includes(key.slice(9)), text);
      assert.match(text, /^Authorization: \*\*\*$/m);
    }
    assert.match(failed, /^x-seen: Bearer \*\*\*$/m);
    // Browsers do not expose this header.
    if (!runSettings().isWeb) assert.match(failed, /^set-cookie: \*\*\*$/m);
    assert.match(repeated, /The server repeated your API key, so its response isn't shown\./);
    assert.ok(!JSON.stringify(ui.pickers.map(({ items }) => items)).includes(key.slice(9)));
  });

  it('shows placeholders instead of secrets, also in the answer [R42]', async () => {
    ui.willPress('Replace with Placeholders');
    await answerWith(streamed(['It is <SECRET_1>.']));
    await send(`const token = '${secret}';\n`);
    const text = (await openRequest()).getText();
    assert.ok(!text.includes(secret.slice(5)), text);
    assert.match(text, /```text\nIt is <SECRET_1>\.\n```/);
  });

  it('escapes control characters, links and forged headings sent by a server [R25, E10, E13]', async () => {
    const links = ['command:x', 'vscode://a/b', 'javascript:x', 'data:text/html,x'].map((to) => `[a](${to}) <${to}>`);
    const forged = `\`\`\`\n\n## Attempt 9: 200\n\n[b](command:evil)\n`;
    const error = { message: `${links.join(' ')} \u{1b}[31m\u{202e}${forged}` };
    await answerNext(
      json({ error }, 400),
      framesOf(`: ${links.join(' ')} \u{1b}]0;x\u{7}\n\`\`\`\`\n## Attempt 9\r\n\r\n`),
    );
    for (const _ of [1, 2]) await send();
    for (const index of [0, 1]) {
      const document = await openRequest(index);
      const text = document.getText();
      for (const hidden of ['\u{1b}', '\u{7}', '\u{202e}']) assert.ok(!text.includes(hidden));
      const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      assert.ok(!JSON.stringify(symbols ?? []).includes('Attempt 9'));
      const found = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        document.uri,
      );
      const targets = found.map(({ target }) => target?.scheme ?? '');
      assert.deepEqual(
        [...new Set(targets)].filter((scheme) => scheme !== 'http'),
        [],
      );
    }
  });

  it('copies a request as a program from the list and from its document', async () => {
    await send();
    await answerText('Another.');
    await send('let two = 2;\n');
    const picker = await list();
    ui.willPick(/^curl \(sh/);
    picker.press('Copy Request As…', picker.items[1]);
    const copied = await eventually(async () => {
      const text = await vscode.env.clipboard.readText();
      return text.startsWith('curl') ? text : undefined;
    });
    assert.ok(copied.includes('const one = 1;'), copied);
    await openRequest(1);
    ui.willPick('Python (requests)');
    await run('quillet.copyAs');
    assert.ok((await vscode.env.clipboard.readText()).includes('const one = 1;'));
  });

  it('copies a request with adapted parameters', async () => {
    await setSettings({ parameters: { maxOutputTokens: 7 }, model: 'test/takes-another-name' });
    const refusal = apiError(400, { param: 'max_tokens', code: 'unsupported_parameter', message: 'Use another.' });
    await answerNext(refusal, streamed(['Fine.']));
    await send();
    ui.willPick(/^curl \(sh/);
    await run('quillet.copyAs');
    assert.ok((await vscode.env.clipboard.readText()).includes('"max_completion_tokens":7'));
  });

  it('resends a request from its document and shows only the answer', async () => {
    await send();
    await openRequest();
    await answerWith(inTwoParts(['It is '], ['new.']));
    const done = run('quillet.sendAgain');
    await untilOpen((text) => text.includes('in progress'));
    await continueAnswer();
    await done;
    const { uri } = await untilOpen((text) => text.includes('It is new.'));
    const [first, second, ...more] = await chats();
    assert.deepEqual([second?.json, more], [first?.json, []]);
    assert.deepEqual([ui.threads, ui.shown], [[], []]);
    const picker = await list();
    assert.equal(picker.items.length, 2);
    picker.hide();
    assert.ok(uri.path.endsWith('.md'));
    assert.ok(ui.logged.some((line) => /\bend .*outcome=ok/.test(line)));
  });

  it('sends a request to other models from the list', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), models: ['small', 'large'] } } });
    await send();
    const picker = await list();
    picker.press('Send to Other Models…', picker.items[0]);
    const models = await eventually(() => ui.pickers.find(({ canSelectMany }) => canSelectMany));
    models.acceptSelected('test/small', 'test/large');
    const sent = await eventually(async () => ((await chats()).length === 3 ? chats() : undefined));
    assert.deepEqual(
      sent
        .map(({ json: { model } }) => model)
        .slice(1)
        .sort(),
      ['large', 'small'],
    );
    const [first, second] = sent.map(({ json: { model: _, ...rest } }) => rest);
    assert.deepEqual(second, first);
    await eventually(() => ui.isIdle);
    await untilOpen((text) => text.startsWith('# Explain · test/'));
  });

  it('asks before a secret that was sent to one server goes to another [U22]', async () => {
    await setSettings({
      providers: { test: { baseUrl: baseUrl() }, more: { baseUrl: baseUrl().replace('127.0.0.1', 'localhost') } },
    });
    ui.willPress('Send Anyway');
    await send(`const token = '${secret}';\n`);
    await openRequest();
    await run('quillet.sendAgain');
    assert.equal(ui.shown.filter(({ isModal }) => isModal).length, 1);
    const done = run('quillet.sendToOtherModels');
    const models = await eventually(() => ui.pickers.find(({ canSelectMany }) => canSelectMany));
    models.type('more/other');
    models.acceptSelected();
    await done;
    const questions = ui.shown.filter(({ text }) => text.startsWith('Your request to localhost'));
    assert.equal(questions.length, 1);
    assert.equal((await chats()).length, 2);
  });

  it('resends nothing if no request is open [E16]', async () => {
    await send();
    await run('quillet.sendAgain', { id: 1 });
    await run('quillet.sendToOtherModels', 1);
    assert.deepEqual(
      ui.texts.map((text) => /no request here/.test(text)),
      [true, true],
    );
    assert.equal((await chats()).length, 1);
  });

  it('contains stopped requests, but not those canceled before they were sent', async () => {
    await setSettings({ 'limits.selection': 10 });
    await send();
    await setSettings({ 'limits.selection': 200_000 });
    await answerWith(inTwoParts(['Half'], ['.']));
    const done = send();
    await eventually(() => ui.statusText.includes('characters'));
    await run('quillet.stop');
    await done;
    const picker = await list();
    assert.deepEqual(
      picker.items.map(({ description }) => description?.split(' · ')[0]),
      ['stopped'],
    );
    picker.hide();
    assert.match((await openRequest()).getText(), /"content":"Half"/);
  });

  it('keeps the newest 50 requests', async () => {
    for (let index = 0; index < 52; index += 1) await send(`let number${index} = 0;\n`);
    const picker = await list();
    assert.equal(picker.items.length, 50);
    assert.ok(picker.items[0]?.detail?.includes('number51') && picker.items[49]?.detail?.includes('number2 '));
    picker.hide();
  });

  it('says that requests are stored in memory only [E15]', async () => {
    await send();
    assert.match((await openRequest()).getText(), /^stored in memory until this window closes/m);
  });

  it('is emptied by Forget All Requests', async () => {
    await send();
    (await list()).press('Forget All Requests');
    await run('quillet.showRequests');
    assert.equal(ui.texts.at(-1), none);
    await run('quillet.copyAs');
    assert.match(ui.texts.at(-1) ?? '', /no request here/);
  });
});
