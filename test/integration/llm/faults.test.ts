import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, framesOf, json, neverAnswers, resets, type Scenario, streamed } from '../../support/scenario';
import { runSettings } from '../runner/runSettings';
import { eventually } from '../support/eventually';
import { answerNext, answerWith, chat, chats, inTwoParts, resetServer } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select, untilText } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';
const words = ['The first words ', 'of an answer '];
const arrived = words.join('');
// A browser does not tell a page why a connection failed.
const { isWeb } = runSettings();

/** The outcome of one server fault in each destination. */
interface Expected {
  readonly scenario?: Scenario;
  /** Of the notification. */
  readonly sentence: RegExp;
  /** Whether text arrived before the fault. */
  readonly isPartial: boolean;
  readonly button?: string;
  /** Of the answer's label; defaults to "cut off" or "failed". */
  readonly mark?: string;
}

const DESTINATIONS = ['quillet.explain', 'quillet.rewriteInPlace', 'quillet.insert'];

/** Runs destinations into the same fault: none of them may lose or add a character. */
async function check(expected: Expected, commands = DESTINATIONS): Promise<void> {
  const { scenario } = expected;
  const editor = await selectFirst();
  for (const command of commands) {
    await resetServer();
    if (scenario !== undefined) await answerWith(scenario);
    ui.clear();
    ui.willType('make it better');
    await run(command);
    // Text in the document can be continued; a retry would be written next to it.
    const isInText = command === 'quillet.insert' && expected.isPartial;
    checkNotice(isInText ? { ...expected, button: 'Continue' } : expected);
    if (command === 'quillet.explain') checkThread(expected);
    if (command === 'quillet.rewriteInPlace') {
      assert.equal(ui.shown[0]?.buttons.includes('Copy Answer'), expected.isPartial);
    }
    if (command === 'quillet.insert' && expected.isPartial) {
      assert.equal(editor.document.getText(), code.replace(';', `;\n${arrived}`));
    } else {
      assert.equal(editor.document.getText(), code);
      assert.equal(editor.document.version, 1);
    }
  }
}

function checkNotice({ sentence, button = 'Show Log' }: Expected): void {
  assert.equal(ui.shown.length, 1, `one notification, not ${JSON.stringify(ui.shown)}`);
  assert.match(ui.errors[0] ?? '', sentence);
  assert.ok(ui.shown[0]?.buttons.includes('Show Log'));
  assert.ok(ui.shown[0]?.buttons.includes(button), JSON.stringify(ui.shown[0]?.buttons));
  assert.equal(ui.statusText, '$(warning) quillet-test · failed');
  assert.ok(tooltip().includes(ui.errors[0] ?? ''), tooltip());
}

function checkThread({ isPartial, mark = isPartial ? 'cut off' : 'failed' }: Expected): void {
  const notes = thread().comments.map((_comment, index) => commentText(index));
  if (isPartial) assert.equal(notes[0], arrived);
  // A server's message is escaped, because it is not Markdown.
  const note = notes.at(-1)?.replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
  assert.equal(note, `*${ui.errors[0]}*`);
  assert.match(thread().comments[0]?.label ?? '', new RegExp(mark));
  assert.equal(thread().contextValue, 'conversation idle');
}

function tooltip(): string {
  const shown = ui.status?.tooltip;
  return shown instanceof vscode.MarkdownString ? shown.value.replaceAll('&nbsp;', ' ') : String(shown);
}

async function selectFirst(): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  await select(editor, 'const first = 1;');
  return editor;
}

