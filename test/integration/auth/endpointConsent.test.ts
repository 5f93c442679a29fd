import * as assert from 'node:assert/strict';
import { eventually } from '../support/eventually';
import { allRequests, answerText, baseUrl, chat } from '../support/modelServer';
import { commentText, run, ui, useQuillet } from '../support/quillet';
import { redirectFetch, restoreFetch } from '../support/redirectFetch';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

let count = 0;

/** Two servers unused by other tests, because consent is permanent. */
function freshOrigins(): [string, string] {
  count += 1;
  return [`https://first${count}.example.com`, `https://second${count}.example.com`];
}

async function explain(): Promise<void> {
  const editor = await openFile('let one = 1;\n');
  await select(editor, 'let one = 1;');
  await run('quillet.explain');
}

async function useAddress(origin: string, overrides: object = {}): Promise<void> {
  const moved = { baseUrl: `${origin}/v1`, label: 'Moving', needsKey: false, ...overrides };
  await setSettings({ providers: { [`moving${count}`]: moved }, model: `moving${count}/model` });
}

describe('an address that was not entered in Quillet', () => {
  useQuillet();
  afterEach(restoreFetch);

  it('needs consent once, before anything is sent [C17, R02]', async () => {
    const [first] = freshOrigins();
    const asked = redirectFetch(first);
    await useAddress(first);
    await answerText('Fine.');
    await explain();
    assert.deepEqual(ui.texts, [`Send prompts for Moving to ${first}?`]);
    assert.equal(ui.shown[0]?.isModal, true);
    assert.deepEqual(ui.shown[0]?.buttons, ['Open Settings', `Send to ${new URL(first).host}`]);
    assert.deepEqual(asked, []);
    assert.deepEqual(ui.threads, []);
    assert.deepEqual(await allRequests(), []);

    ui.clear();
    ui.willPress(`Send to ${new URL(first).host}`);
    await explain();
    assert.equal(commentText(0), 'Fine.');
    ui.clear();
    await explain();
    assert.deepEqual(ui.shown, []);
    assert.deepEqual(asked, Array(2).fill(`${first}/v1/chat/completions`));
  });

  it('needs consent if the provider has moved, and does not get its old key [C17, E06, R02]', async () => {
    const [first, second] = freshOrigins();
    const asked = redirectFetch(first, second);
    await useAddress(first, { needsKey: true });
    await answerText('Fine.');
    ui.willType('sk-canary-0123456789abcdefghij');
    await explain();
    assert.deepEqual(ui.shown, [], 'the prompt for the key shows the address');
    assert.match(ui.inputs[0]?.prompt ?? '', new RegExp(`sends it only to ${first}\\.`));
    assert.equal((await chat()).headers['authorization'], 'Bearer sk-canary-0123456789abcdefghij');

    await useAddress(second, { needsKey: true });
    for (const command of ['quillet.explain', 'quillet.testConnection', 'quillet.insert']) {
      ui.clear();
      if (command === 'quillet.explain') await explain();
      else await run(command);
      const question = `Moving has moved from ${first} to ${second}. Send prompts to the new address?`;
      assert.deepEqual(ui.texts, [question], command);
      assert.deepEqual(ui.inputs, [], 'no prompt for a key before consent');
    }
    assert.equal(asked.length, 2, 'the check of the key, and the prompt');

    ui.clear();
    ui.willPress(`Send to ${new URL(second).host}`);
    ui.willType('sk-canary-second-0123456789abcdefghij');
    await explain();
    assert.equal((await chat(1)).headers['authorization'], 'Bearer sk-canary-second-0123456789abcdefghij');
    assert.deepEqual(asked.slice(2), [`${second}/v1/models`, `${second}/v1/chat/completions`]);
  });

  it('is not given a secret for a header before the user agrees that the provider has moved', async () => {
    const [first, second] = freshOrigins();
    redirectFetch(first, second);
    const headers = { 'X-Gateway-Token': '${secret:gateway}' };
    await useAddress(first, { headers });
    await answerText('Fine.');
    ui.willType('sk-canary-gateway-0123456789');
    await explain();
    assert.deepEqual(ui.shown, [], 'the box for the secret shows the address');

    await useAddress(second, { headers });
    ui.clear();
    await explain();
    assert.deepEqual(ui.texts, [`Moving has moved from ${first} to ${second}. Send prompts to the new address?`]);
    assert.deepEqual(ui.inputs, [], 'no box for the secret before consent');
  });

  it('does not get an optional key or a request for models before consent [E06]', async () => {
    const [first, second] = freshOrigins();
    const asked = redirectFetch(first, second);
    await useAddress(first);
    ui.willType('sk-canary-0123456789abcdefghij');
    await run('quillet.setKey', `moving${count}`);
    assert.deepEqual(asked, [`${first}/v1/models`], 'the check of the key, at the address that its prompt shows');
    ui.clear();
    await useAddress(second);
    ui.willPick('Moving');
    await run('quillet.selectModel');
    assert.match(ui.texts.join(), /^Moving has moved from /);
    assert.deepEqual(ui.pickers, []);
    assert.equal(asked.length, 1);
    ui.clear();
    ui.willPress(`Send to ${new URL(second).host}`);
    await answerText('Fine.');
    await explain();
    assert.equal((await chat()).headers['authorization'], undefined);
  });

  it('needs no consent on this machine, or if just typed or picked [R02]', async () => {
    const [first] = freshOrigins();
    const asked = redirectFetch(first);
    await useAddress(new URL(baseUrl()).origin);
    await answerText('Fine.');
    await explain();
    assert.deepEqual(ui.shown, []);

    await setSettings({ model: undefined, providers: {} });
    ui.willType(`${first}/v1`);
    const done = run('quillet.addProvider');
    const provider = await eventually(() => (ui.pickers[0]?.items.length ? ui.pickers[0] : undefined));
    const item = provider.items.find(({ label }) => label === 'OpenAI-compatible server');
    assert.ok(item);
    provider.accept(item);
    const models = await eventually(() => ui.pickers[1]);
    models.type('model');
    const typed = await eventually(() => models.items.find(({ label }) => label === 'Use "model"'));
    models.accept(typed);
    await done;
    await explain();
    assert.deepEqual(ui.shown, []);
    assert.ok(asked.includes(`${first}/v1/chat/completions`));
  });

  it('needs separate consent for a key from an environment variable [C17]', async () => {
    const [first] = freshOrigins();
    const asked = redirectFetch(first);
    await useAddress(first);
    ui.willPress(`Send to ${new URL(first).host}`);
    await answerText('Fine.');
    await explain();
    ui.clear();
    await useAddress(first, { apiKeyEnv: 'PATH' });
    await explain();
    assert.equal(ui.shown.length, 1);
    assert.deepEqual(asked.length, 1);
  });

  it('is confirmed once for concurrent runs', async () => {
    const [first] = freshOrigins();
    redirectFetch(first);
    await useAddress(first);
    await answerText('Fine.');
    const editor = await openFile('let one = 1;\nlet two = 2;\n');
    let answer: (value?: unknown) => void = () => undefined;
    ui.willPress(
      `Send to ${new URL(first).host}`,
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    await select(editor, 'let one = 1;');
    const firstRun = run('quillet.explain');
    await eventually(() => ui.shown.length === 1);
    await select(editor, 'let two = 2;');
    const secondRun = run('quillet.explain');
    answer();
    await Promise.all([firstRun, secondRun]);
    assert.equal(ui.shown.length, 1);
    assert.equal((await allRequests()).length, 2);
  });
});
