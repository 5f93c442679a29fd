import * as assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import {
  apiError,
  framesOf,
  html,
  json,
  neverAnswers,
  redirect,
  type Scenario,
  streamed,
  text,
} from '../../support/scenario';
import { eventually } from '../support/eventually';
import {
  allRequests,
  answerNext,
  answerText,
  answerWith,
  chat,
  chats,
  continueAnswer,
  inTwoParts,
  resetServer,
} from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

const MANY = 50;

function startedCount(): number {
  return ui.logged.filter((line) => /\bstart run=/.test(line)).length;
}

function endedCount(outcome: string): number {
  return ui.logged.filter((line) => new RegExp(`\\bend .*outcome=${outcome}`).test(line)).length;
}

type Runs = Promise<void>[];

// Returns when the run is registered.
async function startRun(runs: Runs, editor: vscode.TextEditor, prompt: string): Promise<void> {
  const before = startedCount();
  await select(editor, prompt);
  runs.push(run('quillet.insert'));
  await eventually(() => startedCount() > before, `the run of "${prompt}"`);
}

// Starts a run that occupies the only slot until {@link continueAnswer}, so that all others are queued.
async function blocked(): Promise<Runs> {
  const runs: Runs = [];
  await setSettings({ model: 'test/echo', 'limits.parallel': 1 });
  await answerNext(inTwoParts(['wait'], ['ed']));
  await startRun(runs, await openFile('blocker\n'), 'blocker');
  return runs;
}

async function maxConcurrent(): Promise<number> {
  const spans = (await allRequests()).map(({ at, ending }) => ({ at, end: ending?.at ?? Number.POSITIVE_INFINITY }));
  return Math.max(...spans.map(({ at }) => spans.filter((span) => span.at <= at && at < span.end).length));
}

describe('fifty commands at once', () => {
  useQuillet();

  it('answer in fifty documents, four at a time [Q01]', async () => {
    const runs = await blocked();
    const documents: vscode.TextDocument[] = [];
    for (let index = 0; index < MANY; index += 1) {
      const editor = await openFile(`let n = ${index};\n`);
      documents.push(editor.document);
      await startRun(runs, editor, `let n = ${index};`);
    }
    await setSettings({ 'limits.parallel': 4 });
    await continueAnswer();
    await Promise.all(runs);
    assert.deepEqual(
      documents.map((document) => document.getText()),
      documents.map((_, index) => `let n = ${index};\nlet n = ${index};\n`),
    );
    assert.equal(endedCount('ok'), MANY + 1);
    assert.ok((await maxConcurrent()) <= 4, `${await maxConcurrent()} at once`);
    assert.deepEqual(ui.shown, []);
  });

  it('answer fifty times in one document, once per range [Q02]', async () => {
    const runs = await blocked();
    const lines = Array.from({ length: MANY }, (_, index) => `let n${index} = ${index};`);
    const editor = await openFile(`${lines.join('\n')}\n`);
    for (const line of lines) await startRun(runs, editor, line);
    for (const line of lines.slice(0, 3)) {
      await select(editor, line);
      await run('quillet.insert');
    }
    await setSettings({ 'limits.parallel': 4 });
    await continueAnswer();
    await Promise.all(runs);
    assert.deepEqual(ui.texts, []);
    assert.equal(editor.document.getText(), `${lines.map((line) => `${line}\n${line}`).join('\n')}\n`);
    assert.equal((await chats()).length, MANY + 1);
    assert.ok((await maxConcurrent()) <= 4);
  });

  it('stop and close their connections on Stop All [Q03]', async () => {
    // No answer arrives while the others start: an edit would move what the next one selects.
    await answerWith(inTwoParts([], ['half.']));
    const runs: Runs = [];
    const lines = Array.from({ length: MANY }, (_, index) => `let n${index} = ${index};`);
    const editor = await openFile(`${lines.join('\n')}\n`);
    for (const line of lines) await startRun(runs, editor, line);
    await eventually(async () => (await chats()).length === 4);
    await run('quillet.stopAll');
    await Promise.all(runs);
    assert.equal(endedCount('cancelled'), MANY);
    assert.ok(ui.isIdle);
    await eventually(async () => (await chats()).every(({ ending }) => ending?.by === 'client'), 'closed');
    assert.equal((await chats()).length, 4);
  });
});

