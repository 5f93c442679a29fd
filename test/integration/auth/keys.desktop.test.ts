import * as assert from 'node:assert/strict';
import * as process from 'node:process';
import { apiError } from '../../support/scenario';
import { allRequests, answerText, answerWith, baseUrl, chat } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const canary = 'canary-from-the-environment';
const canaries: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: `sk-${canary}`,
  OPENAI_ADMIN_KEY: `sk-admin-${canary}`,
  OPENAI_BASE_URL: `http://127.0.0.1:2/${canary}`,
  OPENAI_ORG_ID: `org-${canary}`,
  OPENAI_PROJECT_ID: `project-${canary}`,
  OPENAI_CUSTOM_HEADERS: `Authorization: Bearer ${canary}\nX-Custom: ${canary}`,
  OPENAI_LOG: 'debug',
  OPENAI_WEBHOOK_SECRET: canary,
  QUILLET_TEST_KEY: 'sk-canary-named-by-the-user-0123456789',
};

async function explain(): Promise<void> {
  const editor = await openFile('let one = 1;\n');
  await select(editor, 'let one = 1;');
  await run('quillet.explain');
}

describe('the environment of the extension host', () => {
  useQuillet();

  before(() => {
    Object.assign(process.env, canaries);
  });

  after(() => {
    for (const name of Object.keys(canaries)) delete process.env[name];
  });

  it('does not provide a missing key through OPENAI_API_KEY [K02]', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true } } });
    await explain();
    assert.equal(ui.inputs.length, 1);
    assert.deepEqual(await allRequests(), []);
  });

  it('does not affect requests [K02]', async () => {
    await answerText('Fine.');
    await explain();
    const request = await chat();
    assert.ok(!JSON.stringify(request).includes(canary));
    assert.equal(request.headers['authorization'], undefined);
    assert.equal(request.path, '/v1/chat/completions');
  });

  it('provides the key from the configured variable without a prompt', async () => {
    await setSettings({ providers: { test: { baseUrl: baseUrl(), needsKey: true, apiKeyEnv: 'QUILLET_TEST_KEY' } } });
    await answerText('Fine.');
    await explain();
    assert.equal((await chat()).headers['authorization'], 'Bearer sk-canary-named-by-the-user-0123456789');
    assert.deepEqual(ui.inputs, []);
  });

  it('is named instead of asking for a key if the server rejects the key from a variable [K08]', async () => {
    const test = { baseUrl: baseUrl(), label: 'Test Server', apiKeyEnv: 'QUILLET_TEST_KEY' };
    await setSettings({ providers: { test } });
    await answerWith(apiError(401, { message: 'Incorrect API key.' }));
    await explain();
    const expected =
      /^"Test Server" rejected the API key from the environment variable QUILLET_TEST_KEY\. .* \(Incorrect API key\.\)$/;
    assert.match(ui.errors[0] ?? '', expected);
    assert.ok(!ui.shown[0]?.buttons.includes('Set API Key'));
    assert.ok(ui.shown[0]?.buttons.includes('Open Settings'));
    ui.clear();
    await run('quillet.setKey', 'test');
    assert.deepEqual(ui.inputs, []);
    assert.match(ui.texts[0] ?? '', /gets its API key from QUILLET_TEST_KEY/);
  });
});
