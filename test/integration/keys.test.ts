import * as assert from 'node:assert/strict';
import { apiError, json, redirect, streamed } from '../support/scenario';
import { runSettings } from './runner/runSettings';
import { eventually } from './support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  answerWith,
  baseUrl,
  chat,
  chats,
  listModelsWith,
  otherBaseUrl,
} from './support/modelServer';
import { commentText, run, thread, ui, useQuillet } from './support/quillet';
import { setSettings } from './support/settings';
import { openFile, select } from './support/workspace';

const key = 'sk-canary-0123456789abcdefghij';
const code = 'let one = 1;\n';

async function setKey(value: string, provider = 'test'): Promise<void> {
  ui.willType(value);
  await run('quillet.setKey', provider);
}

async function explain(): Promise<void> {
  const editor = await openFile(code);
  select(editor, 'let one = 1;');
  await run('quillet.explain');
}

async function authorization(index = 0): Promise<string | undefined> {
  return (await chat(index)).headers['authorization'];
}

describe('API keys', () => {
  useQuillet();

  afterEach(async () => {
    for (const provider of ['test', 'other']) await run('quillet.deleteKey', provider);
  });

  it('needs 18: a server on this machine is asked without a key, and nobody is asked for one', async () => {
    await answerText('Fine.');
    await explain();
    assert.equal(commentText(0), 'Fine.');
    assert.equal(await authorization(), undefined);
    assert.deepEqual(ui.inputs, []);
  });

  it('needs 18: a refused request asks for the key, which is used from then on', async () => {
    await setSettings({ model: 'test/needs-key' });
    ui.willPress('Set API Key');
    ui.willType(key);
    await explain();
    assert.match(ui.errors[0] ?? '', /^Test Server refused the API key/);
    await eventually(() => ui.texts.some((text) => /is set\.$/.test(text)));
    await run('quillet.repeat');
    assert.equal(await authorization(1), `Bearer ${key}`);
    assert.match(commentText(0, thread(1)), /^## What it does/);
  });

  it('needs 16: what is pasted along with a key is taken off; a new key is used at once; a deleted one never', async () => {
    await answerText('Fine.');
    await setKey(`  "Bearer ${key}"\n`);
    await explain();
    assert.equal(await authorization(0), `Bearer ${key}`);
    await setKey('sk-another-0123456789');
    await explain();
    assert.equal(await authorization(1), 'Bearer sk-another-0123456789');
    await run('quillet.deleteKey', 'test');
    await explain();
    assert.equal(await authorization(2), undefined);
  });

  it('needs 16: the provider is picked where none is named', async () => {
    await answerText('Fine.');
    ui.willPick('Test Server');
    ui.willType(key);
    await run('quillet.setKey');
    await explain();
    assert.equal(await authorization(), `Bearer ${key}`);
  });

  it('K01: without the key that a provider needs it is asked for, and nothing is sent without', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true, label: 'Test Server' } } });
    await explain();
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(ui.shown, [], 'who goes away from the question needs not be told so');
    assert.deepEqual(await allRequests(), []);
    assert.deepEqual(ui.threads, []);
  });

  it('K01: a variable that was to hold the key, and is not set, is named', async () => {
    const apiKeyEnv = 'QUILLET_TEST_UNSET';
    const test = { baseUrl: baseUrl(), needsKey: true, label: 'Test Server', apiKeyEnv };
    await setSettings({ providers: { test } });
    await explain();
    assert.deepEqual(ui.inputs, []);
    assert.match(ui.errors[0] ?? '', /^The environment variable QUILLET_TEST_UNSET, .* is not set\.$/);
    assert.deepEqual(await allRequests(), []);
  });

  it('K01: with the key the command carries on', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true } } });
    await answerText('Fine.');
    ui.willType(key);
    await explain();
    assert.equal(await authorization(), `Bearer ${key}`);
    assert.equal(commentText(0), 'Fine.');
    assert.deepEqual(ui.shown, []);
  });

  it('K05: the input is masked, stays open, and refuses what cannot be a key, without repeating it', async () => {
    await setKey(key);
    const [options] = ui.inputs;
    assert.equal(options?.password, true);
    assert.equal(options?.ignoreFocusOut, true);
    assert.equal(options?.value, undefined);
    const check = async (value: string) => String((await options?.validateInput?.(value)) ?? 'fine');
    assert.equal(await check(key), 'fine');
    assert.equal(await check(` ${key}\n`), 'fine');
    assert.equal(await check('sk-one\nsk-two'), 'The key contains a line break at position 7.');
    assert.equal(await check('sk-one\r\nEvil: 1'), 'The key contains a line break at position 7.');
    assert.equal(await check('sk-\0one'), 'The key contains a space or control character at position 4.');
    assert.match(await check('sk-\u200bone'), /^The key contains a character at position 4 that no API key has/);
    assert.match(await check('sk-\u2013one'), /^The key contains a character at position 4/);
    assert.match(await check('x'.repeat(5000)), /^That is too long for an API key/);
  });

  it('K05: what cannot be a key is not stored either', async () => {
    await setKey('sk-one\nsk-two');
    await answerText('Fine.');
    await explain();
    assert.equal(await authorization(), undefined);
  });

  it('K08: a wrong key is refused once, and kept', async () => {
    await setKey(key);
    await setSettings({ model: 'test/fault-401', retries: 2 });
    ui.clear();
    await explain();
    assert.equal((await chats()).length, 1);
    assert.match(ui.errors[0] ?? '', /^Test Server refused the API key: Incorrect API key provided/);
    assert.ok(ui.shown[0]?.buttons.includes('Set API Key'));
    await explain();
    assert.equal(await authorization(1), `Bearer ${key}`);
  });

  it('K15: a key for one provider is not sent to another', async () => {
    await setKey(key);
    await answerText('Fine.');
    await setSettings({ model: 'other/model' });
    await explain();
    assert.equal(await authorization(), undefined);
    assert.match((await chat()).headers['host'] ?? '', /^localhost:/);
  });

  it('K15: a key stays with its origin when the base URL of the provider changes', async () => {
    await setKey(key);
    await setSettings({ providers: { test: { baseUrl: otherBaseUrl(), needsKey: true } } });
    ui.clear();
    await explain();
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(await allRequests(), []);
  });

  it('E01: a key is in the header Authorization of its own origin, and nowhere else', async () => {
    await setKey(key);
    await setSettings({ headers: { 'X-Team': 'blue' } });
    await answerNext(
      streamed([`Your key is ${key}`]),
      apiError(401, { message: `Incorrect API key provided: ${key}.` }),
      apiError(400, { message: `Bad ${key}` }),
      json({ error: key }),
      streamed(['a'], { then: [{ do: 'send', text: `data: {"error":{"message":"${key}"}}\n\n` }], finishReason: null }),
      redirect(307, `${otherBaseUrl()}/chat/completions`),
    );
    for (let request = 0; request < 6; request += 1) await explain();
    await listModelsWith(apiError(500, { message: key }));
    await run('quillet.testConnection');
    const all = await allRequests();
    assert.equal(all.length, 7);
    for (const { headers, body, path } of all) {
      assert.equal(headers['authorization'], `Bearer ${key}`);
      assert.ok((headers['host'] ?? '').startsWith('127.0.0.1:'));
      const { authorization: _authorization, ...others } = headers;
      assert.ok(!JSON.stringify({ others, body, path }).includes(key));
    }
    assert.ok(!JSON.stringify(ui.shown).includes(key), 'in a notification');
    assert.ok(!`${ui.status?.text}${ui.status?.tooltip}`.includes(key), 'in the status bar');
    const failed = ui.threads.slice(1).map((one) => one.comments.map((_comment, index) => commentText(index, one)));
    assert.ok(!JSON.stringify(failed).includes(key), 'in the thread of a failure');
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`E02: a redirect with status ${status} is not followed`, async () => {
      await setKey(key);
      await setSettings({ headers: { 'X-Team': 'blue' } });
      ui.clear();
      await answerWith(redirect(status, `${otherBaseUrl()}/chat/completions`));
      await explain();
      const all = await allRequests();
      assert.equal(all.length, 1);
      assert.ok((all[0]?.headers['host'] ?? '').startsWith('127.0.0.1:'));
      const target = runSettings().isWeb
        ? /redirects to an unknown place/
        : /127\.0\.0\.1:\d+ redirects to http:\/\/localhost:/;
      assert.match(ui.errors[0] ?? '', target);
      assert.equal(ui.shown.length, 1);
    });
  }

  it('E02: nor is one of the list of models', async () => {
    await setKey(key);
    ui.clear();
    await listModelsWith(redirect(307, `${otherBaseUrl()}/models`));
    await run('quillet.testConnection');
    assert.equal((await allRequests()).length, 1);
    assert.match(ui.errors[0] ?? '', /redirects to/);
  });
});