describe('the status bar', () => {
  useQuillet();

  // The error kind, the server's behavior and the expected status bar text.
  const ends: readonly [string, Scenario, RegExp?][] = [
    ['ok', streamed(['Fine.']), /55 tokens$/],
    ['http.400', apiError(400, { message: 'No.' })],
    ['http.401', apiError(401, { message: 'No.' })],
    ['http.404', apiError(404, { message: 'No.' })],
    ['http.429', apiError(429, { message: 'No.' })],
    ['http.5xx', apiError(500, { message: 'No.' })],
    ['http.redirect', redirect(307, 'https://127.0.0.2/')],
    ['body.html', html('<h1>Sign in</h1>')],
    ['body.notjson', text('hello')],
    ['body.empty', streamed([])],
    ['body.error', json({ error: { message: 'No.' } })],
    ['sse.malformed', framesOf('data: {"a\n\n')],
    ['sse.error', framesOf('data: {"error":{"message":"No."}}\n\n')],
    ['sse.truncated', streamed(['Half'], { finishReason: null, done: false, usage: null })],
    ['finish.filter', streamed([], { finishReason: 'content_filter' })],
    ['net', { toxics: { resetPeer: 0 } }],
    ['time.headers', neverAnswers],
  ];
  for (const [kind, scenario, expected = /failed$/] of ends) {
    it(`shows the outcome: ${kind}`, async () => {
      await setSettings({ 'timeouts.headers': 1 });
      await answerWith(scenario);
      const editor = await openFile('let one = 1;\n');
      await select(editor, 'let one = 1;');
      await run('quillet.run', { prompt: 'explain', destination: 'clipboard' });
      await eventually(() => ui.isIdle && expected.test(ui.statusText), 'an end in the status bar');
      assert.equal(ui.shown.length, kind === 'ok' ? 0 : 1);
    });
  }

  it('shows each phase of a run', async () => {
    const seen = new Set<string>();
    const note = (): void => {
      const words = /spin\) (.*)…$/.exec(ui.statusText)?.[1]?.replaceAll(/\d+/g, 'n');
      if (words !== undefined) seen.add(words);
    };
    await setSettings({ retries: 1 });
    const thinking = { do: 'send', text: `data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}\n\n` } as const;
    const pause = { do: 'wait', ms: 500 } as const;
    const [role, ...rest] = streamed(['Fine.', ' So.'], { delayMs: 400 }).steps ?? [];
    assert.ok(role);
    await answerNext(apiError(503, { message: 'busy' }, { 'retry-after': '1' }), {
      toxics: { latency: 400 },
      steps: [pause, role, thinking, pause, ...rest],
    });
    const editor = await openFile('let one = 1;\n');
    await select(editor, 'let one = 1;');
    const watching = setInterval(note, 20);
    await run('quillet.run', { prompt: 'explain', destination: 'clipboard' });
    clearInterval(watching);
    assert.deepEqual(
      [...seen],
      ['connecting', 'retrying in n s', 'connecting, attempt n', 'waiting', 'thinking', 'n characters'],
    );
  });

  it('becomes idle after an internal error, with one notification and no stack [Q11]', async () => {
    await answerText('Fine.');
    const editor = await openFile('let one = 1;\n');
    await select(editor, 'let one = 1;');
    ui.willPick(() => {
      throw new Error('a defect at /home/me/file.ts:1');
    });
    await run('quillet.run');
    assert.ok(ui.isIdle);
    assert.equal(ui.errors.length, 1);
    assert.ok(!/defect|file\.ts|\bat\b/.test(ui.errors[0] ?? ''), ui.errors[0]);
    assert.equal(ui.logged.filter((line) => /^error .*kind=internal/.test(line)).length, 1);
    await run('quillet.run', { prompt: 'explain', destination: 'clipboard' });
    assert.equal((await chats()).length, 1);
  });

  it('shows one run for a keybinding pressed twice', async () => {
    for (const command of ['quillet.explain', 'quillet.insert']) {
      await resetServer();
      await answerWith(inTwoParts(['let two'], [' = 2;']));
      const editor = await openFile('let one = 1;\n');
      await select(editor, 'let one = 1;');
      const first = run(command);
      await chat();
      await select(editor, 'let one = 1;');
      await run(command);
      await continueAnswer();
      await first;
      assert.equal((await chats()).length, 1, command);
    }
  });
});
