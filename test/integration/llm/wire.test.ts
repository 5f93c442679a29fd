import * as assert from 'node:assert/strict';
import {
  apiError,
  completion,
  deltaFrame,
  doneFrame,
  finishFrame,
  framesOf,
  json,
  neverAnswers,
  redirect,
  type Scenario,
  send,
  streamed,
  usageFrame,
} from '../../support/scenario';
import { answerNext, answerWith, chats, otherBaseUrl } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** The result of one server behavior, as seen by the user of Insert Completion. */
interface Row {
  readonly name: string;
  readonly scenario: Scenario | readonly Scenario[];
  /** The text after the selection. */
  readonly inserted: string;
  /** The text of the only notification; absent if there is none. */
  readonly notice?: RegExp;
  readonly status: RegExp;
  readonly requests?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tooltip?: RegExp;
}

const selected = 'const first = 1;';
const code = `${selected}\nconst second = 2;\n`;
const done = /^\$\(edit-sparkle\) [\w-]+ · 55 tokens$/;
const warned = /^\$\(warning\) quillet-test · 55 tokens$/;
const failed = /^\$\(warning\) quillet-test · failed$/;

const hello = [
  deltaFrame({ role: 'assistant', content: '' }),
  deltaFrame({ content: 'Hel' }),
  deltaFrame({ content: 'lo' }),
];
const end = [finishFrame(), usageFrame({ prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 }), doneFrame];
const whole = streamed(['Hel', 'lo']);

function isList(scenario: Row['scenario']): scenario is readonly Scenario[] {
  return Array.isArray(scenario);
}

// Complete answers.
const complete: readonly Omit<Row, 'inserted' | 'status'>[] = [
  { name: 'one byte per packet [N14]', scenario: { ...whole, toxics: { slicer: { size: 1 } } } },
  { name: 'a connection that stays open after the end [N18]', scenario: { ...whole, toxics: { slowClose: 400 } } },
  { name: 'no content type [B06]', scenario: { ...whole, headers: { 'content-type': null } } },
  {
    name: 'a server that rejects stream_options [H02]',
    scenario: [apiError(400, { message: "Unknown parameter: 'stream_options'", param: 'stream_options' }), whole],
    requests: 2,
    // What was learned about a server and model is kept until the window closes.
    settings: { model: 'test/without-stream-options' },
  },
  {
    name: 'a server that is loading its model [H15]',
    scenario: [json({ error: { message: 'Loading model' } }, 503), whole],
    requests: 2,
    settings: { retries: 1 },
  },
];

// Complete answers with a warning.
const withWarning: readonly Omit<Row, 'inserted'>[] = [
  {
    name: 'a single document instead of a stream [B01]',
    scenario: completion('Hello', { usage: { prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 } }),
    status: warned,
    tooltip: /doesn't support streaming/,
  },
  {
    name: '[DONE] without a finish reason [S09]',
    scenario: streamed(['Hel', 'lo'], { finishReason: null }),
    status: warned,
    tooltip: /didn't report why/,
  },
  {
    name: 'the token limit [S10]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'length' }),
    status: warned,
    notice: /cut off at the token limit/,
  },
  {
    name: 'an unknown finish reason [S12]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'weird' }),
    status: warned,
    notice: /unknown reason \(weird\)/,
    tooltip: /weird/,
  },
];

// Nothing arrived, so the document is unchanged.
const nothing: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'status 400 [H01]',
    scenario: apiError(400, { message: 'Bad model.' }),
    notice: /"Test Server" rejected the request: Bad model\./,
  },
  {
    name: 'status 429 for an hour [H11]',
    scenario: apiError(429, { message: 'Slow down' }, { 'retry-after': '3600' }),
    notice: /Try again at/,
    settings: { retries: 2 },
    requests: 1,
  },
  { name: 'status 204 [H17]', scenario: { status: 204 }, notice: /./ },
  {
    name: 'a 307 to another origin [H20]',
    scenario: redirect(307, `${otherBaseUrl()}/chat/completions`),
    notice: /didn't follow the redirect/,
    requests: 1,
  },
  {
    name: 'events without blank lines [S17]',
    scenario: framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
    notice: /corrupted/,
  },
  {
    name: 'no headers [T01]',
    scenario: neverAnswers,
    notice: /didn't respond within 0\.3 seconds/,
    settings: { 'timeouts.headers': 0.3 },
  },
  {
    name: 'nothing after the headers [T02]',
    scenario: { steps: [send(': hello\n\n'), { do: 'hang' }] },
    notice: /sent no text within 0\.3 seconds/,
    settings: { 'timeouts.firstToken': 0.3 },
  },
];

// The text that arrived before a failure stays.
const partial: readonly Omit<Row, 'inserted' | 'status'>[] = [
  {
    name: 'a content filter [S11]',
    scenario: streamed(['Hel', 'lo'], { finishReason: 'content_filter' }),
    notice: /content filter/,
  },
  { name: 'half an event [S15]', scenario: framesOf(...hello, 'data: {"id":"chat'), notice: /corrupted/ },
  {
    name: 'the total limit [T06]',
    scenario: streamed(['Hel', 'lo'], { then: [{ do: 'hang' }] }),
    notice: /wasn't complete after 1 seconds/,
    settings: { 'timeouts.total': 1 },
  },
];

async function check(row: Row): Promise<void> {
  if (row.settings !== undefined) await setSettings(row.settings);
  await (isList(row.scenario) ? answerNext(...row.scenario) : answerWith(row.scenario));
  const editor = await openFile(code);
  await select(editor, selected);
  await run('quillet.insert');
  assert.equal(editor.document.getText(), `${selected}${row.inserted}${code.slice(selected.length)}`);
  if (row.notice === undefined) assert.deepEqual(ui.texts, []);
  else assert.match(ui.texts[0] ?? '', row.notice);
  assert.ok(ui.shown.length < 2, JSON.stringify(ui.texts));
  assert.match(ui.statusText, row.status);
  if (row.tooltip !== undefined) assert.match(String(ui.status?.tooltip), row.tooltip);
  if (row.requests !== undefined) assert.equal((await chats()).length, row.requests);
}

describe('Insert Completion', () => {
  useQuillet();

  for (const row of complete)
    it(`inserts the answer: ${row.name}`, () => check({ ...row, inserted: '\nHello', status: done }));
  for (const row of withWarning)
    it(`inserts the answer with a warning: ${row.name}`, () => check({ ...row, inserted: '\nHello' }));
  for (const row of nothing)
    it(`inserts nothing and reports ${row.name}`, () => check({ ...row, inserted: '', status: failed }));
  for (const row of partial)
    it(`keeps the partial answer and reports ${row.name}`, () =>
      check({ ...row, inserted: '\nHello', status: failed }));
});
