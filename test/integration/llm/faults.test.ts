import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apiError, framesOf, html, json, neverAnswers, resets, type Scenario, streamed } from '../../support/scenario';
import { runSettings } from '../runner/runSettings';
import { eventually } from '../support/eventually';
import { answerNext, answerWith, chat, chats, inTwoParts, resetServer } from '../support/modelServer';
import { commentText, run, thread, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select, untilText } from '../support/workspace';

const code = 'const first = 1;\nconst second = 2;\n';
const words = ['The first words ', 'of an answer '];
const arrived = words.join('');
/** A browser does not tell a page why a connection failed. */
const { isWeb } = runSettings();

/** What each destination makes of one fault of the server. */
interface Expected {
  readonly scenario?: Scenario;
  /** What the notification says. */
  readonly sentence: RegExp;
  /** Whether text arrived before the fault. */
  readonly isPartial: boolean;
  readonly button?: string;
  /** The word in the label of the answer; "cut off" or "failed" unless given. */
  readonly mark?: string;
}

/** Runs the three kinds of destination into the same fault: none of them may lose or add a character. */
async function check(expected: Expected): Promise<void> {
  const { scenario } = expected;
  const editor = await selectFirst();
  for (const command of ['quillet.explain', 'quillet.rewriteInPlace', 'quillet.insert']) {
    await resetServer();
    if (scenario !== undefined) await answerWith(scenario);
    ui.clear();
    ui.willType('make it better');
    await run(command);
    // What is in the text can be gone on with; trying again would write beside it.
    const isInText = command === 'quillet.insert' && expected.isPartial;
    checkNotice(isInText ? { ...expected, button: 'Continue' } : expected);
    if (command === 'quillet.explain') checkThread(expected);
    if (command === 'quillet.rewriteInPlace') {
      assert.equal(ui.shown[0]?.buttons.includes('Copy Answer'), expected.isPartial);
    }
    if (command === 'quillet.insert' && expected.isPartial) {
      assert.equal(editor.document.getText(), code.replace(';', `;${arrived}`));
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
  // What a server says is no Markdown, and is escaped where it would be.
  const note = notes.at(-1)?.replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
  assert.equal(note, `*${ui.errors[0]}*`);
  assert.match(thread().comments[0]?.label ?? '', new RegExp(mark));
  assert.equal(thread().contextValue, 'explain idle');
}

function tooltip(): string {
  const shown = ui.status?.tooltip;
  return shown instanceof vscode.MarkdownString ? shown.value.replaceAll('&nbsp;', ' ') : String(shown);
}

async function selectFirst(): Promise<vscode.TextEditor> {
  const editor = await openFile(code);
  select(editor, 'const first = 1;');
  return editor;
}

describe('faults of the network', () => {
  useQuillet();

  it('N01: nothing listens', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } } });
    const sentence = isWeb
      ? /^127\.0\.0\.1:2 could not be reached/
      : /Nothing listens at 127\.0\.0\.1:2 \(ECONNREFUSED\)/;
    await check({ sentence, isPartial: false, button: 'Try Again' });
    assert.deepEqual(await chats(), []);
  });

  it('N01: is tried three times', async () => {
    await setSettings({ providers: { test: { baseUrl: 'http://127.0.0.1:2/v1' } }, retries: 2 });
    await selectFirst();
    const done = run('quillet.explain');
    if (!isWeb) await eventually(() => /retrying in 1 s/.test(ui.statusText));
    await done;
    assert.match(tooltip(), isWeb ? /attempts: 1/ : /attempts: 3/);
    assert.equal(ui.shown.length, 1);
  });

  it('N03: reset before the headers', async () => {
    await check({
      scenario: resets,
      sentence: isWeb ? /could not be reached/ : /closed the connection before it answered \(ECONNRESET\)/,
      isPartial: false,
      button: 'Try Again',
    });
    // Browsers repeat a request of their own accord where a kept connection was reset.
    if (!isWeb) assert.equal((await chats()).length, 1);
  });

  it('N04: reset in the middle of the answer', async () => {
    await setSettings({ retries: 2 });
    await check({
      scenario: streamed(words, { then: [{ do: 'wait', ms: 30 }, { do: 'reset' }] }),
      sentence: /^The connection to 127\.0\.0\.1:\d+ broke off before the answer was complete\.$/,
      isPartial: true,
      button: 'Try Again',
    });
    assert.equal((await chats()).length, 1);
  });
});