describe('a network fault', () => {
  useQuillet();

  it('is reported if nothing listens at the address [N01]', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } } });
    const sentence = isWeb
      ? /^Can't reach 127\.0\.0\.1:2/
      : /Can't connect to 127\.0\.0\.1:2\. Is the server running\?/;
    await check({ sentence, isPartial: false, button: 'Try Again' });
    assert.deepEqual(await chats(), []);
  });

  it('is reported again if Try Again has the same result', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } } });
    await selectFirst();
    ui.willPress('Try Again');
    await run('quillet.explain');
    await eventually(() => ui.shown.length === 2 && ui.isIdle);
    const [first, second] = ui.errors;
    assert.equal(second, `Tried again. ${first}`);
    assert.equal(commentText(0), `*Tried again. ${first}*`);
    await run('quillet.explain');
    assert.equal(ui.errors[2], first);
  });

  it('is reported again if Regenerate has the same result', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } } });
    await selectFirst();
    for (const command of ['quillet.explain', 'quillet.rewrite']) {
      ui.clear();
      ui.willType('make it better');
      await run(command);
      const failed = thread(ui.threads.length - 1);
      await run('quillet.regenerate', failed);
      const [first, second] = ui.errors;
      assert.equal(second, `Tried again. ${first}`);
      assert.equal(commentText(failed.comments.length - 1, failed), `*Tried again. ${first}*`);
    }
  });

  it('is retried, three attempts in all [N01]', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } }, retries: 2 });
    await selectFirst();
    const done = run('quillet.explain');
    if (!isWeb) await eventually(() => /retrying in 1 s/.test(ui.statusText));
    await done;
    if (isWeb) assert.doesNotMatch(tooltip(), /attempts/);
    else assert.match(tooltip(), /3 attempts/);
    assert.equal(ui.shown.length, 1);
  });

  it('is reported after a reset before the headers [N03]', async () => {
    await check(
      {
        scenario: resets,
        sentence: isWeb ? /Can't reach/ : /closed the connection before responding\. \(ECONNRESET\)/,
        isPartial: false,
        button: 'Try Again',
      },
      ['quillet.explain'],
    );
    // Browsers themselves repeat a request if a kept-alive connection was reset.
    if (!isWeb) assert.equal((await chats()).length, 1);
  });

  it('keeps the text after a reset in the middle of the answer [N04]', async () => {
    await setSettings({ retries: 2 });
    await check({
      scenario: streamed(words, { then: [{ do: 'wait', ms: 1000 }, { do: 'reset' }] }),
      sentence: /^The connection to 127\.0\.0\.1:\d+ was lost before the response was complete\.$/,
      isPartial: true,
      button: 'Try Again',
    });
    assert.equal((await chats()).length, 1);
  });
});

describe('an error status', () => {
  useQuillet();

  it('offers to set the API key after a 401 [H03]', async () => {
    await check({
      scenario: apiError(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }),
      sentence: /^"Test Server" requires an API key\.$/,
      isPartial: false,
      button: 'Set API Key',
    });
    assert.equal((await chats()).length, 1);
  });

  it('names the path after a 404 with the body of another framework [H06]', async () => {
    await check(
      {
        scenario: json({ detail: 'Not Found' }, 404),
        sentence: /\/v1\/chat\/completions\. Is \/v1 missing or repeated in the base URL\? \(Not Found\.\)$/,
        isPartial: false,
        button: 'Select Model',
      },
      ['quillet.explain'],
    );
  });

  it('is retried twice after a 429 with Retry-After [H10]', async () => {
    await setSettings({ retries: 2 });
    const busy = apiError(429, { message: 'Slow down.' }, { 'retry-after': '1' });
    await answerNext(busy, busy, streamed(['Here.']));
    await selectFirst();
    const done = run('quillet.explain');
    await eventually(() => /retrying in 1 s…/.test(ui.statusText));
    await done;
    assert.equal((await chats()).length, 3);
    assert.equal(commentText(0), 'Here.');
    assert.deepEqual(ui.shown, []);
    assert.match(tooltip(), /3 attempts/);
  });
});

