import * as assert from 'node:assert/strict';
import { apiError, json, redirect, streamed } from '../../support/scenario';
import { runSettings } from '../runner/runSettings';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  answerWith,
  baseUrl,
  chat,
  chats,
  continueAnswer,
  GATE,
  inTwoParts,
  listModelsWith,
  otherBaseUrl,
} from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const key = 'sk-canary-0123456789abcdefghij';
const code = 'let one = 1;\n';

async function setKey(value: string, provider = 'test'): Promise<void> {
  ui.willType(value);
  await run('quillet.setKey', provider);
}

async function deleteAllKeys(): Promise<void> {
  ui.willPick(/^All keys/);
  ui.willPress('Delete All');
  await run('quillet.deleteKey');
  ui.clear();
}

async function explain(): Promise<void> {
  const editor = await openFile(code);
  await select(editor, 'let one = 1;');
  await run('quillet.explain');
}

async function authorization(index = 0): Promise<string | undefined> {
  return (await chat(index)).headers['authorization'];
}

describe('API keys', () => {
  useQuillet();

  afterEach(deleteAllKeys);

  it('are not required for a server on this machine', async () => {
    await answerText('Fine.');
    await explain();
    assert.equal(commentText(0), 'Fine.');
    assert.equal(await authorization(), undefined);
    assert.deepEqual(ui.inputs, []);
  });

  it('can be set after a rejected request, which then runs again', async () => {
    await setSettings({ model: 'test/needs-key' });
    ui.willPress('Set API Key');
    ui.willType(key);
    await explain();
    assert.match(ui.errors[0] ?? '', /^"Test Server" requires an API key\.$/);
    assert.equal(await authorization(1), `Bearer ${key}`);
    await eventually(() => /^## What it does/.test(commentText(0)) && ui.isIdle);
    assert.equal(ui.threads.length, 1, 'answered in the same thread');
    assert.equal(ui.shown.length, 1, 'no further message');
  });

  it('are trimmed, replaced immediately and never used after deletion', async () => {
    await answerText('Fine.');
    await setKey(`  "Bearer ${key}"\n`);
    await explain();
    assert.equal(await authorization(0), `Bearer ${key}`);
    await setKey('sk-canary-another-0123456789');
    await explain();
    assert.equal(await authorization(1), 'Bearer sk-canary-another-0123456789');
    ui.willPick(new URL(baseUrl()).origin);
    await run('quillet.deleteKey');
    await explain();
    assert.equal(await authorization(2), undefined);
  });

  it('are set for a picked provider if none is given', async () => {
    await answerText('Fine.');
    ui.willPick('Test Server');
    ui.willType(key);
    await run('quillet.setKey');
    await explain();
    assert.equal(await authorization(), `Bearer ${key}`);
  });

  it('are asked for if required, and nothing is sent without them [K01]', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true, label: 'Test Server' } } });
    await explain();
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(ui.shown, [], 'no message after dismissing the prompt');
    assert.deepEqual(await allRequests(), []);
    assert.deepEqual(ui.threads, []);
  });

  it('are reported missing by variable name if the variable is not set [K01]', async () => {
    const apiKeyEnv = 'QUILLET_TEST_UNSET';
    const test = { baseUrl: baseUrl(), needsKey: true, label: 'Test Server', apiKeyEnv };
    await setSettings({ providers: { test } });
    await explain();
    assert.deepEqual(ui.inputs, []);
    assert.match(ui.errors[0] ?? '', /^The environment variable QUILLET_TEST_UNSET is not set\./);
    assert.deepEqual(await allRequests(), []);
  });

  it('let the command continue once entered [K01]', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true } } });
    await answerText('Fine.');
    ui.willType(key);
    await explain();
    assert.equal(await authorization(), `Bearer ${key}`);
    assert.equal(commentText(0), 'Fine.');
    assert.deepEqual(ui.shown, []);
  });

  it('are entered in a masked input box that validates without repeating them [K05]', async () => {
    await setKey(key);
    const checks: (readonly [text: string, message: RegExp])[] = [
      [key, /^fine$/],
      [` ${key}\n`, /^fine$/],
      ['sk-one\nsk-two', /^The API key contains a line break at position 7\.$/],
      ['sk-one\r\nEvil: 1', /^The API key contains a line break at position 7\.$/],
      ['sk-\0one', /^The API key contains a space or control character at position 4\.$/],
      ['sk-\u200bone', /^The API key contains an invalid character at position 4/],
      ['sk-\u2013one', /^The API key contains an invalid character at position 4/],
      ['k'.repeat(20_000), /^The API key is too long/],
    ];
    const messages: (string | undefined)[] = [];
    ui.willType(({ value }) => {
      assert.equal(value, '');
      messages.push(...checks.map(([text]) => ui.boxes[1]?.check(text)));
      return undefined;
    });
    await run('quillet.setKey', 'test');
    assert.equal(ui.boxes[1]?.password, true);
    assert.equal(ui.boxes[1].ignoreFocusOut, true);
    for (const [index, [text, message]] of checks.entries()) assert.match(messages[index] ?? '', message, text);
  });

  it('are not stored if invalid [K05]', async () => {
    await setKey('sk-one\nsk-two');
    await answerText('Fine.');
    await explain();
    assert.equal(await authorization(), undefined);
  });

  it('are kept if rejected, without a retry [K08]', async () => {
    await setKey(key);
    await setSettings({ model: 'test/fault-401', retries: 2 });
    ui.clear();
    await explain();
    assert.equal((await chats()).length, 1);
    assert.match(ui.errors[0] ?? '', /^"Test Server" rejected the API key: Incorrect API key provided/);
    assert.ok(ui.shown[0]?.buttons.includes('Set API Key'));
    await explain();
    assert.equal(await authorization(1), `Bearer ${key}`);
  });

  it('leave the text of an answer if revoked while it streams, and can then be replaced [K09]', async () => {
    await setKey(key);
    const revoked = { do: 'send', text: 'data: {"error":{"message":"This key was revoked.","code":401}}\n\n' } as const;
    await answerNext(
      streamed(['Half of'], { then: [revoked], finishReason: null, usage: null }),
      apiError(401, { message: 'This key was revoked.' }),
    );
    ui.clear();
    await explain();
    assert.match(ui.errors[0] ?? '', /stopped with an error: This key was revoked\./);
    assert.match(commentText(0), /^Half of/);
    ui.clear();
    await explain();
    assert.ok(ui.shown[0]?.buttons.includes('Set API Key'));
    assert.equal((await chats()).length, 2);
  });

  it('do not affect a running answer if changed or deleted [K10]', async () => {
    await setKey(key);
    await answerWith(inTwoParts(['One'], [' and two.']));
    const first = explain();
    await chat(0);
    await setKey('sk-canary-another-0123456789');
    await continueAnswer();
    await first;
    assert.equal(commentText(0), 'One and two.');
    const second = explain();
    assert.equal(await authorization(1), 'Bearer sk-canary-another-0123456789');
    const running = thread(1);
    await deleteAllKeys();
    await continueAnswer();
    await second;
    assert.equal(commentText(0, running), 'One and two.');
    await answerText('Fine.');
    await explain();
    assert.equal(await authorization(2), undefined);
  });

  it('are all listed by Delete API Key, which deletes them after one confirmation [K16]', async () => {
    await setKey(key);
    await setKey('sk-canary-other-0123456789', 'other');
    await setSettings({ providers: { test: { baseUrl: baseUrl(), label: 'Test Server' } } });
    let listed: readonly unknown[] = [];
    ui.willPick((items) => {
      listed = items.map(({ label, description }) => [label, description]);
      return undefined;
    });
    await run('quillet.deleteKey');
    assert.deepEqual(listed, [
      [new URL(baseUrl()).origin, 'Test Server'],
      [new URL(otherBaseUrl()).origin, 'not used by any provider'],
      ['', undefined],
      ['All keys (2)', undefined],
    ]);
    ui.clear();
    ui.willPick('All keys (2)');
    await run('quillet.deleteKey');
    assert.deepEqual(ui.texts, ['Delete all API keys stored by Quillet (2)?']);
    assert.equal(ui.shown[0]?.isModal, true);
    await deleteAllKeys();
    await run('quillet.deleteKey');
    assert.deepEqual(ui.texts, ['There are no stored API keys.']);
    await answerText(`The key was ${key}`);
    await explain();
    assert.equal(await authorization(), undefined);
    ui.clear();
    await answerWith(apiError(400, { message: `Bad ${key}` }));
    await explain();
    assert.match(ui.errors[0] ?? '', /Bad \*\*\*/);
  });

  it('cannot be deleted by other extensions [E16]', async () => {
    await setKey(key);
    ui.clear();
    for (const argument of ['test', new URL(baseUrl()).origin, { scope: '' }]) await run('quillet.deleteKey', argument);
    await answerText('Fine.');
    await explain();
    assert.equal(await authorization(), `Bearer ${key}`);
  });

  it('are checked when they are entered, and saved if the server accepts them', async () => {
    await setKey(key, 'other');
    const [request] = await allRequests();
    assert.equal(request?.headers['authorization'], `Bearer ${key}`);
    assert.match(request?.path ?? '', /models$/);
    assert.deepEqual(ui.texts, [`API key saved for ${new URL(otherBaseUrl()).origin}.`]);
  });

  it('are saved without a result if the server has no list of models', async () => {
    await listModelsWith(json({ detail: 'Not Found' }, 404));
    await setKey(key);
    assert.match(ui.texts[0] ?? '', /^API key saved for/);
  });

  for (const [name, script, message] of [
    [
      'rejects them',
      apiError(401, { message: 'Incorrect API key provided.' }),
      /rejected the API key: Incorrect API key/,
    ],
    [
      'does not list models with them',
      apiError(403, { message: 'Missing scopes.' }),
      /allow this request: Missing scopes/,
    ],
    ['is down', apiError(503, { message: 'Try later.' }), /server error \(503\): Try later/],
  ] as const) {
    it(`are saved only after a second Enter if the server ${name}`, async () => {
      await listModelsWith(script);
      await setKey(key);
      assert.match(String(ui.boxes[0]?.validationMessage), message);
      assert.match(String(ui.boxes[0]?.validationMessage), /\. Press Enter again to save the key anyway\.$/);
      assert.deepEqual(ui.shown, [], 'not saved');
      ui.willType(async () => {
        await ui.boxes[1]?.enter(key);
        assert.deepEqual(ui.shown, []);
        return key;
      });
      await run('quillet.setKey', 'test');
      assert.match(ui.texts[0] ?? '', /^API key saved for/);
      await answerText('Fine.');
      await explain();
      assert.equal(await authorization(), `Bearer ${key}`);
    });
  }

  it('are not saved if the check is dismissed', async () => {
    await listModelsWith({ steps: [GATE] });
    ui.willType(async () => {
      void ui.boxes[0]?.enter(key).catch(() => undefined);
      await eventually(async () => (await allRequests()).length === 1);
      assert.equal(ui.boxes[0]?.busy, true);
      return undefined;
    });
    await run('quillet.setKey', 'test');
    await continueAnswer();
    assert.deepEqual(ui.shown, []);
    await listModelsWith(json({ data: [] }));
    await answerText('Fine.');
    await explain();
    assert.equal(await authorization(), undefined);
  });

  it('are not sent to another provider [K15]', async () => {
    await setKey(key);
    await answerText('Fine.');
    await setSettings({ model: 'other/model' });
    await explain();
    assert.equal(await authorization(), undefined);
    assert.match((await chat()).headers['host'] ?? '', /^localhost:/);
  });

  it('stay with their origin if the base URL changes [K15]', async () => {
    await setKey(key);
    await setSettings({ providers: { test: { baseUrl: otherBaseUrl(), needsKey: true } } });
    ui.clear();
    await explain();
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(await chats(), []);
  });

  it('appear only in the Authorization header for their own origin [E01]', async () => {
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
    assert.equal(all.length, 8);
    for (const { headers, body, path } of all) {
      assert.equal(headers['authorization'], `Bearer ${key}`);
      assert.ok((headers['host'] ?? '').startsWith('127.0.0.1:'));
      const { authorization: _authorization, ...others } = headers;
      assert.ok(!JSON.stringify({ others, body, path }).includes(key));
    }
    assert.ok(!JSON.stringify(ui.shown).includes(key), 'in a notification');
    assert.ok(!`${ui.status?.text}${ui.status?.tooltip}`.includes(key), 'in the status bar');
    const failed = ui.threads
      .slice(1)
      .map((failedThread) => failedThread.comments.map((_comment, index) => commentText(index, failedThread)));
    assert.ok(!JSON.stringify(failed).includes(key), 'in the thread of a failure');
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`are not sent to the target of a redirect with status ${status} [E02]`, async () => {
      await setKey(key);
      await setSettings({ headers: { 'X-Team': 'blue' } });
      ui.clear();
      await answerWith(redirect(status, `${otherBaseUrl()}/chat/completions`));
      await explain();
      const all = await chats();
      assert.equal(all.length, 1);
      assert.ok((all[0]?.headers['host'] ?? '').startsWith('127.0.0.1:'));
      const target = runSettings().isWeb
        ? /redirects to an unknown address/
        : /127\.0\.0\.1:\d+ redirects to http:\/\/localhost:/;
      assert.match(ui.errors[0] ?? '', target);
      assert.equal(ui.shown.length, 1);
    });
  }

  it('are not redirected in a custom header either [E03]', async () => {
    const providers = { test: { baseUrl: baseUrl(), label: 'Test Server', keyHeader: 'api-key' } };
    await setSettings({ providers });
    await setKey(key);
    ui.clear();
    for (const status of [307, 308]) {
      await answerWith(redirect(status, `${otherBaseUrl()}/chat/completions`));
      await explain();
    }
    const all = await chats();
    assert.deepEqual(
      all.map(({ headers }) => [headers['host']?.split(':')[0], headers['api-key'], headers['authorization']]),
      Array(2).fill(['127.0.0.1', key, undefined]),
    );
  });

  it('are never shown, and neither is a password in an address [E08]', async () => {
    const baseUrls = [
      'https://me:hunter2@example.com/v1',
      'http://me:hunter2@[::1',
      'https://me:hunter2@example.com:99999',
    ];
    for (const url of baseUrls) {
      await setSettings({ providers: { test: { baseUrl: url, label: 'Test Server' } } });
      await explain();
    }
    assert.equal(ui.errors.length, baseUrls.length);
    assert.ok(!JSON.stringify(ui.shown).includes('hunter2'));
    assert.deepEqual(await allRequests(), []);
  });

  it('cannot be set by headers in the settings, which are ignored and reported once [C18]', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`X-Many-${index}`, 'yes']));
    const bad = {
      Authorization: 'Bearer from-the-settings',
      Host: 'attacker.example.com',
      Cookie: 'session=1',
      'X-Split': 'a\r\nX-Injected: 1',
      'X-Fine': 'yes',
    };
    await setSettings({ headers: { ...bad, ...many } });
    await answerText('Fine.');
    await explain();
    await explain();
    const { headers } = await chat(1);
    assert.equal(headers['x-fine'], 'yes');
    assert.ok((headers['host'] ?? '').startsWith('127.0.0.1:'));
    for (const name of ['authorization', 'cookie', 'x-split', 'x-injected'])
      assert.equal(headers[name], undefined, name);
    assert.equal(Object.keys(headers).filter((name) => name.startsWith('x-many-')).length, 19);
    const notices = ui.texts.filter((text) => text.startsWith('Ignoring invalid settings'));
    assert.equal(notices.length, 1);
    assert.ok(notices[0]?.includes('quillet.headers.Authorization'));
    assert.ok(!JSON.stringify(ui.shown).includes('from-the-settings'));
  });

  it('are sent without parameters that are out of range, which are reported once [C19]', async () => {
    for (const parameters of [{ temperature: 9 }, { maxOutputTokens: -1 }, { maxOutputTokens: '100' }]) {
      ui.clear();
      await setSettings({ parameters });
      await answerText('Fine.');
      await explain();
      const { json: body } = await chat(-1);
      for (const name of ['temperature', 'max_tokens', 'max_completion_tokens']) assert.equal(body[name], undefined);
      assert.equal(ui.texts.length, 1);
      assert.match(ui.texts[0] ?? '', /^Ignoring invalid settings .*quillet\.parameters/);
    }
  });

  it('name a program that cannot be started', async () => {
    const apiKeyCommand = ['quillet-no-such-program', 'read', 'op://vault/secret-item'];
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true, apiKeyCommand } } });
    ui.clear();
    ui.willPress('Run');
    await explain();
    const expected = runSettings().isWeb
      ? /^Can't run quillet-no-such-program in a browser to get the API key\./
      : /^Can't find quillet-no-such-program, which provides the API key for "test"\.$/;
    assert.match(ui.errors[0] ?? '', expected);
    assert.deepEqual(ui.shown.at(-1)?.buttons, ['Open Settings', 'Show Log']);
    assert.deepEqual(await allRequests(), []);
  });

  it('are not sent to the target of a redirected model list [E02]', async () => {
    await setKey(key);
    ui.clear();
    await listModelsWith(redirect(307, `${otherBaseUrl()}/models`));
    await run('quillet.testConnection');
    assert.equal((await allRequests()).length, 2, 'the check of the key, and the redirected list');
    assert.match(ui.errors[0] ?? '', /redirects to/);
  });
});