describe('faults by status', () => {
  useQuillet();

  it('H03: 401', async () => {
    await check({
      scenario: apiError(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }),
      sentence: /^Test Server refused the API key: Incorrect API key provided\.$/,
      isPartial: false,
      button: 'Set API Key',
    });
    assert.equal((await chats()).length, 1);
  });

  it('H06: 404 with the body of another framework', async () => {
    await check({
      scenario: json({ detail: 'Not Found' }, 404),
      sentence: /\/v1\/chat\/completions.*Not Found\. Is \/v1 missing or doubled/,
      isPartial: false,
      button: 'Select Model',
    });
  });

  it('H10: 429 with Retry-After is waited for, twice', async () => {
    await setSettings({ retries: 2 });
    const busy = apiError(429, { message: 'Slow down.' }, { 'retry-after': '1' });
    await answerNext(busy, busy, streamed(['Here.']));
    await selectFirst();
    const start = Date.now();
    const done = run('quillet.explain');
    await eventually(() => /retrying in 1 s…/.test(ui.statusText));
    await done;
    assert.ok(Date.now() - start >= 1900);
    assert.equal((await chats()).length, 3);
    assert.equal(commentText(0), 'Here.');
    assert.deepEqual(ui.shown, []);
    assert.match(tooltip(), /attempts: 3/);
  });
});