describe('an incomplete or invalid answer', () => {
  useQuillet();

  it('is not reported without [DONE] but with a finish reason [S07]', async () => {
    const editor = await selectFirst();
    await answerWith(streamed(['const first = 100;'], { done: false, usage: null }));
    ui.willType('larger');
    await run('quillet.rewriteInPlace');
    assert.equal(editor.document.getText(), 'const first = 100;\nconst second = 2;\n');
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · token count unavailable');
  });

  it('is reported without [DONE] and a finish reason [S08]', async () => {
    await check({
      scenario: streamed(words, { finishReason: null, done: false, usage: null }),
      sentence: /ended early; it may be incomplete/,
      isPartial: true,
    });
  });

  it('shows the token limit with the answer', async () => {
    await answerWith(streamed(words, { finishReason: 'length' }));
    await selectFirst();
    await run('quillet.explain');
    assert.equal(commentText(0), arrived);
    assert.match(thread().comments[0]?.label ?? '', /cut off/);
  });

  it('is continued where the answer has moved to', async () => {
    await answerNext(streamed(words, { finishReason: 'length' }), streamed(['and the rest.']));
    const editor = await selectFirst();
    const line = 'let zero;\n';
    const typed = eventually(() => ui.shown.length > 0).then(() =>
      editor.edit((edit) => edit.insert(new vscode.Position(0, 0), line)),
    );
    ui.willPress('Continue', typed);
    await run('quillet.insert');
    assert.deepEqual(ui.texts, ['The answer was cut off at the token limit.']);
    await eventually(() => ui.isIdle && editor.document.getText().includes('rest.'));
    assert.equal(editor.document.getText(), line + code.replace(';', `;\n${arrived}and the rest.`));
  });

  it('is reported if the text stalls [T03]', async () => {
    await setSettings({ 'timeouts.idle': 0.3 });
    await check({
      scenario: streamed(words, { then: [{ do: 'repeat', text: ': keep-alive\n\n', everyMs: 50 }] }),
      sentence: /^The response stalled: 127\.0\.0\.1:\d+ sent no text for 0\.3 seconds \(quillet\.timeouts\.idle\)\.$/,
      isPartial: true,
      button: 'Try Again',
    });
    assert.equal((await eventually(async () => (await chat()).ending)).by, 'client');
  });

  it('is reported for a refusal', async () => {
    await check(
      {
        scenario: framesOf(
          'data: {"choices":[{"index":0,"delta":{"refusal":"I will not."},"finish_reason":null}]}\n\n',
          'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        ),
        sentence: /^The model refused to answer: I will not\.$/,
        isPartial: false,
        mark: 'refused',
      },
      ['quillet.explain'],
    );
  });
});

describe('Stop', () => {
  useQuillet();

  it('ends a run before the headers [X06]', async () => {
    const editor = await selectFirst();
    await answerWith(neverAnswers);
    const done = run('quillet.insert');
    await chat();
    assert.match(ui.statusText, /spin\) connecting…$/);
    await run('quillet.stop');
    assert.ok(ui.isIdle || (await eventually(() => ui.isIdle, 'idle')));
    await done;
    assert.equal((await eventually(async () => (await chat()).ending, 'closed')).by, 'client');
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · stopped');
  });

  it('keeps the text that arrived [X09]', async () => {
    const editor = await selectFirst();
    await answerWith(inTwoParts(words, ['never sent']));
    const done = run('quillet.insert');
    await untilText(editor, arrived.slice(0, -1));
    await run('quillet.stop');
    assert.ok(await eventually(() => ui.isIdle, 'idle'));
    await done;
    assert.equal((await eventually(async () => (await chat()).ending, 'closed')).by, 'client');
    assert.equal(editor.document.getText(), code.replace(';', `;\n${arrived}`));
    assert.deepEqual(ui.texts, ['Stopped. The answer is incomplete.']);
    assert.deepEqual(ui.shown[0]?.buttons, ['Continue', 'Undo']);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · stopped');
    await run('undo');
    assert.equal(editor.document.getText(), code);
  });

  it('keeps the text in the thread, marked as stopped [X09]', async () => {
    await selectFirst();
    await answerWith(inTwoParts(words, ['never sent']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === arrived);
    await run('quillet.stop', thread());
    await done;
    assert.equal(commentText(0), arrived);
    assert.match(thread().comments[0]?.label ?? '', / · stopped$/);
    assert.equal(thread().contextValue, 'conversation idle');
    assert.deepEqual(ui.shown, []);
  });

  it('writes no part of a replacement [X09]', async () => {
    const editor = await selectFirst();
    await answerWith(inTwoParts(words, ['never sent']));
    ui.willType('longer');
    const done = run('quillet.rewriteInPlace');
    await eventually(() => /characters/.test(ui.statusText));
    await run('quillet.stop');
    await done;
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.deepEqual(ui.shown, []);
  });

  it('ends the wait for a retry', async () => {
    await setSettings({ retries: 2 });
    await selectFirst();
    await answerWith(apiError(429, { message: 'Slow down.' }, { 'retry-after': '30' }));
    const done = run('quillet.explain');
    await eventually(() => /retrying in 30 s/.test(ui.statusText));
    await run('quillet.stop');
    await done;
    assert.equal((await chats()).length, 1);
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · stopped');
  });

  it('ends every run as Stop All', async () => {
    await answerWith(inTwoParts(['One'], ['never sent']));
    await selectFirst();
    const first = run('quillet.explain');
    await chat(0);
    await selectFirst();
    const second = run('quillet.insert');
    await chat(1);
    assert.match(ui.statusText, / \(2\)$/);
    await run('quillet.stopAll');
    await Promise.all([first, second]);
    assert.ok(ui.isIdle);
    const endings = await eventually(async () => {
      const all = (await chats()).map((request) => request.ending?.by);
      return all.every((by) => by !== undefined) ? all : undefined;
    });
    assert.deepEqual(endings, ['client', 'client']);
  });
});