describe('faults of the body', () => {
  useQuillet();

  it('B03: a login page', async () => {
    await check({
      scenario: html('<!doctype html><title>Sign in</title>'),
      sentence: /sent a web page, not an API answer/,
      isPartial: false,
    });
  });

  it('B04: nothing at all', async () => {
    await check({ scenario: framesOf(), sentence: /^The answer was empty \(finish reason: none\)/, isPartial: false });
  });

  it('S07: no [DONE], but a finish reason, is a whole answer', async () => {
    const editor = await selectFirst();
    await answerWith(streamed(['const first = 100;'], { done: false, usage: null }));
    ui.willType('larger');
    await run('quillet.rewriteInPlace');
    assert.equal(editor.document.getText(), 'const first = 100;\nconst second = 2;\n');
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · tokens: not reported');
  });

  it('S08: neither [DONE] nor a finish reason is a cut answer', async () => {
    await check({
      scenario: streamed(words, { finishReason: null, done: false, usage: null }),
      sentence: /was cut off: the server never said it was complete/,
      isPartial: true,
    });
  });

  it('needs 20: a token limit is shown with the answer', async () => {
    await answerWith(streamed(words, { finishReason: 'length' }));
    await selectFirst();
    await run('quillet.explain');
    assert.equal(commentText(0), arrived);
    assert.match(thread().comments[0]?.label ?? '', /cut off/);
  });

  it('needs 20, 6: the rest is written where the answer went meanwhile', async () => {
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
    assert.equal(editor.document.getText(), line + code.replace(';', `;${arrived}and the rest.`));
  });

  it('needs 20: a token limit that went to reasoning says so', async () => {
    await check({
      scenario: framesOf(
        'data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":null}]}\n\n',
        'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\ndata: [DONE]\n\n',
      ),
      sentence: /^The whole token limit went to reasoning/,
      isPartial: false,
    });
  });

  it("needs 21: the provider's filter cuts the answer", async () => {
    await check({
      scenario: streamed(words, { finishReason: 'content_filter' }),
      sentence: /^The provider's content filter stopped the answer\.$/,
      isPartial: true,
    });
  });

  it('T03: text, then silence', async () => {
    await setSettings({ 'timeouts.idle': 0.3 });
    await check({
      scenario: streamed(words, { then: [{ do: 'repeat', text: ': keep-alive\n\n', everyMs: 50 }] }),
      sentence: /^The answer stalled: 127\.0\.0\.1:\d+ sent no text for 0\.3 seconds \(quillet\.timeouts\.idle\)\.$/,
      isPartial: true,
      button: 'Try Again',
    });
    assert.equal((await eventually(async () => (await chat()).ending)).by, 'client');
  });

  it('needs 19: an error with status 200', async () => {
    await check({
      scenario: json({ error: 'The prompt is longer than n_ctx.' }),
      sentence: /^Test Server answered with an error: The prompt is longer than n_ctx\.$/,
      isPartial: false,
    });
  });

  it('needs 19: a refusal is told, not hidden', async () => {
    await check({
      scenario: framesOf(
        'data: {"choices":[{"index":0,"delta":{"refusal":"I will not."},"finish_reason":null}]}\n\n',
        'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      ),
      sentence: /^The model refused: I will not\.$/,
      isPartial: false,
      mark: 'refused',
    });
  });
});

describe('odd answers', () => {
  useQuillet();

  it('needs 19: chunks without choices, without delta and with parts are one answer', async () => {
    const choice = (delta: unknown, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    await answerWith(
      framesOf(
        'data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\n\n',
        'data: {"choices":[{"index":0}]}\n\n',
        choice({ role: 'assistant', content: null }),
        choice({ content: [{ type: 'text', text: 'One ' }] }),
        choice({ content: 'two.' }),
        choice({}, 'stop'),
        'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n',
        'data: [DONE]\n\n',
      ),
    );
    await selectFirst();
    await run('quillet.explain');
    assert.equal(commentText(0), 'One two.');
    assert.match(ui.statusText, / · 7 tokens$/);
    assert.deepEqual(ui.shown, []);
  });

  it('needs 19: one JSON document instead of a stream is used', async () => {
    await setSettings({ model: 'test/not-streamed' });
    await selectFirst();
    await run('quillet.explain');
    assert.match(commentText(0), /^## What it does/);
    assert.deepEqual(ui.shown, []);
  });
});

describe('Stop', () => {
  useQuillet();

  it('X06: before the headers', async () => {
    const editor = await selectFirst();
    await answerWith(neverAnswers);
    const done = run('quillet.insert');
    await chat();
    assert.match(ui.statusText, /spin\) connecting…$/);
    await run('quillet.stop');
    assert.ok(ui.isIdle || (await eventually(() => ui.isIdle, 'idle', 250)));
    await done;
    assert.equal((await eventually(async () => (await chat()).ending, 'closed', 500)).by, 'client');
    assert.equal(editor.document.getText(), code);
    assert.equal(editor.document.version, 1);
    assert.deepEqual(ui.shown, []);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · stopped');
  });

  it('X09, needs 11: in the middle of the text, which stays', async () => {
    const editor = await selectFirst();
    await answerWith(inTwoParts(words, ['never sent']));
    const done = run('quillet.insert');
    await untilText(editor, arrived.slice(0, -1));
    await run('quillet.stop');
    assert.ok(await eventually(() => ui.isIdle, 'idle', 250));
    await done;
    assert.equal((await eventually(async () => (await chat()).ending, 'closed', 500)).by, 'client');
    assert.equal(editor.document.getText(), code.replace(';', `;${arrived}`));
    assert.deepEqual(ui.texts, ['Stopped: the answer is not complete.']);
    assert.deepEqual(ui.shown[0]?.buttons, ['Continue', 'Undo']);
    assert.equal(ui.statusText, '$(edit-sparkle) quillet-test · stopped');
    await run('undo');
    assert.equal(editor.document.getText(), code);
  });

  it('X09: leaves the text so far in the thread, and says that it was stopped', async () => {
    await selectFirst();
    await answerWith(inTwoParts(words, ['never sent']));
    const done = run('quillet.explain');
    await eventually(() => commentText(0) === arrived);
    await run('quillet.stop', thread());
    await done;
    assert.equal(commentText(0), arrived);
    assert.match(thread().comments[0]?.label ?? '', / · stopped$/);
    assert.equal(thread().contextValue, 'explain idle');
    assert.deepEqual(ui.shown, []);
  });

  it('X09: writes nothing of a replacement', async () => {
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

  it('needs 11: during the wait for a retry', async () => {
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

  it('Stop All ends every run', async () => {
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
